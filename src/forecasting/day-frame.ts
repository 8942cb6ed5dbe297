import type { HomeHistory, Site } from "../domain/home-history.ts";
import { MS_PER_DAY, MS_PER_MINUTE } from "../domain/units.ts";
import { FrameMemo, remember } from "./frame-memo.ts";
import { isHoliday } from "./holidays.ts";
import { maskBrokenForecast, maskImplausible } from "./mask-implausible.ts";
import { placeOf, type Place } from "./prior/place.ts";
import type { FrameClock } from "./sun/sun-clock.ts";

/** Kind of a local day: 0 working day, 1 Saturday, 2 Sunday or public holiday. */
export type DayKind = 0 | 1 | 2;

/** What all frames of one signal share: the matrix of wall-clock slots by local day, and the other columns on it. */
export type FrameSource = Readonly<{
  site: Site;
  clock: FrameClock;
  place: Place | undefined;
  signal: string;
  slots: number;
  slotMinutes: number;
  /** The history's grid: the start of one of its intervals, and their length. */
  gridMs: number;
  stepMs: number;
  /** Local day number of the first row: the day before the history, so that a few hours of it make a row. */
  firstDay: number;
  days: number;
  /** days * slots, row-major; a repeated hour is averaged, a skipped or missing one is NaN. */
  values: Float64Array;
  /** Other columns on the same matrix. Forecast columns reach past the issue time. */
  columns: ReadonlyMap<string, Float64Array>;
  /** Kind and weekday of each day from `firstDay`, a week past the last row. */
  kinds: Uint8Array;
  weekdays: Uint8Array;
  /** What the clock showed more than UTC at noon of those days, when things happened. */
  noonOffsetMs: Float64Array;
  /** What was derived from the rows, and what follows from calendar and place alone. */
  memo: FrameMemo;
  timeless: Map<string, unknown>;
}>;

/**
 * The history of one signal as days of wall-clock slots, cut off at an issue time. Row r begins `anchorSlot` slots
 * after local midnight of day `firstDay + r` and is 24 wall-clock hours long, so that the row after the last known one
 * begins exactly at the issue. Only whole rows before the issue are in `values`: what is not there cannot be used.
 */
export class DayFrame {
  readonly source: FrameSource;
  readonly anchorSlot: number;
  /** Number of known rows; the row with this index is the first to forecast. */
  readonly known: number;
  readonly slots: number;
  /** known * slots values, in order of time. */
  readonly values: Float64Array;
  readonly #own = new Map<string, unknown>();
  /** Frames of the same source and anchor by their known rows: what one derived serves all who ask for it again. */
  readonly #family: Map<number, DayFrame>;

  constructor(source: FrameSource, anchorSlot: number, known: number, family = new Map<number, DayFrame>()) {
    this.#family = family;
    this.source = source;
    this.anchorSlot = anchorSlot;
    this.known = known;
    this.slots = source.slots;
    this.values = source.values.subarray(anchorSlot, anchorSlot + known * source.slots);
  }

  /** The same frame as it was known `known` rows after its start. */
  until(known: number): DayFrame {
    if (known >= this.known) return this;
    const rows = Math.max(0, known);
    const found = this.#family.get(rows) ?? new DayFrame(this.source, this.anchorSlot, rows, this.#family);
    this.#family.set(rows, found);
    return found;
  }

  /** Value of column `c` (slots after the start of the row) in row `row`; NaN when missing or not known. */
  at(row: number, c: number): number {
    const index = row * this.slots + c;
    return index < 0 ? Number.NaN : (this.values[index] ?? Number.NaN);
  }

  /** Another column, known rows only, except that a forecast column may be read for the future too. */
  other(name: string): Float64Array | undefined {
    const column = this.source.columns.get(name);
    if (!column) return undefined;
    return isForecastColumn(name)
      ? column.subarray(this.anchorSlot)
      : column.subarray(this.anchorSlot, this.anchorSlot + this.known * this.slots);
  }

  /** Wall-clock slot of a column. */
  slotOf(c: number): number {
    return (this.anchorSlot + c) % this.slots;
  }

  /** Local day number of a cell. */
  dayOf(row: number, c: number): number {
    return this.source.firstDay + row + (this.anchorSlot + c >= this.slots ? 1 : 0);
  }

  /** 0 = Monday .. 6 = Sunday. */
  weekdayOf(row: number, c: number): number {
    return this.source.weekdays[this.dayOf(row, c) - this.source.firstDay] ?? 0;
  }

  kindOf(row: number, c: number): DayKind {
    return (this.source.kinds[this.dayOf(row, c) - this.source.firstDay] ?? 0) as DayKind;
  }

  /** When a cell began: exact on days of 24 hours; in the hours around a clock change up to an hour off. */
  startMsOf(row: number, c: number): number {
    const day = this.dayOf(row, c);
    const offsetMs = this.source.noonOffsetMs[day - this.source.firstDay] ?? 0;
    return day * MS_PER_DAY + this.slotOf(c) * this.source.slotMinutes * MS_PER_MINUTE - offsetMs;
  }

  /**
   * Computes something that follows from this frame once. What belongs to midnight is kept with the source; what
   * belongs to another time of day only as long as the frame itself.
   */
  memo<T>(key: string, compute: () => T): T {
    const store = this.anchorSlot === 0 ? this.source.memo.bucket(this.known) : this.#own;
    return remember(store, key, compute);
  }

  /** Computes something that follows from calendar and place alone once. */
  timeless<T>(key: string, compute: () => T): T {
    return remember(this.source.timeless, key, compute);
  }
}

export const isForecastColumn = (name: string): boolean => name.endsWith("_forecast_w");
export const weekdayOfDay = (day: number): number => (((day + 3) % 7) + 7) % 7;

export function kindOfDay(day: number, zoneName: string): DayKind {
  const weekday = weekdayOfDay(day);
  if (weekday === 6 || isHoliday(day, zoneName)) return 2;
  return weekday === 5 ? 1 : 0;
}

/**
 * Lays a history out as days of wall-clock slots.
 * @param slotMinutes length of a slot; a multiple of the history's step
 * @param throughMs   the matrix reaches at least to the day of this instant, missing where there is no history
 * @param untilMs     intervals that end later are left out, except in forecast columns; Infinity: all of them
 * @param clock       tells days and slots; default: the wall clock of the home
 */
export function frameSource(
  history: HomeHistory,
  signal: string,
  slotMinutes: number,
  throughMs: number,
  untilMs = Number.POSITIVE_INFINITY,
  clock: FrameClock = history.zone,
): FrameSource {
  const { zone, stepMs, startMs, length } = history;
  const slots = Math.ceil(1440 / slotMinutes);
  const firstDay = clock.dayNumber(startMs) - 1;
  const days = clock.dayNumber(Math.max(throughMs, startMs + Math.max(0, length * stepMs - 1))) - firstDay + 1;
  const cells = cellsOf(history, clock, slotMinutes, slots, firstDay);
  const knownLength = Math.min(length, Math.max(0, Math.floor((untilMs - startMs) / stepMs)));
  const layOut = (values: Float64Array | undefined, upTo: number): Float64Array => {
    const sum = new Float64Array(days * slots);
    const count = new Uint16Array(days * slots);
    for (let i = 0; values && i < upTo; i++) {
      const value = values[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const cell = cells[i] ?? 0;
      sum[cell] = (sum[cell] ?? 0) + value;
      count[cell] = (count[cell] ?? 0) + 1;
    }
    for (let cell = 0; cell < sum.length; cell++) sum[cell] = count[cell] ? (sum[cell] ?? 0) / (count[cell] ?? 1) : NaN;
    return sum;
  };
  const columns = new Map<string, Float64Array>();
  for (const name of ["temperature_c", ...[...history.columns.keys()].filter(isForecastColumn)])
    if (name !== signal && history.columns.has(name))
      columns.set(name, layOut(history.columns.get(name), isForecastColumn(name) ? length : knownLength));
  for (const [name, said] of columns) if (isForecastColumn(name)) maskBrokenForecast(said, slots);
  const values = layOut(history.columns.get(signal), knownLength);
  if (signal.endsWith("_w")) maskImplausible(values, slots, signal === "pv_w");
  return {
    site: history.site,
    clock,
    place: placeOf(history.site),
    signal,
    slots,
    slotMinutes,
    gridMs: startMs,
    stepMs,
    firstDay,
    days,
    values,
    columns,
    kinds: Uint8Array.from({ length: days + 8 }, (_, r) => kindOfDay(firstDay + r, zone.name)),
    weekdays: Uint8Array.from({ length: days + 8 }, (_, r) => weekdayOfDay(firstDay + r)),
    noonOffsetMs: Float64Array.from(
      { length: days + 8 },
      (_, r) => clock.trueOffsetMs ?? clock.offsetMs((firstDay + r) * MS_PER_DAY + MS_PER_DAY / 2),
    ),
    memo: new FrameMemo(),
    timeless: new Map(),
  };
}

/**
 * The last millisecond of the interval of the history that holds an instant. An interval belongs to the slot in which
 * it ends: where local hours begin between the history's, no slot holds anything that ends after it.
 */
export function endOfInterval({ gridMs, stepMs }: Pick<FrameSource, "gridMs" | "stepMs">, atMs: number): number {
  return gridMs + (Math.floor((atMs - gridMs) / stepMs) + 1) * stepMs - 1;
}

/** Index into the day matrix of every interval of the history. */
function cellsOf(
  history: HomeHistory,
  clock: FrameClock,
  slotMinutes: number,
  slots: number,
  firstDay: number,
): Int32Array {
  const { stepMs, startMs, length } = history;
  const cells = new Int32Array(length);
  const slotMs = slotMinutes * MS_PER_MINUTE;
  let offsetMs = 0;
  let validUntilMs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i++) {
    const atMs = startMs + (i + 1) * stepMs - 1;
    if (atMs >= validUntilMs) {
      offsetMs = clock.offsetMs(atMs);
      const aDayOn = atMs + MS_PER_DAY;
      validUntilMs = clock.offsetMs(aDayOn) === offsetMs ? aDayOn : atMs + 1;
    }
    const wallMs = atMs + offsetMs;
    const day = Math.floor(wallMs / MS_PER_DAY);
    cells[i] = (day - firstDay) * slots + Math.floor((wallMs - day * MS_PER_DAY) / slotMs);
  }
  return cells;
}
