import type { Frame, Timeline } from "./timeline.ts";

/** A rectangle or point in plot units: x in px from the left of the plot, y in px from its top. */
export type Bar = Readonly<{ x: number; width: number; y: number; height: number; startMs: number; value: number }>;
export type Axis = Readonly<{ startMs: number; endMs: number; width: number }>;

export const xOf = (axis: Axis, atMs: number): number =>
  ((atMs - axis.startMs) / Math.max(axis.endMs - axis.startMs, 1)) * axis.width;
export const timeAt = (axis: Axis, x: number): number =>
  axis.startMs + (x / Math.max(axis.width, 1)) * (axis.endMs - axis.startMs);

/** A number per frame, or null where it is not known. */
export type Signal = (frame: Frame) => number | null;
/** Maps values to px from the top: `high` is 0, `low` is `height`. */
export type Scale = Readonly<{ low: number; high: number; height: number }>;
export const yOf = (scale: Scale, value: number): number =>
  ((scale.high - value) / Math.max(scale.high - scale.low, 1e-9)) * scale.height;

/** Smallest tidy scale around the values and zero; never empty. */
export function scaleFor(timeline: Timeline, signals: readonly Signal[], height: number, least: number): Scale {
  let low = 0;
  let high = least;
  for (const frame of timeline.frames)
    for (const signal of signals) {
      const value = signal(frame);
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  const half = tidyStep(high - low) / 2;
  return { low: Math.floor(low / half) * half, high: Math.ceil(high / half) * half, height };
}

/** 1, 2 or 5 times a power of ten, so that a range has two to six of them. */
export function tidyStep(range: number): number {
  const raw = Math.max(range, 1e-9) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw) ?? 10;
  return factor * power;
}

/** One bar a frame from zero to its value; unknown frames have none. */
export function bars(timeline: Timeline, signal: Signal, axis: Axis, scale: Scale): Bar[] {
  const zero = yOf(scale, 0);
  return timeline.frames.flatMap((frame): Bar[] => {
    const value = signal(frame);
    if (value === null || value === 0) return [];
    const x = xOf(axis, frame.startMs);
    const y = yOf(scale, value);
    const width = xOf(axis, frame.endMs) - x;
    return [{ x, width, y: Math.min(y, zero), height: Math.abs(y - zero), startMs: frame.startMs, value }];
  });
}

/** SVG path of a step line; a gap begins a new piece. With `base`, each piece is closed down to it. */
export function stepPath(timeline: Timeline, signal: Signal, axis: Axis, scale: Scale, base?: number): string {
  const pieces: string[] = [];
  let piece: string[] = [];
  let fromX = 0;
  let endX = 0;
  const finish = (): void => {
    if (piece.length === 0) return;
    if (base !== undefined) {
      const y = yOf(scale, base).toFixed(1);
      piece.push(`L${endX.toFixed(1)} ${y}L${fromX.toFixed(1)} ${y}Z`);
    }
    pieces.push(piece.join(""));
    piece = [];
  };
  for (const frame of timeline.frames) {
    const value = signal(frame);
    if (value === null) {
      finish();
      continue;
    }
    const x = xOf(axis, frame.startMs);
    const y = yOf(scale, value).toFixed(1);
    if (piece.length === 0) fromX = x;
    endX = xOf(axis, frame.endMs);
    piece.push(`${piece.length === 0 ? "M" : "L"}${x.toFixed(1)} ${y}L${endX.toFixed(1)} ${y}`);
  }
  finish();
  return pieces.join("");
}

/** SVG path of the area between two signals, frame by frame. */
export function bandPath(timeline: Timeline, low: Signal, high: Signal, axis: Axis, scale: Scale): string {
  const known = timeline.frames.filter((frame) => low(frame) !== null && high(frame) !== null);
  if (known.length === 0) return "";
  const corner = (frame: Frame, atMs: number, signal: Signal): string =>
    `${xOf(axis, atMs).toFixed(1)} ${yOf(scale, signal(frame) ?? 0).toFixed(1)}`;
  const there = known.flatMap((frame) => [corner(frame, frame.startMs, high), corner(frame, frame.endMs, high)]);
  const back = [...known]
    .reverse()
    .flatMap((frame) => [corner(frame, frame.endMs, low), corner(frame, frame.startMs, low)]);
  return `M${[...there, ...back].join("L")}Z`;
}

/** Runs of a device on the axis: neighbouring frames in which it is planned are one run. */
export function runsOf(timeline: Timeline, deviceId: string): { startMs: number; endMs: number; powerW: number }[] {
  const runs: { startMs: number; endMs: number; powerW: number }[] = [];
  for (const { kind, startMs, endMs, devicesW } of timeline.frames) {
    if (kind !== "plan") continue;
    const powerW = devicesW[deviceId];
    if (powerW === undefined) continue;
    const last = runs[runs.length - 1];
    if (last && last.endMs === startMs) {
      last.endMs = endMs;
      last.powerW = Math.max(last.powerW, powerW);
    } else runs.push({ startMs, endMs, powerW });
  }
  return runs;
}

/** What is due from an instant on: of runs and the like those that have not ended by then. */
export const dueFrom = <T extends Readonly<{ endMs: number }>>(runs: readonly T[], atMs: number): T[] =>
  runs.filter(({ endMs }) => endMs > atMs);

/** Whole hours of the wall clock to write on the axis: as many as have room. `hourOf` gives the local hour. */
export function hourTicks(
  axis: Axis,
  hourOf: (atMs: number) => number,
  roomPx: number,
): { atMs: number; hour: number }[] {
  const HOUR = 3_600_000;
  const perHour = (axis.width / Math.max(axis.endMs - axis.startMs, 1)) * HOUR;
  const every = [1, 2, 3, 4, 6, 12, 24].find((hours) => hours * perHour >= roomPx) ?? 24;
  const ticks: { atMs: number; hour: number }[] = [];
  for (let atMs = Math.ceil(axis.startMs / (HOUR / 4)) * (HOUR / 4); atMs <= axis.endMs; atMs += HOUR / 4) {
    const hour = hourOf(atMs);
    if (Number.isInteger(hour) && hour % every === 0) ticks.push({ atMs, hour });
  }
  return ticks;
}
