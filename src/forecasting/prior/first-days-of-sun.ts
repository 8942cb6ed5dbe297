import type { DayFrame } from "../day-frame.ts";
import { outlookOf, type PriorParts } from "./prior.ts";
import { sunshineShare } from "./usual-plant.ts";
import { weightedQuantiles } from "../weighted-quantiles.ts";

/** Days of production from which a plant is known by its own. */
const KNOWN_FROM_DAYS = 10;
/**
 * How many measured days the outlook counts as: the climate's where the sun never shines, less the more it does, since a
 * day under a steady sky is like the next; and a forecast that somebody gives.
 */
const CLIMATE_DAYS = 1.5;
const GIVEN_DAYS = 3;
/** How many days count beside the measured ones for the plant being as said: with its peak named, and without. */
const PEAK_SAID_DAYS = 3;
const PEAK_UNKNOWN_DAYS = 0.4;

/**
 * Holds the forecast of a plant's first days to what is to be expected of it, in place: one dark day, or a clear one, is
 * not yet its climate, and what somebody else forecasts is worth more than its first days.
 * @param parts one row, one value per slot
 * @returns the outlook's share of what is said now
 */
export function holdToOutlook(frame: DayFrame, lead: number, parts: PriorParts): number {
  if (frame.source.signal !== "pv_w" || frame.known > 10 * KNOWN_FROM_DAYS) return 0;
  const { known, slots, source } = frame;
  const hasForecast = source.columns.has("pv_forecast_w");
  const measured: number[] = [];
  for (let row = 0; row < known && measured.length < KNOWN_FROM_DAYS; row++)
    if (frame.values.subarray(row * slots, (row + 1) * slots).some((value) => !Number.isNaN(value))) measured.push(row);
  const days = measured.length;
  if (days === 0 || days >= KNOWN_FROM_DAYS) return 0;
  let seen = 0;
  let expected = 0;
  for (const row of measured) {
    const { mean } = outlookOf(frame, row);
    for (let c = 0; c < slots; c++) {
      const value = frame.at(row, c);
      if (Number.isNaN(value)) continue;
      seen += value;
      expected += mean[c] ?? 0;
    }
  }
  if (expected <= 0) return 0;
  const asSaid =
    (expected / days) * (hasForecast || source.site.pvKwp !== undefined ? PEAK_SAID_DAYS : PEAK_UNKNOWN_DAYS);
  const scale = (seen + asSaid) / (expected + asSaid);
  const outlook = outlookOf(frame, known + lead - 1);
  const cloud = 1 - sunshineShare(source.site, frame.startMsOf(known + lead - 1, 0));
  const worth = hasForecast ? GIVEN_DAYS : CLIMATE_DAYS * cloud;
  const share = (worth / (worth + days)) * (1 - days / KNOWN_FROM_DAYS);
  for (let c = 0; c < slots; c++) {
    const own = QUANTILES.map((part) => parts[part][c] ?? 0);
    const usual = QUANTILES.map((part) => scale * (outlook[part][c] ?? 0));
    const [p10 = 0, p90 = 0] = eitherOf(own, usual, share);
    parts.p50[c] = share * (usual[1] ?? 0) + (1 - share) * (own[1] ?? 0);
    parts.p10[c] = Math.min(p10, parts.p50[c] ?? p10);
    parts.p90[c] = Math.max(p90, parts.p50[c] ?? p90);
    parts.mean[c] = share * scale * (outlook.mean[c] ?? 0) + (1 - share) * (parts.mean[c] ?? 0);
  }
  return share;
}

const QUANTILES = ["p10", "p50", "p90"] as const;
/** How much of a distribution each of its three quantiles stands for. */
const STANDS_FOR = [0.2, 0.6, 0.2] as const;

/** The tenths at both ends of what comes by one distribution or, in a share of cases, by the other. */
function eitherOf(one: readonly number[], other: readonly number[], share: number): Float64Array {
  const values = Float64Array.from([...one, ...other]);
  const weights = Float64Array.from(
    [1 - share, share].flatMap((part) => STANDS_FOR.map((standsFor) => part * standsFor)),
  );
  return weightedQuantiles(values, weights, [0.1, 0.9]);
}
