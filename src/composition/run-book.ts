import type { Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";

/** One window of a shiftable load: [startMs, endMs), in which it is to run once. */
export type Occurrence = Readonly<{ startMs: number; endMs: number }>;
/** How far the run of the present window is. */
export type RunState = Readonly<{ occurrenceMs: number; onMs: number; on: boolean; sinceMs: number }>;

const ENOUGH = 0.97;

/** The windows of a load that end after `fromMs` and start before `toMs`, in order. */
export function occurrencesOf(device: ControllableDevice, zone: Zone, fromMs: number, toMs: number): Occurrence[] {
  if (!device.shift) return [];
  const [from, to] = device.shift.window.map(minuteOf) as [number, number];
  const found: Occurrence[] = [];
  for (let day = zone.dayNumber(fromMs) - 1; zone.instantMs(day, 0) < toMs; day++) {
    const startMs = zone.instantMs(day, from);
    const endMs = zone.instantMs(to > from ? day : day + 1, to);
    if (endMs > fromMs && startMs < toMs && device.shift.weekdays.includes(zone.weekday(startMs)))
      found.push({ startMs, endMs });
  }
  return found;
}

/**
 * Which runs are done, whoever started them: counts the time a load was on in its window. Kept over restarts through
 * `snapshot` and `restore`.
 */
export class RunBook {
  readonly #zone: Zone;
  #states = new Map<string, RunState>();

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  /** Call at every tick with what the entity shows. */
  observe(device: ControllableDevice, on: boolean, nowMs: number): void {
    const current = this.#current(device, nowMs);
    // Nobody can say whether the run of a window that is nearly over was done before we first looked: it is left alone.
    if (
      !this.#states.has(device.deviceId) &&
      !on &&
      current &&
      nowMs - current.startMs > (current.endMs - current.startMs) / 2
    )
      return this.skip(device, current);
    const before = this.#states.get(device.deviceId);
    if (before?.on === true) {
      const onMs = before.onMs + (nowMs - before.sinceMs);
      this.#states.set(device.deviceId, { ...before, onMs, sinceMs: nowMs, on });
    }
    const kept = this.#states.get(device.deviceId);
    // A run that began in a window counts for that window to its end.
    if (
      !kept ||
      (!kept.on && current !== undefined && kept.occurrenceMs !== current.startMs) ||
      (kept.on && !on && kept.occurrenceMs !== (current?.startMs ?? kept.occurrenceMs))
    )
      this.#states.set(device.deviceId, { occurrenceMs: current?.startMs ?? nowMs, onMs: 0, on, sinceMs: nowMs });
    else this.#states.set(device.deviceId, { ...kept, on, sinceMs: nowMs });
  }

  /** Minutes of the run that are still to come in a window; 0 once it is done. */
  minutesLeft(device: ControllableDevice, occurrence: Occurrence): number {
    const wanted = device.shift?.runMinutes ?? 0;
    const state = this.#states.get(device.deviceId);
    if (!state || state.occurrenceMs !== occurrence.startMs) return wanted;
    const ranMinutes = state.onMs / MS_PER_MINUTE;
    return ranMinutes >= wanted * ENOUGH ? 0 : wanted - ranMinutes;
  }

  /** True while a run of this window has begun and is not done. */
  running(device: ControllableDevice, occurrence: Occurrence): boolean {
    const state = this.#states.get(device.deviceId);
    return (
      state !== undefined &&
      state.occurrenceMs === occurrence.startMs &&
      state.on &&
      state.onMs > 0 &&
      this.minutesLeft(device, occurrence) > 0
    );
  }

  /** The next run of a window is left out: as if it were done. */
  skip(device: ControllableDevice, { startMs }: Occurrence): void {
    this.#states.set(device.deviceId, {
      occurrenceMs: startMs,
      onMs: (device.shift?.runMinutes ?? 0) * MS_PER_MINUTE,
      on: false,
      sinceMs: startMs,
    });
  }

  snapshot(): Readonly<Record<string, RunState>> {
    return Object.fromEntries(this.#states);
  }

  restore(states: Readonly<Record<string, RunState>>): void {
    this.#states = new Map(Object.entries(states).map(([id, state]) => [id, { ...state, on: false }]));
  }

  #current(device: ControllableDevice, nowMs: number): Occurrence | undefined {
    return occurrencesOf(device, this.#zone, nowMs, nowMs + 1).find(
      ({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs,
    );
  }
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
