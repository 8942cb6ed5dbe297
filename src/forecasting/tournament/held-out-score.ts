import type { HomeHistory } from "../../domain/home-history.ts";
import { recordOf } from "./blend.ts";
import type { Candidate } from "../candidate.ts";
import { weightedMedian } from "../candidates/profiles.ts";
import { sharedTrees } from "../candidates/shared-trees.ts";
import { DayFrame, frameSource } from "../day-frame.ts";
import type { SharedTrees } from "../trees/shared-trees.ts";

type Score = { weightedMedian: number; nMae: number; nRmse: number; days: number };

/** Day-ahead errors of shared trees, and of the weighted median, on a home's days from an instant on. */
export const scoreHeldOut = (
  trees: SharedTrees,
  history: HomeHistory,
  signal: string,
  fromMs: number,
): Score | undefined => scoreCandidate(sharedTrees({ trees: [trees] }), trees.slotMinutes, history, signal, fromMs);

/** Day-ahead errors of a candidate, and of the weighted median, on a home's days from an instant on. */
export function scoreCandidate(
  candidate: Candidate,
  slotMinutes: number,
  history: HomeHistory,
  signal: string,
  fromMs: number,
): Score | undefined {
  const endMs = history.startMs + history.length * history.stepMs;
  const source = frameSource(history, signal, slotMinutes, endMs, endMs);
  const known = history.zone.dayNumber(endMs) - source.firstDay;
  const days = known - (history.zone.dayNumber(fromMs) - source.firstDay);
  if (days < 1) return undefined;
  const candidates = [weightedMedian, candidate];
  const { truth, records } = recordOf(candidates, new DayFrame(source, 0, known), 1, days);
  const [plain, learned] = records;
  if (!plain?.parts.p50 || !learned?.parts.p50 || !learned.parts.mean) return undefined;
  let sum = 0;
  let count = 0;
  let plainError = 0;
  let error = 0;
  let squared = 0;
  for (const [i, y] of truth.entries()) {
    if (Number.isNaN(y)) continue;
    sum += y;
    count++;
    plainError += Math.abs(y - (plain.parts.p50[i] ?? 0));
    error += Math.abs(y - (learned.parts.p50[i] ?? 0));
    squared += (y - (learned.parts.mean[i] ?? 0)) ** 2;
  }
  if (!(Math.abs(sum) > 0)) return undefined;
  const level = Math.abs(sum) / count;
  return {
    weightedMedian: plainError / Math.abs(sum),
    nMae: error / Math.abs(sum),
    nRmse: Math.sqrt(squared / count) / level,
    days,
  };
}
