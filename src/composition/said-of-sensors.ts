import type { Sensor, SensorRole } from "../domain/reading.ts";
import type { Options } from "../options/options.ts";
import type { Calibration, Correction } from "../sensing/sensing.ts";

const PRESETS = { "acs712-5": "ACS712-5", "acs712-20": "ACS712-20", "acs712-30": "ACS712-30" } as const;

/** Calibrations as sensing knows them, by sensor id. */
export function calibrationsOf(options: Options): Record<string, Calibration> {
  return Object.fromEntries(
    options.calibrations.map(({ sensor_id, raw, preset, zero, scale, volts_per_count, rms }) => [
      sensor_id,
      {
        raw: raw === "value" ? ("none" as const) : raw,
        ...(rms && { rms }),
        ...(raw === "counts" && { fullScaleCounts: 1, referenceV: volts_per_count }),
        ...(preset === "none" ? { zero, scale } : { preset: PRESETS[preset] }),
      },
    ]),
  );
}

/** What a person said of sensors, on the page and in the options, whose word holds over the page's. */
export function correctionsOf(
  options: Options,
  stored: readonly Readonly<{
    sensor: Sensor;
    correction: Readonly<{
      name?: string | null | undefined;
      role?: SensorRole | null | undefined;
      ignore?: boolean | null | undefined;
      calibration?: Readonly<Record<string, unknown>> | null | undefined;
    }>;
  }>[],
): Record<string, Correction> {
  const corrections: Record<string, Correction> = {};
  for (const { sensor, correction } of stored) {
    const { name, role, ignore, calibration } = correction;
    const kept = {
      ...(name != null && { name }),
      ...(role != null && { role }),
      ...(ignore != null && { ignore }),
      ...(calibration != null && { calibration: { raw: "none" as const, ...calibration } }),
    };
    if (Object.keys(kept).length > 0) corrections[sensor.sensorId] = kept;
  }
  for (const { sensor, role } of options.sensors)
    corrections[sensor] = { ...corrections[sensor], role: role as SensorRole };
  return corrections;
}
