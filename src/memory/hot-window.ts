import type { DependencyState } from "../domain/log.ts";
import type { Reading } from "../domain/reading.ts";
import type { SensorWindow } from "./history.ts";

export const WINDOW_READINGS = 60;
export const WINDOW_SILENCE_MS = 3_600_000;

/**
 * The last 60 readings of each sensor, forgotten after an hour without one. The truth is a ring in the process:
 * every call answers at once and never fails. `redis-hot-window.ts` mirrors it for other processes.
 */
export interface HotWindow {
  /** By time; a reading at a known time replaces it, one older than a full window's oldest is left out. */
  push(readings: readonly Reading[]): void;
  /** What a sensor's readings were before the process started; newer ones already there stay. */
  restore(windows: readonly SensorWindow[]): void;
  /** Oldest first; empty for a silent or unknown sensor. */
  window(sensorId: string): readonly Reading[];
  /** Every sensor that is not silent. */
  windows(): readonly SensorWindow[];
  latest(sensorId: string): Reading | null;
  /** Sensors and readings held. */
  size(): Readonly<{ sensors: number; readings: number }>;
  state(): DependencyState;
  /** Resolves when every other process can see what was pushed before, or at once where there is no mirror or it is down. */
  mirrored(): Promise<void>;
  close(): Promise<void>;
}
