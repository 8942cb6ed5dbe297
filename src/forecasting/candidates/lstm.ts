import type { Candidate, DayForecast } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { levelOf } from "../level.ts";
import type { LearnedModels } from "../model-files.ts";
import { createKernelEngine, type KernelEngine, type KernelSession } from "../nets/kernel.ts";
import type { SharedNet } from "../nets/net-file.ts";
import { NET_PARTS, netInputsOf, netStartOf, scaleInputs, type NetPart } from "../nets/net-inputs.ts";
import { signalKind } from "../signal-kind.ts";

/** Days of history the net wants. */
const FEWEST_DAYS = 8;
/** Days whose errors say how far the net is off at this home. */
const ADAPTED_DAYS = 28;
/** Days of errors that count as much as having none. */
const DOUBT_DAYS = 28;

/** One part of the net's forecast for each slot, relative to the level. */
type Relative = Readonly<Record<NetPart, Float64Array>>;

/**
 * An LSTM learned on many homes that reads the day to forecast slot by slot, forwards and backwards: the last four
 * weeks at that slot, profiles, calendar, sun and temperature where known. At home its median and mean are moved by
 * what it was off by lately.
 */
export function lstm(models: LearnedModels, engine: KernelEngine = createKernelEngine()): Candidate {
  const netOf = (frame: DayFrame): SharedNet | undefined =>
    models.nets?.find((one) => suitsNet(one, frame) && one.net.shape.time === frame.slots);
  return netCandidate("lstm", (frame) => netOf(frame) !== undefined, netOf, engine);
}

/**
 * A candidate that asks a net.
 * @param suits whether there is a net for the signal of a frame
 * @param netOf the net for an issue after the last known row of a frame
 */
export function netCandidate(
  id: string,
  suits: Candidate["suits"],
  netOf: (frame: DayFrame) => SharedNet | undefined,
  engine: KernelEngine,
): Candidate {
  const sessions = new Map<SharedNet, KernelSession>();
  const sessionOf = (shared: SharedNet): KernelSession => {
    const session = sessions.get(shared) ?? engine.open(shared.net);
    sessions.set(shared, session);
    return session;
  };
  return {
    id,
    refitDays: 7,
    needsDays: FEWEST_DAYS,
    standing: 1,
    suits,
    fit(frame) {
      const shared = netOf(frame);
      if (!shared) return undefined;
      const session = sessionOf(shared);
      const off = meanErrors(frame, shared, session);
      return {
        forecast(at, lead): DayForecast {
          const { centre, scale } = levelOf(at);
          const said = relativeOf(at, lead, shared, session);
          const part = (name: NetPart, moved: Float64Array | undefined): Float64Array =>
            said[name].map((value, c) => centre + scale * (value + (moved?.[at.slotOf(c)] ?? 0)));
          return {
            p10: part("p10", undefined),
            p50: part("p50", off.p50),
            p90: part("p90", undefined),
            mean: part("mean", off.mean),
          };
        },
      };
    },
  };
}

/** Whether a net is for the signal and the length of slot of a frame. */
export function suitsNet(one: Readonly<{ signal: string; slotMinutes: number }>, { source }: DayFrame): boolean {
  return one.signal === signalKind(source.signal, source.site.currency).name && one.slotMinutes === source.slotMinutes;
}

function relativeOf(frame: DayFrame, lead: number, shared: SharedNet, session: KernelSession): Relative {
  return frame.memo(`net ${shared.name} ${lead}`, () => {
    const inputs = netInputsOf(frame, lead);
    const start = netStartOf(inputs);
    const said = session.predict(scaleInputs(inputs, shared.scaling), 1);
    const parts = NET_PARTS.length;
    return Object.fromEntries(
      NET_PARTS.map((part, k) => [
        part,
        Float64Array.from({ length: frame.slots }, (_, c) => (start[c * parts + k] ?? 0) + (said[c * parts + k] ?? 0)),
      ]),
    ) as Relative;
  });
}

/** How far median and mean were off on the last days, per wall-clock slot and its neighbours; little data says little. */
function meanErrors(
  frame: DayFrame,
  shared: SharedNet,
  session: KernelSession,
): Readonly<{ p50: Float64Array; mean: Float64Array }> {
  const { slots, known } = frame;
  const medians: number[][] = Array.from({ length: slots }, () => []);
  const means: number[][] = Array.from({ length: slots }, () => []);
  for (let row = Math.max(FEWEST_DAYS, known - ADAPTED_DAYS); row < known; row++) {
    const origin = frame.until(row);
    const { centre, scale } = levelOf(origin);
    const said = relativeOf(origin, 1, shared, session);
    for (let c = 0; c < slots; c++) {
      const value = (frame.at(row, c) - centre) / scale;
      if (Number.isNaN(value)) continue;
      for (let near = Math.max(0, c - 1); near <= Math.min(slots - 1, c + 1); near++) {
        medians[near]?.push(value - (said.p50[c] ?? 0));
        means[near]?.push(value - (said.mean[c] ?? 0));
      }
    }
  }
  const shrunk = (errors: readonly number[], middle: number): number =>
    errors.length > 0 ? (middle * errors.length) / (errors.length + 3 * DOUBT_DAYS) : 0;
  return {
    p50: Float64Array.from(medians, (errors) =>
      shrunk(errors, errors.toSorted((a, b) => a - b)[errors.length >> 1] ?? 0),
    ),
    mean: Float64Array.from(means, (errors) =>
      shrunk(errors, errors.reduce((sum, one) => sum + one, 0) / errors.length),
    ),
  };
}
