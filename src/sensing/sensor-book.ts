import type { Sensor, SensorRole, SensorState, SensorType } from "../domain/reading.ts";
import type { Calibration } from "./calibration.ts";

/** What the user said about a sensor; it wins over what was found out. */
export type Correction = Readonly<{
  name?: string;
  role?: SensorRole;
  sensorType?: SensorType;
  /** The unit the publisher's numbers are in. */
  unit?: string;
  location?: string;
  calibration?: Calibration;
  ignore?: boolean;
}>;

/** What a user says anew of a sensor; null takes back what was said. */
export type CorrectionChange = Readonly<{ [Field in keyof Correction]?: Correction[Field] | null }>;

type Entry = { found: Sensor; shown: Sensor; value: number | null; atMs: number | null; available: boolean };

/** The sensors there are, each with what is known of it now, corrections of the user applied. */
export class SensorBook {
  readonly #entries = new Map<string, Entry>();
  readonly #correctionOf: (sensorId: string) => Correction | undefined;
  readonly #onChange: (state: SensorState) => void;

  constructor(correctionOf: (sensorId: string) => Correction | undefined, onChange: (state: SensorState) => void) {
    this.#correctionOf = correctionOf;
    this.#onChange = onChange;
  }

  /** Adds a sensor or takes its new description. */
  describe(sensor: Sensor): void {
    const entry = this.#entries.get(sensor.sensorId);
    const shown = corrected(sensor, this.#correctionOf(sensor.sensorId));
    if (entry) {
      entry.found = sensor;
      if (same(entry.shown, shown)) return;
      entry.shown = shown;
    } else this.#entries.set(sensor.sensorId, { found: sensor, shown, value: null, atMs: null, available: true });
    this.#tell(sensor.sensorId);
  }

  /** @param value normalised; null while nothing is known */
  set(sensorId: string, value: number | null, atMs: number | null, available: boolean): void {
    const entry = this.#entries.get(sensorId);
    if (!entry) return;
    const shown = available ? value : null;
    if (entry.value === shown && entry.atMs === atMs && entry.available === available) return;
    entry.value = shown;
    entry.atMs = atMs;
    entry.available = available;
    this.#tell(sensorId);
  }

  remove(sensorId: string): boolean {
    return this.#entries.delete(sensorId);
  }

  /** After a correction has changed. */
  correct(sensorId: string): void {
    const entry = this.#entries.get(sensorId);
    if (!entry) return;
    entry.shown = corrected(entry.found, this.#correctionOf(sensorId));
    this.#tell(sensorId);
  }

  has(sensorId: string): boolean {
    return this.#entries.has(sensorId);
  }

  get(sensorId: string): SensorState | undefined {
    const entry = this.#entries.get(sensorId);
    return entry && stateOf(entry);
  }

  all(): readonly SensorState[] {
    return [...this.#entries.values()].map(stateOf);
  }

  /** As found, without the user's corrections. */
  found(sensorId: string): Sensor | undefined {
    return this.#entries.get(sensorId)?.found;
  }

  #tell(sensorId: string): void {
    const state = this.get(sensorId);
    if (state) this.#onChange(state);
  }
}

const stateOf = ({ shown, value, atMs, available }: Entry): SensorState => ({ sensor: shown, value, atMs, available });

/** A sensor as the user sees it. */
export function corrected(sensor: Sensor, correction: Correction | undefined): Sensor {
  if (!correction) return sensor;
  const { name, role, location, sensorType, ignore } = correction;
  return {
    ...sensor,
    ...(name !== undefined && { name }),
    ...(location !== undefined && { location }),
    ...(role !== undefined && { role }),
    ...(ignore === true && { role: "ignore" as const }),
    ...((role !== undefined || sensorType !== undefined) && { confidence: 1 }),
  };
}

const same = (a: Sensor, b: Sensor): boolean => JSON.stringify(a) === JSON.stringify(b);
