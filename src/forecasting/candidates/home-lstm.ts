import type { Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import type { HomeNet } from "../home-nets/load-home-nets.ts";
import type { LearnedModels } from "../model-files.ts";
import { createKernelEngine, type KernelEngine } from "../nets/kernel.ts";
import type { SharedNet } from "../nets/net-file.ts";
import { lstm, netCandidate, suitsNet } from "./lstm.ts";

export const HOME_LSTM = "home-lstm";

/**
 * The shipped LSTM as this home has tuned it at night. An issue is answered by the newest edition that has seen
 * nothing of its day or later, so that its record is as honest as any other candidate's. Before the first edition
 * there was only the shipped net: it answers then, as it did.
 */
export function homeLstm(models: LearnedModels, engine: KernelEngine = createKernelEngine()): Candidate {
  const tunedFor = (frame: DayFrame): HomeNet | undefined => models.home?.find((one) => suitsNet(one, frame));
  const netOf = (frame: DayFrame): SharedNet | undefined =>
    tunedFor(frame)?.editions.findLast(({ untilDay }) => untilDay <= frame.source.firstDay + frame.known)?.net;
  const tuned = netCandidate(HOME_LSTM, (frame) => tunedFor(frame) !== undefined, netOf, engine);
  const shipped = lstm(models, engine);
  return { ...tuned, fit: (frame) => tuned.fit(frame) ?? shipped.fit(frame) };
}
