import { Zone } from "../domain/civil-time.ts";
import type { Relaxation } from "../domain/plan.ts";
import type { PlanProblem } from "../domain/plan-problem.ts";
import { MS_PER_DAY } from "../domain/units.ts";
import type { RichProblem } from "./rich-problem.ts";
import { stepStartsMs } from "./plan-instance.ts";

/**
 * Unknown values (not finite) become those of the same time on an earlier day, else the nearest known before, else
 * after, else 0.
 * @param startsMs start of each step, UTC epoch ms
 * @returns the values, how many were unknown, whether an earlier day stood in, and the step after the last known one
 */
export function fillGaps(
  values: readonly number[],
  startsMs: readonly number[],
): { filled: number[]; missing: number; repeatsDay: boolean; knownUntil: number } {
  const filled = values.map((value) => (Number.isFinite(value) ? value : Number.NaN));
  const missing = filled.filter(Number.isNaN).length;
  const knownUntil = filled.findLastIndex((value) => !Number.isNaN(value)) + 1;
  const firstKnown = filled.find((value) => !Number.isNaN(value)) ?? 0;
  let dayBefore = -1;
  let repeatsDay = false;
  for (const [t, value] of filled.entries()) {
    while ((startsMs[dayBefore + 1] ?? Infinity) <= (startsMs[t] ?? 0) - MS_PER_DAY) dayBefore++;
    if (!Number.isNaN(value)) continue;
    repeatsDay ||= dayBefore >= 0;
    filled[t] = filled[dayBefore] ?? filled[t - 1] ?? firstKnown;
  }
  return { filled, missing, repeatsDay, knownUntil };
}

/** What a plan says of prices it had to assume. @param until the local time they are known until; undefined: none is */
export function assumedPrices(
  name: string,
  { missing, repeatsDay }: Readonly<{ missing: number; repeatsDay: boolean }>,
  until: string | undefined,
): Relaxation {
  const stand = repeatsDay ? "those of the same time a day earlier are" : "the last one known is";
  const why = until
    ? `prices are known until ${until}; after that ${stand} assumed`
    : "no price is known; nothing is assumed to be cheaper at one time than at another";
  return { what: `series.${name}`, by: missing, unit: "steps", why };
}

export const wallClock = (zone: Zone, atMs: number): string => zone.iso(atMs).slice(0, 16).replace("T", " ");

/** Fills the prices of a problem that end before it does, and notes it. */
export function completePrices(problem: PlanProblem): RichProblem {
  const stepCount = problem.series.loadW.length;
  const notes: Relaxation[] = [];
  const completed: Partial<Record<"importPricePerKwh" | "exportPricePerKwh", number[]>> = {};
  for (const name of ["importPricePerKwh", "exportPricePerKwh"] as const) {
    const given = problem.series[name];
    if (!given || given.length >= stepCount) continue;
    const startsMs = stepStartsMs(problem);
    const values = Array.from({ length: stepCount }, (_, t) => given[t] ?? Number.NaN);
    const gaps = fillGaps(values, startsMs);
    completed[name] = gaps.filled;
    const until = wallClock(new Zone(problem.timezone), startsMs[gaps.knownUntil] ?? 0);
    notes.push(assumedPrices(name, gaps, until));
  }
  return notes.length === 0 ? problem : { ...problem, series: { ...problem.series, ...completed }, notes };
}
