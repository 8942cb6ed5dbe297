import { z } from "zod";
import { isoUtc } from "../domain/civil-time.ts";
import { MS_PER_DAY } from "../domain/units.ts";
import type { Ask } from "./home-assistant.ts";

/** One interval of the recorder's statistics; `change` of a counter, `mean` of a measurement, in the unit asked for. */
export type StatisticRow = Readonly<{ startMs: number; endMs: number; change: number | null; mean: number | null }>;

/** A month at a time: a year of many sensors in one message is more than the websocket carries. */
const PIECE_MS = 31 * MS_PER_DAY;

const number = z.number().nullish();
const Row = z.object({ start: z.number(), end: z.number(), change: number, mean: number });
const Answer = z.record(z.string(), z.array(Row));

/**
 * Hourly or five-minute statistics over [fromMs, toMs): energies in Wh, powers in W, temperatures in °C.
 * @returns by statistic id, ascending; ids without any are absent
 * @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE, HOME_ASSISTANT_REFUSED
 */
export async function readStatistics(
  ask: Ask,
  statisticIds: readonly string[],
  fromMs: number,
  toMs: number,
  period: "hour" | "5minute" = "hour",
): Promise<ReadonlyMap<string, readonly StatisticRow[]>> {
  const byId = new Map<string, StatisticRow[]>();
  if (statisticIds.length === 0) return byId;
  for (let pieceMs = fromMs; pieceMs < toMs; pieceMs += PIECE_MS) {
    const answer = await ask({
      type: "recorder/statistics_during_period",
      start_time: isoUtc(pieceMs),
      end_time: isoUtc(Math.min(toMs, pieceMs + PIECE_MS)),
      statistic_ids: [...new Set(statisticIds)],
      period,
      types: ["change", "mean"],
      units: { energy: "Wh", power: "W", temperature: "°C" },
    });
    for (const [id, rows] of Object.entries(Answer.parse(answer))) {
      const known = byId.get(id) ?? [];
      byId.set(id, known);
      for (const { start, end, change, mean } of rows)
        if (start >= (known.at(-1)?.endMs ?? 0))
          known.push({ startMs: start, endMs: end, change: change ?? null, mean: mean ?? null });
    }
  }
  return byId;
}
