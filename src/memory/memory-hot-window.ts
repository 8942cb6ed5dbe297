import type { Clock } from "../domain/clock.ts";
import type { DependencyState } from "../domain/log.ts";
import type { Reading } from "../domain/reading.ts";
import type { SensorWindow } from "./history.ts";
import { type HotWindow, WINDOW_SILENCE_MS } from "./hot-window.ts";
import { WindowRing } from "./window-ring.ts";

/** The hot window in the process, without a mirror. */
export class MemoryHotWindow implements HotWindow {
  readonly #clock: Clock;
  readonly #rings = new Map<string, WindowRing>();
  readonly #sinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.nowMs();
  }

  push(readings: readonly Reading[]): void {
    const nowMs = this.#clock.nowMs();
    for (const { sensorId, atMs, value } of readings) {
      const ring = this.#ring(sensorId, nowMs) ?? this.#newRing(sensorId);
      ring.push(atMs, value);
      ring.heardMs = nowMs;
    }
  }

  restore(windows: readonly SensorWindow[]): void {
    for (const { sensorId, readings } of windows) {
      const ring = this.#rings.get(sensorId) ?? this.#newRing(sensorId);
      for (const { atMs, value } of readings) if (!ring.has(atMs)) ring.push(atMs, value);
      ring.heardMs = Math.max(ring.heardMs, ring.lastMs);
    }
  }

  window(sensorId: string): readonly Reading[] {
    return this.ring(sensorId)?.readings(sensorId) ?? [];
  }

  windows(): readonly SensorWindow[] {
    const nowMs = this.#clock.nowMs();
    const windows: SensorWindow[] = [];
    for (const sensorId of this.#rings.keys()) {
      const ring = this.#ring(sensorId, nowMs);
      if (ring) windows.push({ sensorId, readings: ring.readings(sensorId) });
    }
    return windows;
  }

  latest(sensorId: string): Reading | null {
    return this.window(sensorId).at(-1) ?? null;
  }

  size(): Readonly<{ sensors: number; readings: number }> {
    const nowMs = this.#clock.nowMs();
    let readings = 0;
    let sensors = 0;
    for (const sensorId of this.#rings.keys()) {
      const ring = this.#ring(sensorId, nowMs);
      if (!ring) continue;
      sensors++;
      readings += ring.length;
    }
    return { sensors, readings };
  }

  /** A sensor's ring unless it is silent. */
  ring(sensorId: string): WindowRing | null {
    return this.#ring(sensorId, this.#clock.nowMs());
  }

  sensorIds(): IterableIterator<string> {
    return this.#rings.keys();
  }

  state(): DependencyState {
    return { name: "hot window", state: "ok", sinceMs: this.#sinceMs, detail: "in the process", todo: null };
  }

  mirrored(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #ring(sensorId: string, nowMs: number): WindowRing | null {
    const ring = this.#rings.get(sensorId);
    if (ring === undefined) return null;
    if (nowMs - ring.heardMs <= WINDOW_SILENCE_MS) return ring;
    this.#rings.delete(sensorId);
    return null;
  }

  #newRing(sensorId: string): WindowRing {
    const ring = new WindowRing();
    this.#rings.set(sensorId, ring);
    return ring;
  }
}
