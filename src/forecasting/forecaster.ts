import type { Forecast } from "../domain/forecast.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import { priorName } from "./prior/home-kind.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { recordOf } from "./tournament/blend.ts";
import type { DayParts } from "./tournament/blended-day.ts";
import type { Candidate } from "./candidate.ts";
import { candidatesWith } from "./candidates.ts";
import { DayFrame, endOfInterval, type FrameSource } from "./day-frame.ts";
import { issueDay, skillOf } from "./issue-day.ts";
import { NO_MODELS, type LearnedModels } from "./model-files.ts";
import { givenRowOf } from "./candidates/pv-forecast.ts";
import { repeating } from "./candidates/repeating.ts";
import { onSteps } from "./on-steps.ts";
import { signalKind } from "./signal-kind.ts";
import { SourceShelf } from "./source-shelf.ts";
import { longerSteps, shorterSteps, spreadOnSteps, type StepTruth } from "./bands/spread-on-steps.ts";
import { clockOf } from "./sun/sun-clock.ts";
import { followSun } from "./sun/sun-so-far.ts";

/** Longest forecast, hours. */
export const MOST_HOURS = 72;
/** Models work on slots of at least this length; finer steps get the value of their slot, and a spread of their own. */
const FINEST_SLOT_MINUTES = 10;

export type ForecasterOptions = Readonly<{
  /** Milliseconds of a steady clock, for `trainMs` and `forecastMs`; absent: both are 0. */
  tickMs?: () => number;
  /** What was learned elsewhere (`loadModels`); absent: only what the home itself teaches. */
  models?: LearnedModels;
  /** The models that take part; default: all of them. */
  candidates?: readonly Candidate[];
}>;

/** Forecasts a home from its history alone. What it learned is kept; it never changes what is forecast. */
export interface Forecaster {
  /**
   * The hours after an instant. Only intervals that have ended at `issuedAtMs` are used, in any column but forecast
   * columns (`*_forecast_w`).
   * @param signal      a column of the history; one it does not have gets the shipped prior
   * @param issuedAtMs  the first step is the one that holds this instant, of those that count from local midnight
   * @param hours       up to 72
   * @param stepMinutes length of a step of the forecast
   */
  forecast(history: HomeHistory, signal: string, issuedAtMs: number, hours: number, stepMinutes: number): Forecast;

  /**
   * What every candidate said of the `days` local days before an instant, each issued at its midnight, and what
   * happened: one value per wall-clock slot, day after day.
   */
  record(history: HomeHistory, signal: string, beforeMs: number, days: number, stepMinutes: number): ForecastRecord;
}

export type ForecastRecord = Readonly<{
  truth: Float64Array;
  candidates: readonly Readonly<{ id: string; p50: Float64Array; mean: Float64Array }>[];
}>;

export function createForecaster(options: ForecasterOptions = {}): Forecaster {
  const tickMs = options.tickMs ?? (() => 0);
  const candidates = options.candidates ?? candidatesWith(options.models ?? NO_MODELS);
  const sources = new SourceShelf();
  return {
    forecast(history, signal, issuedAtMs, hours, stepMinutes) {
      const beganMs = tickMs();
      const stepMs = stepMinutes * MS_PER_MINUTE;
      const startMs = firstStepMs(history, issuedAtMs, stepMs);
      const steps = Math.max(1, Math.round((hours * MS_PER_HOUR) / stepMs));
      const clock = clockOf(history, signal, issuedAtMs);
      const sourceOf = (slotMinutes: number): FrameSource =>
        sources.get(history, signal, slotMinutes, issuedAtMs, startMs + steps * stepMs, clock);
      const source = sourceOf(slotMinutesFor(history, stepMinutes));
      const { frame, training } = framesAt(source, issuedAtMs);
      const skill = skillOf(candidates, training);
      const readyMs = tickMs();
      const days: DayParts[] = [];
      let model = "";
      const neededDays = onSteps.daysNeeded(frame, startMs, stepMs, steps);
      for (let lead = 1; lead <= neededDays; lead++) {
        const issued = issueDay(candidates, frame, training, lead);
        if (lead === 1 && signal === "pv_w" && issued.model !== repeating.id)
          followSun(candidates, frame, training, issued.parts);
        days.push(issued.parts);
        if (lead === 1) model = issued.model;
      }
      const lay = (part: keyof DayParts): Float64Array =>
        onSteps.lay(
          frame,
          days.map((day) => day[part]),
          startMs,
          stepMs,
          steps,
        );
      const parts = { mean: lay("mean"), p10: lay("p10"), p50: lay("p50"), p90: lay("p90") };
      const truth = model === repeating.id ? undefined : stepTruthFor(training, history, stepMinutes, sourceOf);
      if (truth) spreadOnSteps(candidates, training, truth, parts, onSteps.placesOf(frame, startMs, stepMs, steps));
      const known = knownHours(frame);
      return {
        signal,
        unit: signalKind(signal, history.site.currency).unit,
        issuedAtMs,
        model:
          known < 24 ? priorName(history.site, signal, known, givenRowOf(frame, frame.known) !== undefined) : model,
        startMs,
        stepMs,
        ...parts,
        skill,
        trainMs: readyMs - beganMs,
        forecastMs: tickMs() - readyMs,
      };
    },
    record(history, signal, beforeMs, days, stepMinutes) {
      const clock = clockOf(history, signal, beforeMs);
      const source = sources.get(history, signal, slotMinutesFor(history, stepMinutes), beforeMs, beforeMs, clock);
      const { truth, records } = recordOf(candidates, framesAt(source, beforeMs).training, 1, days);
      return {
        truth,
        candidates: records.flatMap(({ candidate: { id }, parts: { p50, mean } }) =>
          p50 && mean ? [{ id, p50, mean }] : [],
        ),
      };
    },
  };
}

/** Start of the step that holds the issue: steps count from local midnight where the history's grid has them, else from that of UTC. */
function firstStepMs({ zone, startMs, stepMs: gridMs }: HomeHistory, issuedAtMs: number, stepMs: number): number {
  const offsetMs = zone.offsetMs(issuedAtMs);
  const localMs = Math.floor((issuedAtMs + offsetMs) / stepMs) * stepMs - offsetMs;
  return (localMs - startMs) % gridMs === 0 ? localMs : Math.floor(issuedAtMs / stepMs) * stepMs;
}

/** Hours of history with a value, up to 24. */
function knownHours(frame: DayFrame): number {
  let cells = 0;
  const enough = frame.slots;
  for (let i = frame.values.length - 1; i >= 0 && cells < enough; i--) if (!Number.isNaN(frame.values[i])) cells++;
  return Math.round((cells / frame.slots) * 24 * 10) / 10;
}

/** A multiple of the history's step: as long as the steps asked for, but not so short that a day has too many slots. */
function slotMinutesFor(history: HomeHistory, stepMinutes: number): number {
  const ownMinutes = history.stepMs / MS_PER_MINUTE;
  if (
    stepMinutes % ownMinutes === 0 &&
    1440 % stepMinutes === 0 &&
    stepMinutes >= FINEST_SLOT_MINUTES &&
    stepMinutes <= 60
  )
    return stepMinutes;
  for (let multiple = 1; multiple * ownMinutes <= 60; multiple++) {
    const minutes = multiple * ownMinutes;
    if (1440 % minutes === 0 && minutes >= FINEST_SLOT_MINUTES) return minutes;
  }
  return ownMinutes;
}

/** What happened in steps of the length asked for; undefined where steps are slots, or the history does not tell them apart. */
function stepTruthFor(
  training: DayFrame,
  history: HomeHistory,
  stepMinutes: number,
  sourceOf: (slotMinutes: number) => FrameSource,
): StepTruth | undefined {
  const { slotMinutes } = training.source;
  const ownMinutes = history.stepMs / MS_PER_MINUTE;
  if (1440 % stepMinutes !== 0 || stepMinutes === slotMinutes) return undefined;
  if (stepMinutes % slotMinutes === 0) return longerSteps(training, stepMinutes / slotMinutes);
  return slotMinutes % stepMinutes === 0 && stepMinutes % ownMinutes === 0
    ? shorterSteps(sourceOf(stepMinutes))
    : undefined;
}

/** The frame anchored at the issue, and the one anchored at local midnight that everything is trained on. */
function framesAt(source: FrameSource, issuedAtMs: number): { frame: DayFrame; training: DayFrame } {
  const { clock, firstDay, slotMinutes } = source;
  const underWayMs = endOfInterval(source, issuedAtMs);
  const known = Math.max(0, clock.dayNumber(underWayMs) - firstDay);
  const anchorSlot = Math.floor(clock.minuteOfDay(underWayMs) / slotMinutes);
  return { frame: new DayFrame(source, anchorSlot, known), training: new DayFrame(source, 0, known) };
}
