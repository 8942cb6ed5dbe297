import type { Sensor, SensorRole, SensorState } from "../domain/reading.ts";
import type { Series } from "../domain/series.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { wholeOfRole } from "../domain/whole-of-role.ts";
import type { BalanceSample } from "./energy-balance.ts";

const SAMPLE_MS = 5 * MS_PER_MINUTE;
const KEPT_MS = 3 * MS_PER_HOUR;
/** A value older than this says nothing about now. */
const FRESH_MS = 2 * MS_PER_MINUTE;
const PARTS = ["gridW", "pvW", "batteryW", "loadW"] as const;

type Sums = Record<(typeof PARTS)[number], { sum: number; count: number }>;
const noSums = (): Sums => ({
  gridW: { sum: 0, count: 0 },
  pvW: { sum: 0, count: 0 },
  batteryW: { sum: 0, count: 0 },
  loadW: { sum: 0, count: 0 },
});

/** Five-minute means of what the power sensors of each role measure, of the last three hours; nothing is derived. */
export class BalanceSamples {
  readonly #signOf: (sensor: Sensor) => 1 | -1;
  #samples: { startMs: number; sample: BalanceSample }[] = [];
  #startMs = Number.NaN;
  #sums: Sums = noSums();

  /** @param signOf -1 for a sensor that counts the other way round and is known to */
  constructor(signOf: (sensor: Sensor) => 1 | -1) {
    this.#signOf = signOf;
  }

  /** Takes what the sensors say now; call it more often than every minute. */
  take(sensors: readonly SensorState[], nowMs: number): void {
    const startMs = Math.floor(nowMs / SAMPLE_MS) * SAMPLE_MS;
    if (startMs !== this.#startMs) this.#close(startMs);
    const now = (role: SensorRole): number | null => this.#now(sensors, role, nowMs);
    const importW = now("grid_import");
    const add = (part: keyof Sums, powerW: number | null): void => {
      if (powerW === null) return;
      this.#sums[part].sum += powerW;
      this.#sums[part].count++;
    };
    add("gridW", now("grid") ?? (importW === null ? null : importW - (now("grid_export") ?? 0)));
    add("pvW", now("pv"));
    add("batteryW", now("battery_power"));
    add("loadW", now("load"));
  }

  samples(): readonly BalanceSample[] {
    return this.#samples.map(({ sample }) => sample);
  }

  /** One part as a series; NaN where nothing is known. */
  series(part: keyof BalanceSample): Series {
    const startMs = this.#samples[0]?.startMs ?? 0;
    const endMs = (this.#samples.at(-1)?.startMs ?? -SAMPLE_MS) + SAMPLE_MS;
    const values = new Float64Array(Math.max(0, (endMs - startMs) / SAMPLE_MS)).fill(Number.NaN);
    for (const { startMs: atMs, sample } of this.#samples)
      values[(atMs - startMs) / SAMPLE_MS] = sample[part] ?? Number.NaN;
    return { startMs, stepMs: SAMPLE_MS, values };
  }

  #close(startMs: number): void {
    const mean = ({ sum, count }: { sum: number; count: number }): number | null => (count === 0 ? null : sum / count);
    const { gridW, pvW, batteryW, loadW } = this.#sums;
    if (PARTS.some((part) => this.#sums[part].count > 0)) {
      const sample = { gridW: mean(gridW), pvW: mean(pvW), batteryW: mean(batteryW), loadW: mean(loadW) };
      this.#samples.push({ startMs: this.#startMs, sample });
    }
    this.#samples = this.#samples.filter((one) => one.startMs >= startMs - KEPT_MS);
    this.#startMs = startMs;
    this.#sums = noSums();
  }

  /** Null unless all is known that the role's power is the sum of. */
  #now(sensors: readonly SensorState[], role: SensorRole, nowMs: number): number | null {
    const surestFirst = sensors
      .filter(({ sensor }) => sensor.role === role && sensor.sensorType === "power")
      .toSorted(
        (a, b) =>
          (b.sensor.confidence ?? 0) - (a.sensor.confidence ?? 0) || (a.sensor.sensorId < b.sensor.sensorId ? -1 : 1),
      );
    const parts = wholeOfRole(role, surestFirst).map(({ sensor, value, atMs, available }) =>
      value === null || atMs === null || !available || nowMs - atMs > FRESH_MS ? null : value * this.#signOf(sensor),
    );
    return parts.reduce(
      (sum, watt) => (sum === null || watt === null ? null : sum + watt),
      parts.length > 0 ? 0 : null,
    );
  }
}
