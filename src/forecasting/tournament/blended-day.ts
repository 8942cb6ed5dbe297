import { applyBlend, fitBlend, type Blend, type Part } from "./blend.ts";
import type { Candidate } from "../candidate.ts";
import { quickMedian, weightedMedian } from "../candidates/profiles.ts";
import type { DayFrame } from "../day-frame.ts";
import { followStep, stepOf } from "../follow-step.ts";
import { followTurn, turnOf, type Turn } from "../follow-turn.ts";
import { signalKind } from "../signal-kind.ts";
import { spreadFewDays } from "../bands/spread-of-few-days.ts";
import { entryOf, filledProfile } from "./tournament.ts";

/** All parts of one row's forecast, one value per slot. */
export type DayParts = Readonly<Record<Part, Float64Array>>;

export const PARTS = ["p10", "p50", "p90", "mean"] as const;
/** Rows after which the blend is fitted weekly; before that, daily. */
const WEEKLY_FROM = 21;
/** Rows from which a home has habits to turn from. */
const HABITS_FROM = 14;

/** The blend in force for an issue: fitted on fixed days of the calendar, from the evidence before them. */
export function blendFor(candidates: readonly Candidate[], training: DayFrame, lead: number): Blend {
  const { known } = training;
  const day = training.source.firstDay + known;
  const row = known < WEEKLY_FROM ? known : known - (((day % 7) + 7) % 7);
  const evidence = training.until(row);
  return evidence.memo(`blend ${lead}`, () => fitBlend(candidates, evidence, lead));
}

/** The blend's forecast of a row, completed with the weighted median's where it has none; a home's sudden turn is followed, and what is new in it. */
export function blendDay(
  candidates: readonly Candidate[],
  frame: DayFrame,
  training: DayFrame,
  lead: number,
): DayParts {
  return frame.memo(`blended ${lead}`, () => {
    const blend = plainBlendDay(candidates, frame, training, lead);
    const turn = turnFor(candidates, training, lead);
    return turn ? followStep(stepOf(frame), followTurn(turn, blend, quickDay(frame, training, lead))) : blend;
  });
}

function plainBlendDay(candidates: readonly Candidate[], frame: DayFrame, training: DayFrame, lead: number): DayParts {
  return frame.memo(`plain blend ${lead}`, () => {
    const made = applyBlend(blendFor(candidates, training, lead), frame, training);
    const steady = steadyDay(frame, training, lead);
    for (const part of PARTS)
      made[part] = made[part].map((value, c) => (Number.isNaN(value) ? (steady[part][c] ?? 0) : value));
    spreadFewDays(frame, made);
    return made;
  });
}

/** How far a home's load has turned; undefined for what follows no habits. */
function turnFor(candidates: readonly Candidate[], training: DayFrame, lead: number): Turn | undefined {
  const { site, signal } = training.source;
  if (signalKind(signal, site.currency).name !== "load" || !candidates.includes(quickMedian)) return undefined;
  return training.memo(`turn ${lead}`, () =>
    turnOf(training, HABITS_FROM + lead, (row) => {
      const origin = training.until(row - lead + 1);
      return { blend: plainBlendDay(candidates, origin, origin, lead), quick: quickDay(origin, origin, lead) };
    }),
  );
}

/** The weighted median with its own bands; always there. */
export function steadyDay(frame: DayFrame, training: DayFrame, lead: number): DayParts {
  const entry = entryOf(weightedMedian, frame, training, lead);
  const p50 = entry?.p50 ?? filledProfile(frame, lead);
  const kind = signalKind(frame.source.signal, frame.source.site.currency);
  const wide = kind.leastValue === 0;
  const p10 = p50.map((value, c) => Math.min(entry?.p10?.[c] ?? value, wide ? 0.9 * value : value));
  const p90 = p50.map((value, c) => Math.max(entry?.p90?.[c] ?? value, wide ? 1.1 * value : value));
  spreadFewDays(frame, { p10, p50, p90 });
  return { p10, p50, p90, mean: entry?.mean ?? p50 };
}

/** A forecast from the last days alone. */
function quickDay(frame: DayFrame, training: DayFrame, lead: number): DayParts {
  const steady = steadyDay(frame, training, lead);
  const entry = entryOf(quickMedian, frame, training, lead);
  return entry ? { ...steady, p50: entry.p50, mean: entry.mean } : steady;
}
