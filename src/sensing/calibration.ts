/**
 * How a raw value becomes a measured one. `zeroV` and `perUnitV` are in volts at the ADC; with counts the value is
 * brought to volts first. All of it comes from the options.
 */
export type Calibration = Readonly<{
  /** What the publisher sends: volts, ADC counts, or values already measured, which only get scale and offset. */
  raw: "volts" | "counts" | "none";
  /** ADC counts at `referenceV` (4095 for MCP3208, 1023 for MCP3008, 32767 for ADS1115). */
  fullScaleCounts?: number;
  referenceV?: number;
  /** Raw value (in volts, or in units with `none`) that means zero. */
  zero?: number;
  /** Measured units per volt (or per unit with `none`). */
  scale?: number;
  preset?: keyof typeof PRESETS;
  /** An alternating quantity: only its size counts, also where the publisher sends one sample at a time. */
  rms?: boolean;
}>;

/** Allegro ACS712: half the 5 V supply at no current, sensitivity 185, 100 and 66 mV/A (datasheet, 5 V supply). */
export const PRESETS = {
  "ACS712-5": { zero: 2.5, scale: 1 / 0.185 },
  "ACS712-20": { zero: 2.5, scale: 1 / 0.1 },
  "ACS712-30": { zero: 2.5, scale: 1 / 0.066 },
} as const;

const DEFAULT_FULL_SCALE_COUNTS = 1023;
const DEFAULT_REFERENCE_V = 3.3;

/** One raw value in measured units. */
export function calibrate(rawValue: number, calibration: Calibration): number {
  const preset = calibration.preset === undefined ? undefined : PRESETS[calibration.preset];
  const zero = calibration.zero ?? preset?.zero ?? 0;
  const scale = calibration.scale ?? preset?.scale ?? 1;
  const value = (toVolts(rawValue, calibration) - zero) * scale;
  return calibration.rms === true ? Math.abs(value) : value;
}

/**
 * Root mean square of samples of an alternating quantity, in measured units. With a zero in the calibration the samples
 * are taken relative to it; without one, relative to their own mean, which is what a sensor without a trimmed zero needs.
 */
export function calibrateRms(samples: readonly number[], calibration: Calibration): number {
  const preset = calibration.preset === undefined ? undefined : PRESETS[calibration.preset];
  const scale = calibration.scale ?? preset?.scale ?? 1;
  const volts = samples.map((sample) => toVolts(sample, calibration));
  const zero = calibration.zero ?? volts.reduce((sum, v) => sum + v, 0) / volts.length;
  const meanSquare = volts.reduce((sum, v) => sum + (v - zero) ** 2, 0) / volts.length;
  return Math.sqrt(meanSquare) * Math.abs(scale);
}

function toVolts(raw: number, calibration: Calibration): number {
  if (calibration.raw !== "counts") return raw;
  const fullScale = calibration.fullScaleCounts ?? DEFAULT_FULL_SCALE_COUNTS;
  return (raw / fullScale) * (calibration.referenceV ?? DEFAULT_REFERENCE_V);
}

/** Samples without a calibration: their root mean square as they are. */
export const UNCALIBRATED: Calibration = { raw: "none", zero: 0 };
