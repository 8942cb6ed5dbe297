import { applyBands, BAND_DAYS, calibrateBands, type Bands, type JudgedDay } from "./bands/bands.ts";
import { blendDay, blendFor, PARTS, steadyDay, type DayParts } from "./tournament/blended-day.ts";
import { recordOf, type Blend, type Part } from "./tournament/blend.ts";
import type { Candidate } from "./candidate.ts";
import { repeating } from "./candidates/repeating.ts";
import { weightedMedian } from "./candidates/profiles.ts";
import { givenForecast } from "./candidates/pv-forecast.ts";
import type { DayFrame } from "./day-frame.ts";
import { keepFirstDaysWide } from "./prior/first-days-of-grid.ts";
import { holdToOutlook } from "./prior/first-days-of-sun.ts";
import { keepPossible } from "./limits.ts";
import { priorParts } from "./prior/prior.ts";
import { signalKind } from "./signal-kind.ts";
import { entryOf } from "./tournament/tournament.ts";

export type IssuedDay = Readonly<{ parts: DayParts; model: string }>;

/** Days of honest forecasts that the gate looks back on. */
const JUDGED_DAYS = 28;

/**
 * The forecast of the row `lead` after the last known one: the blend if it has proved itself, else the weighted median.
 * @param frame    anchored at the issue
 * @param training anchored at local midnight, known up to the issue
 */
export function issueDay(
  candidates: readonly Candidate[],
  frame: DayFrame,
  training: DayFrame,
  lead: number,
): IssuedDay {
  const exact = entryOf(repeating, frame, training, lead);
  if (exact) return { parts: { ...exact, p10: exact.p50, p90: exact.p50 }, model: repeating.id };
  const unmeasured = priorParts(frame, lead);
  if (unmeasured) {
    const kind = signalKind(frame.source.signal, frame.source.site.currency);
    for (const part of PARTS) keepPossible(frame, lead, kind, unmeasured[part]);
    return { parts: unmeasured, model: "prior" };
  }
  const blended = blendDay(candidates, frame, training, lead);
  const gate = gateOf(candidates, training, lead);
  const steady = steadyDay(frame, training, lead);
  const parts: Record<Part, Float64Array> = {
    p10: (gate.p50 ? blended : steady).p10.slice(),
    p50: (gate.p50 ? blended : steady).p50.slice(),
    p90: (gate.p50 ? blended : steady).p90.slice(),
    mean: (gate.mean ? blended : steady).mean.slice(),
  };
  const unseen = daysUnseen(training);
  applyBands(unseen > 0 ? gateOf(candidates, training, lead + unseen).bands : gate.bands, frame, parts);
  const fromOutlook = holdToOutlook(frame, lead, parts);
  keepFirstDaysWide(frame, parts);
  const kind = signalKind(frame.source.signal, frame.source.site.currency);
  for (const part of PARTS) keepPossible(frame, lead, kind, parts[part]);
  const model = gate.p50 ? nameOf(blendFor(candidates, training, lead)) : weightedMedian.id;
  const outlook = training.source.columns.has("pv_forecast_w") ? givenForecast.id : "prior";
  return { parts, model: fromOutlook >= 0.05 ? `${Math.round(100 * fromOutlook)}% ${outlook}, ${model}` : model };
}

/** A gap of so many days counts as so many days further ahead, and no more: each is a record of its own. */
const MOST_UNSEEN_DAYS = 3;

/** Last days without a meter: what is said of tomorrow is then as uncertain as what was said of a day so much further ahead. */
function daysUnseen(training: DayFrame): number {
  return training.memo("days unseen", () => {
    const { known, slots, values } = training;
    let unseen = 0;
    while (unseen < Math.min(MOST_UNSEEN_DAYS, known)) {
      const end = (known - unseen) * slots;
      if (values.subarray(end - slots, end).some((value) => !Number.isNaN(value))) break;
      unseen++;
    }
    return unseen;
  });
}

/** From this weight on a model is named as the only one. */
const ALL_BUT_ALONE = 0.95;

function nameOf(blend: Blend): string {
  const shares = blend.weights.p50.filter(({ weight }) => weight >= 0.05).sort((a, b) => b.weight - a.weight);
  // without a record of any candidate the blend is all completed by the weighted median
  if (shares.length === 0) return weightedMedian.id;
  return shares.length === 1 && shares[0] && shares[0].weight >= ALL_BUT_ALONE
    ? shares[0].id
    : `blend(${shares.map(({ id, weight }) => `${Math.round(weight * 100)}% ${id}`).join(", ")})`;
}

/** Whether the blend may be used, and how wide its bands must be on each side, by its honest record: the days judged. */
export type Gate = Readonly<{ p50: boolean; mean: boolean; bands: Bands; judged: readonly JudgedDay[] }>;

export function gateOf(candidates: readonly Candidate[], training: DayFrame, lead: number): Gate {
  return training.memo(`gate ${lead}`, () => {
    const { known, slots, source } = training;
    const blended = { p50: 0, mean: 0 };
    const steady = { p50: 0, mean: 0 };
    const days: JudgedDay[] = [];
    const plainDays: JudgedDay[] = [];
    for (let row = Math.max(lead + 1, known - BAND_DAYS); row < known; row++) {
      const origin = training.until(row - lead + 1);
      const made = blendDay(candidates, origin, origin, lead);
      const plain = steadyDay(origin, origin, lead);
      const truth = training.values.subarray(row * slots, (row + 1) * slots);
      days.push({ origin, made, truth });
      plainDays.push({ origin, made: plain, truth });
      if (row < known - JUDGED_DAYS) continue;
      for (let c = 0; c < slots; c++) {
        const y = truth[c] ?? Number.NaN;
        if (Number.isNaN(y)) continue;
        blended.p50 += Math.abs(y - (made.p50[c] ?? 0));
        steady.p50 += Math.abs(y - (plain.p50[c] ?? 0));
        blended.mean += (y - (made.mean[c] ?? 0)) ** 2;
        steady.mean += (y - (plain.mean[c] ?? 0)) ** 2;
      }
    }
    // four weeks of weather tell less apart than four weeks of habits
    const slack = signalKind(source.signal, source.site.currency).name === "load" ? 1.01 : 1.15;
    const useBlend = blended.p50 <= slack * steady.p50;
    const judged = useBlend ? days : plainDays;
    return {
      p50: useBlend,
      mean: blended.mean <= slack * slack * steady.mean,
      bands: calibrateBands(judged, source.signal.endsWith("_w")),
      judged,
    };
  });
}

/** Mean absolute error of every candidate on the days that judge them, and of the blend on the same days. */
export function skillOf(candidates: readonly Candidate[], training: DayFrame): Record<string, { maeW: number }> {
  return training.memo("skill", () => {
    const { truth, records } = recordOf(candidates, training, 1, JUDGED_DAYS);
    const meanError = (said: (i: number) => number): number => {
      let sum = 0;
      let count = 0;
      for (let i = 0; i < truth.length; i++) {
        const y = truth[i] ?? Number.NaN;
        if (Number.isNaN(y)) continue;
        sum += Math.abs(y - said(i));
        count++;
      }
      return count > 0 ? sum / count : Number.NaN;
    };
    const skill: Record<string, { maeW: number }> = {};
    for (const { candidate, parts } of records) {
      const maeW = meanError((i) => parts.p50?.[i] ?? 0);
      if (Number.isFinite(maeW)) skill[candidate.id] = { maeW };
    }
    const first = training.known - truth.length / training.slots;
    const days = Array.from({ length: training.known - first }, (_, k) => {
      const origin = training.until(first + k);
      return blendDay(candidates, origin, origin, 1).p50;
    });
    const maeW = meanError((i) => days[Math.floor(i / training.slots)]?.[i % training.slots] ?? 0);
    if (Number.isFinite(maeW)) skill["blend"] = { maeW };
    return skill;
  });
}
