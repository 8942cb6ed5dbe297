import type { Candidate } from "../candidate.ts";
import { fitConvexWeights, lossOf, type BlendLoss } from "./convex-weights.ts";

/** Candidates that enter a blend of habits: the best by their own record. Weak ones that differ from the rest are worth their place. */
const MOST_MEMBERS = 16;
/** Days of evidence that count half as much as a long record. */
const HALF_DAYS = 14;
/** Hours of the day that get weights of their own, and how far those count. */
const BLOCK_HOURS = 3;
const BLOCK_SHARE = 0.5;

/** A candidate's forecasts of the evidence, one value per slot, day after day. */
export type Column = Readonly<{ candidate: Candidate; values: Float64Array }>;

/** From how many times the least loss on a candidate's standing counts for less, and how quickly. */
const UNSOUND = 2;
const UNSOUND_POWER = 8;

/** What happened, and how much each point counts. */
export type Evidence = Readonly<{ truth: Float64Array; weights: Float64Array; slots: number }>;

/** The weight of one candidate in a blend, overall and per wall-clock slot. */
export type Member = Readonly<{ id: string; weight: number; bySlot: Float64Array }>;

/** How a signal's candidates are weighed. */
export type Weighing = Readonly<{
  /** Whether the hours of the day get weights of their own, half way. */
  byHour: boolean;
  /** How much less a candidate starts with for each percent by which it was worse than the best, on a long record. */
  recordPower: number;
  /** How far the first rounds of weighing move. */
  haste: number;
  /** Share of the blend that goes by standing alone, unless the record is far off. */
  byStanding: number;
  /** Whether it is the standing for PV that counts. */
  isPv: boolean;
}>;

/** Where people or markets make the errors, a record of weeks tells candidates apart. */
export const BY_HABITS: Weighing = { byHour: true, recordPower: 16, haste: 6, byStanding: 0, isPv: false };
/** Where the weather makes them and somebody forecasts it, less so. */
export const BY_WEATHER: Weighing = { byHour: false, recordPower: 8, haste: 2, byStanding: 0, isPv: true };
/** Where nobody does, hardly: one dark day after clear weeks outweighs all of them. */
export const BY_SKY: Weighing = { byHour: false, recordPower: 2, haste: 0.5, byStanding: 0.5, isPv: true };

/** Weighs candidates for one part of a forecast by the evidence. */
export function weighCandidates(
  columns: readonly Column[],
  evidence: Evidence,
  loss: BlendLoss,
  weighing: Weighing,
): Member[] {
  const { slots } = evidence;
  const overall = weigh(columns, evidence, loss, weighing);
  const members = new Map<string, Member>();
  const bySlotOf = (id: string): Float64Array => {
    const found = members.get(id) ?? { id, weight: overall.get(id) ?? 0, bySlot: new Float64Array(slots) };
    members.set(id, found);
    return found.bySlot;
  };
  for (const [id, weight] of overall) bySlotOf(id).fill(weight);
  const block = Math.round((slots * BLOCK_HOURS) / 24);
  if (weighing.byHour && block >= 1 && slots % block === 0)
    for (let from = 0; from < slots; from += block) {
      const own = weigh(
        columns.map(({ candidate, values }) => ({ candidate, values: cut(values, slots, from, block) })),
        {
          truth: cut(evidence.truth, slots, from, block),
          weights: cut(evidence.weights, slots, from, block),
          slots: block,
        },
        loss,
        weighing,
      );
      for (const { candidate } of columns) {
        const { id } = candidate;
        const weight = (1 - BLOCK_SHARE) * (overall.get(id) ?? 0) + BLOCK_SHARE * (own.get(id) ?? 0);
        if (weight > 0) bySlotOf(id).fill(weight, from, from + block);
      }
    }
  return [...members.values()];
}

function weigh(
  columns: readonly Column[],
  evidence: Evidence,
  loss: BlendLoss,
  { recordPower, haste, byStanding, isPv }: Weighing,
): Map<string, number> {
  const { truth, weights } = evidence;
  const usable = columns
    .map((column) => ({ ...column, loss: lossOf(column.values, truth, weights, loss) }))
    .sort((a, b) => a.loss - b.loss)
    .slice(0, isPv ? columns.length : MOST_MEMBERS);
  const least = Math.max(usable[0]?.loss ?? 0, 1e-12);
  // a squared error of twice the percentage is as much worse
  const days = truth.length / evidence.slots;
  const power = (recordPower * (loss.kind === "squared" ? 0.5 : 1) * days) / (days + HALF_DAYS);
  const standings = usable.map(({ candidate }) => (isPv ? candidate.standingForPv : undefined) ?? candidate.standing);
  const sound = usable.map(
    ({ loss: own }, k) => (standings[k] ?? 0) * Math.max(own / (UNSOUND * least), 1) ** -UNSOUND_POWER,
  );
  const all = sound.reduce((sum, standing) => sum + standing, 0);
  const found = fitConvexWeights(
    usable.map(({ values }) => values),
    truth,
    weights,
    loss,
    usable.map(({ loss: own }, k) => (standings[k] ?? 0) * Math.max(own / least, 1) ** -power),
    haste,
  );
  return new Map(
    usable.map(({ candidate }, k) => [
      candidate.id,
      (1 - byStanding) * (found[k] ?? 0) + (byStanding * (sound[k] ?? 0)) / all,
    ]),
  );
}

/** Of each day, the slots [from, from + count). */
function cut(values: Float64Array, slots: number, from: number, count: number): Float64Array {
  const days = values.length / slots;
  const made = new Float64Array(days * count);
  for (let day = 0; day < days; day++)
    made.set(values.subarray(day * slots + from, day * slots + from + count), day * count);
  return made;
}
