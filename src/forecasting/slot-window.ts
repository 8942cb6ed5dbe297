import { ascendingOrder } from "./ascending-order.ts";
import type { DayFrame } from "./day-frame.ts";

/** Days a window looks back. */
export const WINDOW_DAYS = 56;
const CAPACITY = WINDOW_DAYS * 3;

/** How much a past value counts for a target slot. */
export type ProfileWeights = Readonly<{
  /** Days after which a value counts 1/e. */
  ageDays: number;
  /** Weight of the slot before and the one after. */
  neighbour: number;
  /** Weight of a day of another kind (working day, Saturday, Sunday). */
  otherKind: number;
  /** Weight of a day of the same kind that is another weekday. */
  otherWeekday: number;
}>;

/**
 * The last 56 days' values of one target slot and its two neighbours, sorted. Filled once per issue and slot, then
 * asked for weighted quantiles under as many weightings as needed.
 */
export class SlotWindow {
  readonly #values = new Float64Array(CAPACITY);
  /** Age in days * 4 + neighbour (0, 1 before, 2 after), in the order of the values. */
  readonly #tags = new Int32Array(CAPACITY);
  #count = 0;
  /** Values and their tags as they come. */
  readonly #raw = new Float64Array(CAPACITY);
  readonly #rawTags = new Int32Array(CAPACITY);
  readonly #own = new Float64Array(CAPACITY);
  readonly #byAge = new Float64Array(WINDOW_DAYS);
  readonly #kinds = new Uint8Array(WINDOW_DAYS);
  readonly #weekdays = new Uint8Array(WINDOW_DAYS);
  #targetKind = 0;
  #targetWeekday = 0;

  /** Takes the window of column `c` of the row `lead` after the last known one. */
  fill(frame: DayFrame, c: number, lead: number): void {
    const { known } = frame;
    this.#count = 0;
    const target = known + lead - 1;
    this.#targetKind = frame.kindOf(target, c);
    this.#targetWeekday = frame.weekdayOf(target, c);
    for (let age = 0; age < WINDOW_DAYS && age < known; age++) {
      const row = known - 1 - age;
      this.#kinds[age] = frame.kindOf(row, c);
      this.#weekdays[age] = frame.weekdayOf(row, c);
      this.#take(frame.at(row, c), age * 4);
      this.#take(frame.at(row, c - 1), age * 4 + 1);
      this.#take(frame.at(row, c + 1), age * 4 + 2);
    }
    const order = ascendingOrder(this.#raw.subarray(0, this.#count));
    for (let i = 0; i < order.length; i++) {
      this.#values[i] = this.#raw[order[i] as number] as number;
      this.#tags[i] = this.#rawTags[order[i] as number] as number;
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Weighted quantiles, interpolated between the middles of the values' weights; NaN when the window is empty. */
  quantiles(weights: ProfileWeights, shares: readonly number[], into: Float64Array): void {
    const count = this.#count;
    const values = this.#values;
    let total = 0;
    const own = this.#own;
    const byAge = this.#weightsByAge(weights);
    for (let i = 0; i < count; i++) {
      const tag = this.#tags[i] ?? 0;
      const weight = (byAge[tag >> 2] ?? 0) * ((tag & 3) === 0 ? 1 : weights.neighbour);
      own[i] = weight;
      total += weight;
    }
    for (let q = 0; q < shares.length; q++) {
      const goal = (shares[q] ?? 0.5) * total;
      let below = 0;
      let previousMiddle = Number.NEGATIVE_INFINITY;
      let previous = Number.NaN;
      let found = Number.NaN;
      for (let i = 0; i < count; i++) {
        const weight = own[i] ?? 0;
        if (weight === 0) continue;
        const value = values[i] ?? 0;
        const middle = below + weight / 2;
        if (middle >= goal) {
          found =
            previousMiddle === Number.NEGATIVE_INFINITY
              ? value
              : previous + ((value - previous) * (goal - previousMiddle)) / (middle - previousMiddle);
          break;
        }
        below += weight;
        previousMiddle = middle;
        previous = value;
        found = value;
      }
      into[q] = found;
    }
  }

  /** Weighted mean; NaN when the window is empty. */
  mean(weights: ProfileWeights): number {
    const byAge = this.#weightsByAge(weights);
    let sum = 0;
    let total = 0;
    for (let i = 0; i < this.#count; i++) {
      const tag = this.#tags[i] ?? 0;
      const weight = (byAge[tag >> 2] ?? 0) * ((tag & 3) === 0 ? 1 : weights.neighbour);
      sum += weight * (this.#values[i] ?? 0);
      total += weight;
    }
    return total > 0 ? sum / total : Number.NaN;
  }

  #weightsByAge(weights: ProfileWeights): Float64Array {
    const decay = Math.exp(-1 / weights.ageDays);
    let aged = 1;
    for (let age = 0; age < WINDOW_DAYS; age++) {
      const sameKind = this.#kinds[age] === this.#targetKind;
      const sameDay = this.#weekdays[age] === this.#targetWeekday;
      this.#byAge[age] = aged * (sameKind ? (sameDay ? 1 : weights.otherWeekday) : weights.otherKind);
      aged *= decay;
    }
    return this.#byAge;
  }

  #take(value: number, tag: number): void {
    if (Number.isNaN(value)) return;
    this.#raw[this.#count] = value;
    this.#rawTags[this.#count++] = tag;
  }
}
