import type { Zone } from "../domain/civil-time.ts";
import { MS_PER_DAY } from "../domain/units.ts";
import type { ContextSource, Interval } from "./context-source.ts";

/** One window of a time-of-use tariff on the local wall clock; it may pass midnight. */
export type PriceWindow = Readonly<{ from: string; to: string; price: number }>;

/** As the source is shown. */
export const YOUR_TARIFF = "Your tariff";
const DAYS_BACK = 1;
const DAYS_AHEAD = 3;

/**
 * A fixed or time-of-use tariff, known for ever.
 * @param current  prices per kWh as they hold now, of whose windows the first that fits wins over `importPrice`; null:
 *                 nothing is known
 */
export function tariffSource(
  zone: Zone,
  current: () => Readonly<{ importPrice: number; exportPrice: number; windows: readonly PriceWindow[] }> | null,
): ContextSource {
  return {
    id: "tariff",
    name: YOUR_TARIFF,
    refresh: async (nowMs) => {
      const tariff = current();
      if (!tariff) return {};
      const today = zone.dayNumber(nowMs);
      const fromMs = zone.instantMs(today - DAYS_BACK, 0);
      const toMs = zone.instantMs(today + DAYS_AHEAD, 0);
      return {
        import_price: tariffIntervals(tariff.importPrice, tariff.windows, zone, today - DAYS_BACK, today + DAYS_AHEAD),
        export_price: [{ fromMs, toMs, value: tariff.exportPrice }],
      };
    },
  };
}

/** The tariff's prices over local days [firstDay, endDay), as intervals between the edges of its windows. */
export function tariffIntervals(
  price: number,
  windows: readonly PriceWindow[],
  zone: Zone,
  firstDay: number,
  endDay: number,
): Interval[] {
  const minutes = windows.map((window) => ({
    from: minuteOf(window.from),
    to: minuteOf(window.to),
    price: window.price,
  }));
  const edges = [...new Set([0, ...minutes.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  const priceAt = (minute: number): number =>
    minutes.find(({ from, to }) => (from < to ? minute >= from && minute < to : minute >= from || minute < to))
      ?.price ?? price;
  const starts: { atMs: number; value: number }[] = [];
  for (let day = firstDay; day < endDay; day++)
    for (const minute of edges) starts.push({ atMs: zone.instantMs(day, minute), value: priceAt(minute) });
  const endMs = zone.instantMs(endDay, 0);
  return starts
    .map(({ atMs, value }, i) => ({ fromMs: atMs, toMs: starts[i + 1]?.atMs ?? endMs, value }))
    .filter(({ fromMs, toMs }) => toMs > fromMs && toMs - fromMs <= 2 * MS_PER_DAY);
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
