import type { Candidate } from "../candidate.ts";
import { weightedMedian } from "../candidates/profiles.ts";
import { combineMembers, type Voice } from "./combine-members.ts";
import type { BlendLoss } from "./convex-weights.ts";
import type { DayFrame } from "../day-frame.ts";
import { entryOf, type Entry } from "./tournament.ts";
import { BY_HABITS, BY_SKY, BY_WEATHER, weighCandidates, type Member, type Weighing } from "./weigh-candidates.ts";

/** Days of rolling origins that weigh the candidates: of a home's habits, and of the weather's, where a day says less. */
const evidenceDays = (signal: string): number => (followsHabits(signal) ? 84 : 168);
const followsHabits = (signal: string): boolean => signal !== "pv_w" && signal.endsWith("_w");
/** Days a candidate must have been judged on; on earlier days of the evidence the weighted median stands in for it. */
const FEWEST_DAYS = 7;
/** Of a home's first days, when standing counts too: what was learned elsewhere is soon worth hearing. */
const FEWEST_FIRST_DAYS = 2;
/** Days of evidence up to which candidates count by their standing too: a few days prefer whatever happened to fit them. */
const STANDING_DAYS = 21;
/** Days after which a day's evidence counts 1/e: habits change faster than the weather, and means need more days. */
const evidenceAgeDays = (signal: string, part: Part): number =>
  followsHabits(signal) ? (part === "mean" ? 60 : 40) : 80;
/** Under a sky that nobody forecasts: share of the middle of what candidates say, beside their mean. */
const BY_MIDDLE = 0.5;
/** A candidate with less than this everywhere is left out. */
const LEAST_WEIGHT = 1e-4;

export type Part = "p10" | "p50" | "p90" | "mean";

/** What rolling origins say of one candidate: its forecasts of the evidence rows, one after another. */
type RollingRecord = Readonly<{ candidate: Candidate; parts: Readonly<Record<Part, Float64Array | undefined>> }>;

/** Weights of the candidates for each part of the forecast, and what they were judged on. */
export type Blend = Readonly<{
  lead: number;
  members: readonly Candidate[];
  weights: Readonly<Record<Part, readonly Member[]>>;
}>;

/** Rolling-origin record of the candidates on the rows before `training.known`. */
export function recordOf(
  candidates: readonly Candidate[],
  training: DayFrame,
  lead: number,
  days: number,
): { truth: Float64Array; records: RollingRecord[] } {
  const { known, slots } = training;
  const first = Math.max(lead + 1, known - days);
  const rows = Math.max(0, known - first);
  const truth = training.values.slice(first * slots, known * slots);
  // row by row, so that models that learn from the same examples share them
  const own = new Map<Candidate, number>();
  const entries = new Map<Candidate, Entry[]>(candidates.map((candidate) => [candidate, []]));
  for (let row = first; row < known; row++) {
    const origin = training.until(row - lead + 1);
    for (const candidate of candidates) {
      const entry = entryOf(candidate, origin, origin, lead);
      if (entry) own.set(candidate, (own.get(candidate) ?? 0) + 1);
      const stand = entry ?? entryOf(weightedMedian, origin, origin, lead);
      if (stand) entries.get(candidate)?.push(stand);
    }
  }
  const fewest = followsHabits(training.source.signal) && rows < STANDING_DAYS ? FEWEST_FIRST_DAYS : FEWEST_DAYS;
  const records = candidates
    .filter((candidate) => (own.get(candidate) ?? 0) >= Math.min(fewest, Math.max(rows, 1)))
    .map((candidate) => ({ candidate, parts: joined(entries.get(candidate) ?? [], rows, slots) }));
  return { truth, records };
}

function joined(entries: readonly Entry[], rows: number, slots: number): RollingRecord["parts"] {
  const join = (part: Part): Float64Array | undefined => {
    if (entries.length < rows) return undefined;
    const all = new Float64Array(rows * slots);
    for (const [k, entry] of entries.entries()) {
      const values = entry[part];
      if (!values) return undefined;
      all.set(values, k * slots);
    }
    return all;
  };
  return { p10: join("p10"), p50: join("p50"), p90: join("p90"), mean: join("mean") };
}

const LOSS: Readonly<Record<Part, BlendLoss>> = {
  p10: { kind: "pinball", share: 0.1 },
  p50: { kind: "pinball", share: 0.5 },
  p90: { kind: "pinball", share: 0.9 },
  mean: { kind: "squared" },
};

/** Fits the blend on the evidence before `training.known`; with no evidence, every candidate counts the same. */
export function fitBlend(candidates: readonly Candidate[], training: DayFrame, lead: number): Blend {
  const { signal } = training.source;
  const { truth, records } = recordOf(candidates, training, lead, evidenceDays(signal));
  const weighing = weighingOf(training, truth.length / training.slots);
  const weightsOf = (part: Part): Member[] =>
    weighCandidates(
      records.flatMap(({ candidate, parts }) => (parts[part] ? [{ candidate, values: parts[part] }] : [])),
      {
        truth,
        weights: agedEvidence(truth.length, training.slots, evidenceAgeDays(signal, part)),
        slots: training.slots,
      },
      LOSS[part],
      weighing,
    );
  return {
    lead,
    members: records.map(({ candidate }) => candidate),
    weights: { p10: weightsOf("p10"), p50: weightsOf("p50"), p90: weightsOf("p90"), mean: weightsOf("mean") },
  };
}

/** The hours of a price move together, and the sun's are all of one sky; people's and the grid's differ. */
function weighingOf(training: DayFrame, days: number): Weighing {
  const { signal } = training.source;
  if (signal === "pv_w") return isUnderAnUnknownSky(training) ? BY_SKY : BY_WEATHER;
  const byStanding = followsHabits(signal) ? Math.max(0, 1 - days / STANDING_DAYS) : 0;
  return { ...BY_HABITS, byStanding, byHour: !signal.endsWith("_price") };
}

/** Whether it is the sky that makes the errors, and nobody forecasts it. */
const isUnderAnUnknownSky = ({ source: { signal, columns } }: DayFrame): boolean =>
  signal === "pv_w" && !columns.has("pv_forecast_w");

/** Weight of each point of a record: the last day's 1, less for each day before. */
function agedEvidence(length: number, slots: number, ageDays: number): Float64Array {
  const rows = length / slots;
  return Float64Array.from({ length }, (_, i) => Math.exp(-(rows - 1 - Math.floor(i / slots)) / ageDays));
}

/** The blend's forecast of the row `lead` after the last known one of `frame`. */
export function applyBlend(blend: Blend, frame: DayFrame, training: DayFrame): Record<Part, Float64Array> {
  const byMiddle = isUnderAnUnknownSky(training) ? BY_MIDDLE : 0;
  const part = (name: Part): Float64Array => {
    const voices: Voice[] = [];
    for (const { id, bySlot } of blend.weights[name]) {
      if (!bySlot.some((weight) => weight >= LEAST_WEIGHT)) continue;
      const member = blend.members.find((candidate) => candidate.id === id);
      const values = member && entryOf(member, frame, training, blend.lead)?.[name];
      if (values) voices.push({ values, weights: bySlot.map((_, c) => bySlot[frame.slotOf(c)] ?? 0) });
    }
    return combineMembers(voices, frame.slots, name === "p50" ? byMiddle : 0);
  };
  return { p10: part("p10"), p50: part("p50"), p90: part("p90"), mean: part("mean") };
}
