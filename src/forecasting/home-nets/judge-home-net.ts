import type { Candidate } from "../candidate.ts";
import { applyBlend, fitBlend, type Blend } from "../tournament/blend.ts";
import { homeLstm, HOME_LSTM } from "../candidates/home-lstm.ts";
import { candidatesWith } from "../candidates.ts";
import { weightedMedian } from "../candidates/profiles.ts";
import type { DayFrame } from "../day-frame.ts";
import type { LearnedModels } from "../model-files.ts";
import { entryOf } from "../tournament/tournament.ts";
import type { HomeNet } from "./load-home-nets.ts";
import type { Verdict } from "./home-net-record.ts";

/** Days judged on, and the fewest that are believed. */
const MOST_DAYS = 28;
export const FEWEST_JUDGED_DAYS = 14;

/**
 * What a home's own net is worth: the error of the blend of all models without it and with it, on the last days, each
 * forecast from its own midnight by an edition that had not seen it and a blend fitted before it.
 * @param training frame anchored at local midnight
 * @param rivals   the candidates of the blend
 * @returns undefined when there are too few such days, or `mayGoOn` says no
 */
export function judgeHomeNet(
  models: LearnedModels,
  own: HomeNet,
  training: DayFrame,
  mayGoOn: () => boolean,
  rivals: readonly Candidate[] = candidatesWith(models),
): Verdict | undefined {
  const { known, source, slots } = training;
  const oldest = own.editions[0]?.untilDay ?? Number.POSITIVE_INFINITY;
  const first = Math.max(known - MOST_DAYS, oldest - source.firstDay);
  if (known - first < FEWEST_JUDGED_DAYS) return undefined;
  const others = rivals.filter(({ id }) => id !== HOME_LSTM);
  const tuned = homeLstm({ ...models, home: [own] });
  const shipped = others.find(({ id }) => id === "lstm") ?? weightedMedian;
  const sets = [others, [...others, tuned]] as const;
  const blends = new Map<number, readonly Blend[]>();
  const errors = { without: 0, with: 0, shipped: 0, own: 0 };
  let count = 0;
  for (let row = first; row < known; row++) {
    if (!mayGoOn()) return undefined;
    const fitRow = Math.max(row - ((((source.firstDay + row) % 7) + 7) % 7), 1);
    const fitted = blends.get(fitRow) ?? sets.map((set) => fitBlend(set, training.until(fitRow), 1));
    blends.set(fitRow, fitted);
    const origin = training.until(row);
    const plain = entryOf(weightedMedian, origin, origin, 1)?.p50;
    const [without, together] = fitted.map((blend) => applyBlend(blend, origin, origin).p50);
    const alone = entryOf(shipped, origin, origin, 1)?.p50;
    const home = entryOf(tuned, origin, origin, 1)?.p50;
    for (let c = 0; c < slots; c++) {
      const y = training.at(row, c);
      if (Number.isNaN(y)) continue;
      const off = (said: Float64Array | undefined): number => {
        const value = said?.[c] ?? Number.NaN;
        return Math.abs(y - (Number.isNaN(value) ? (plain?.[c] ?? 0) : value));
      };
      errors.without += off(without);
      errors.with += off(together);
      errors.shipped += off(alone);
      errors.own += off(home);
      count++;
    }
  }
  if (count === 0) return undefined;
  return {
    day: source.firstDay + known,
    days: known - first,
    without: errors.without / count,
    with: errors.with / count,
    shipped: errors.shipped / count,
    own: errors.own / count,
  };
}
