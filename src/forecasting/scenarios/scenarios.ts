import type { Scenarios } from "../../domain/forecast.ts";
import { MS_PER_HOUR } from "../../domain/units.ts";
import { ScenarioCalendar } from "./scenario-calendar.ts";
import { analogsOf } from "./scenario-days.ts";
import { likenessTo } from "./scenario-likeness.ts";
import { CARRY, fillGaps, levelPaths, OTHER_CARRY } from "./scenario-signals.ts";
import { ScenarioSky, type SkyHistory } from "./scenario-sky.ts";
import { sunPaths } from "./scenario-sun.ts";
import { widenPaths } from "./scenario-widths.ts";

/** A home's past on one regular grid; NaN is missing. Signals by their column name (contract series.md). */
export type ScenarioHistory = SkyHistory;

export type ScenarioRequest = Readonly<{
  /** Step the futures begin with; nothing at or after it is read. */
  issueIndex: number;
  /** Steps ahead. */
  length: number;
  /** At most so many paths; fewer with a short history. */
  count: number;
  /** What is known ahead, such as a tariff: NaN where it is not. Every path carries it. */
  known?: Readonly<Record<string, Float64Array>>;
  /** Signals wanted; default load_w, pv_w, carbon_g_kwh, import_price, export_price. */
  signals?: readonly string[];
}>;

/** Draws joint futures of a home from what its earlier days did after the same hour. */
export interface ScenarioSource {
  draw(request: ScenarioRequest): Scenarios;
}

export const SCENARIO_SIGNALS = ["load_w", "pv_w", "carbon_g_kwh", "import_price", "export_price"] as const;

/** Used while nothing at all is known of a signal. */
const PRIOR: Readonly<Record<string, number>> = { load_w: 300, carbon_g_kwh: 300, import_price: 0.3 };
const NON_NEGATIVE = new Set(["load_w", "pv_w", "carbon_g_kwh"]);

/** One draw; see {@link createScenarioSource} for many from the same history. */
export const drawScenarios = (history: ScenarioHistory, request: ScenarioRequest): Scenarios =>
  createScenarioSource(history).draw(request);

/**
 * A source of scenarios over one history. A path is what happened from the same local time of an earlier day on, moved
 * by what now differs from then; every signal of a path comes from the same day, so load, sun, carbon and price keep
 * the spread, persistence and joint behaviour they had. Recent days, days of the same class and those before which the
 * home had used power, and the sun had shone, as now are likelier. The sun's course is that of the season, not of then; what
 * few days spread is widened to what one more of them would. Nothing at or after the issue step is read, but what `known` says.
 */
export function createScenarioSource(history: ScenarioHistory): ScenarioSource {
  const calendar = new ScenarioCalendar(history.zone, history.startMs, history.stepMs);
  const stepsPerHour = MS_PER_HOUR / history.stepMs;
  const sky = new ScenarioSky(history);
  const isNight = (index: number): boolean => sky.isNight(index) ?? false;
  const filled = new Map<string, Float64Array>();
  for (const [name, values] of history.columns)
    if (!name.endsWith("_forecast_w"))
      filled.set(name, fillGaps(values, calendar.stepsPerDay, PRIOR[name] ?? 0, name === "pv_w" ? isNight : undefined));

  return {
    draw({ issueIndex, length, count, known = {}, signals = SCENARIO_SIGNALS }) {
      const likenessIn = (signal: string): ((earlier: number) => number) =>
        likenessTo(filled.get(signal) ?? new Float64Array(), issueIndex, stepsPerHour);
      const [used, shone] = [likenessIn("load_w"), likenessIn("pv_w")];
      const analogs = analogsOf(calendar, issueIndex, length, count, (earlier) => used(earlier) * shone(earlier));
      const weights = Float64Array.from(analogs, ({ weight }) => weight);
      const sameTime = analogs.map((analog) => analog.sameTime);
      const shifted = analogs.map((analog) => analog.shifted);
      const drawSignal = (signal: string): Float64Array[] => {
        const values = filled.get(signal);
        const flat = (value: number): Float64Array[] => [new Float64Array(length).fill(value)];
        if (!values) return flat(0);
        const ahead = known[signal];
        if (ahead && ahead.every((value) => !Number.isNaN(value))) return [ahead];
        if (analogs.length === 0) return flat(signal === "pv_w" ? 0 : (values[issueIndex - 1] ?? PRIOR[signal] ?? 0));
        const carry = CARRY[signal] ?? OTHER_CARRY;
        const least = NON_NEGATIVE.has(signal) ? 0 : Number.NEGATIVE_INFINITY;
        if (signal === "load_w") return levelPaths(values, issueIndex, shifted, carry, stepsPerHour, least);
        if (signal !== "pv_w")
          return widenPaths(levelPaths(values, issueIndex, sameTime, carry, stepsPerHour, least), weights, least);
        const sun = sunPaths(values, sky.at(issueIndex), issueIndex, length, analogs, carry, stepsPerHour);
        return widenPaths(sun.paths, weights, least, sun.brightest);
      };
      const paths: Record<string, readonly Float64Array[]> = {};
      for (const signal of signals) paths[signal] = withKnown(drawSignal(signal), known[signal]);
      const most = Math.max(1, ...Object.values(paths).map((drawn) => drawn.length));
      for (const signal of signals) {
        const drawn = paths[signal] ?? [];
        if (drawn.length < most)
          paths[signal] = Array.from({ length: most }, (_, n) => drawn[n % drawn.length] ?? []) as Float64Array[];
      }
      return {
        startMs: history.startMs + issueIndex * history.stepMs,
        stepMs: history.stepMs,
        ...(most > 1 && most === analogs.length && { weights }),
        paths,
      };
    },
  };
}

function withKnown(drawn: Float64Array[], ahead: Float64Array | undefined): Float64Array[] {
  if (!ahead) return drawn;
  return drawn.map((path) =>
    path.map((value, t) => (Number.isNaN(ahead[t] ?? Number.NaN) ? value : (ahead[t] ?? value))),
  );
}
