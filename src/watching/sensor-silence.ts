import type { Reading, SensorState } from "../domain/reading.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { Finding } from "./finding.ts";

/** What is kept of a sensor's rhythm; means move by a tenth with each reading. */
type Rhythm = {
  lastMs: number;
  usualMs: number | null;
  value: number;
  /** Since when the value has been exactly the same, and how many readings said so. */
  sameSinceMs: number;
  sameCount: number;
  /** Longest run of equal readings that ended in another value. */
  longestSameMs: number;
};

const SILENT_TIMES = 10;
const SILENT_LEAST_MS = 15 * MS_PER_MINUTE;
const STUCK_LEAST_MS = 2 * MS_PER_HOUR;
const STUCK_TIMES = 4;
const STUCK_READINGS = 24;
/** Whole-house meters never stand still while power flows. */
const METERS = new Set(["grid", "grid_import", "grid_export", "load", "pv", "battery_power"]);

/** Learns how often each sensor speaks and how long it stands still, and finds those that fell silent or got stuck. */
export class SensorSilence {
  readonly #rhythms = new Map<string, Rhythm>();

  observe({ sensorId, atMs, value }: Reading): void {
    const known = this.#rhythms.get(sensorId);
    if (known === undefined) {
      const fresh = { lastMs: atMs, usualMs: null, value, sameSinceMs: atMs, sameCount: 1, longestSameMs: 0 };
      this.#rhythms.set(sensorId, fresh);
      return;
    }
    if (atMs <= known.lastMs) return;
    const gapMs = atMs - known.lastMs;
    known.usualMs =
      known.usualMs === null ? gapMs : known.usualMs + (Math.min(gapMs, 10 * known.usualMs) - known.usualMs) / 10;
    known.lastMs = atMs;
    if (value === known.value) {
      known.sameCount++;
      return;
    }
    known.longestSameMs = Math.max(known.longestSameMs, atMs - known.sameSinceMs);
    Object.assign(known, { value, sameSinceMs: atMs, sameCount: 1 });
  }

  /** Removed sensors are forgotten; ignored ones are left in peace. */
  findings(sensors: readonly SensorState[], nowMs: number): Finding[] {
    const listed = new Set(sensors.map(({ sensor }) => sensor.sensorId));
    for (const sensorId of this.#rhythms.keys()) if (!listed.has(sensorId)) this.#rhythms.delete(sensorId);
    return sensors.flatMap((state) => {
      const rhythm = this.#rhythms.get(state.sensor.sensorId);
      if (state.sensor.role === "ignore") return [];
      return [...silent(state, rhythm, nowMs), ...stuck(state, rhythm, nowMs)];
    });
  }
}

function silent({ sensor, available, atMs }: SensorState, rhythm: Rhythm | undefined, nowMs: number): Finding[] {
  const matters = sensor.role !== undefined;
  const severity = matters ? "warning" : "info";
  const name = nameAndPlace(sensor);
  if (!available && atMs !== null)
    return [
      {
        id: `unavailable:${sensor.sensorId}`,
        matter: { kind: "sensor-unavailable", values: { name } },
        severity,
        title: `${name} is unavailable`,
        detail: "Its publisher says so, or its last reading has expired.",
        todo: "Check its power and its network.",
      },
    ];
  if (rhythm?.usualMs == null) return [];
  const quietMs = nowMs - rhythm.lastMs;
  if (quietMs < Math.max(SILENT_LEAST_MS, SILENT_TIMES * rhythm.usualMs)) return [];
  return [
    {
      id: `silent:${sensor.sensorId}`,
      matter: {
        kind: "sensor-silent",
        values: { name, usual_s: secondsOf(rhythm.usualMs), quiet_s: secondsOf(quietMs) },
      },
      severity,
      title: `${name} has fallen silent`,
      detail: `It used to speak every ${spanText(rhythm.usualMs)}; nothing has come for ${spanText(quietMs)}.`,
      todo: "Check its power and its network; set its role to ignore if it is gone for good.",
    },
  ];
}

function stuck({ sensor }: SensorState, rhythm: Rhythm | undefined, nowMs: number): Finding[] {
  if (rhythm === undefined || sensor.role === undefined || !METERS.has(sensor.role)) return [];
  // The sun is down every night, and a battery rests: zero is no sign of a broken meter.
  if (rhythm.value === 0 || rhythm.sameCount < STUCK_READINGS) return [];
  const stillMs = Math.min(nowMs, rhythm.lastMs) - rhythm.sameSinceMs;
  const name = nameAndPlace(sensor);
  if (stillMs < Math.max(STUCK_LEAST_MS, STUCK_TIMES * rhythm.longestSameMs)) return [];
  return [
    {
      id: `stuck:${sensor.sensorId}`,
      matter: {
        kind: "sensor-stuck",
        values: {
          name,
          value: rhythm.value,
          unit: sensor.unit,
          still_s: secondsOf(stillMs),
          count: rhythm.sameCount,
        },
      },
      severity: "warning",
      title: `${name} seems stuck`,
      detail: `It has said exactly ${rhythm.value} ${sensor.unit} for ${spanText(stillMs)}, ${rhythm.sameCount} times.`,
      todo: "Restart the meter or its gateway; until then its value is not trusted.",
    },
  ];
}

/** "Plug (kitchen)". */
export const nameAndPlace = (sensor: SensorState["sensor"]): string =>
  sensor.location === null ? sensor.name : `${sensor.name} (${sensor.location})`;

export const secondsOf = (ms: number): number => Math.round(ms / 1_000);

export function spanText(ms: number): string {
  if (ms < 2 * MS_PER_MINUTE) return `${Math.round(ms / 1_000)} s`;
  if (ms < 2 * MS_PER_HOUR) return `${Math.round(ms / MS_PER_MINUTE)} min`;
  if (ms < 48 * MS_PER_HOUR) return `${Math.round(ms / MS_PER_HOUR)} h`;
  return `${Math.round(ms / MS_PER_HOUR / 24)} days`;
}
