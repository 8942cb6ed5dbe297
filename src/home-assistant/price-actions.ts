import { isoUtc, type Zone } from "../domain/civil-time.ts";
import { MS_PER_DAY } from "../domain/units.ts";
import type { PriceCandidate, PriceHome } from "./price-source.ts";
import { type Interval, readTimedValues } from "./timed-values.ts";

/** An integration that tells prices by an action and keeps none in attributes. */
type PriceAction = Readonly<{
  platform: string;
  service: string;
  /** One call per set of data. */
  data: (entryId: string, nowMs: number, zone: Zone) => readonly Readonly<Record<string, unknown>>[];
  /** Lists of timed prices in the answer. */
  lists: (response: Readonly<Record<string, unknown>>) => readonly unknown[];
  /** To the currency per kWh. */
  factor: number;
}>;

const localDate = (zone: Zone, atMs: number): string => zone.iso(atMs).slice(0, 10);
const listOf = (response: Readonly<Record<string, unknown>>): readonly unknown[] => [response["prices"]];

const ACTIONS: readonly PriceAction[] = [
  {
    platform: "nordpool",
    service: "get_prices_for_date",
    data: (entryId, nowMs, zone) =>
      [0, 1].map((days) => ({ config_entry: entryId, date: localDate(zone, nowMs + days * MS_PER_DAY) })),
    lists: (response) => Object.values(response).slice(0, 1),
    factor: 0.001,
  },
  {
    platform: "tibber",
    service: "get_prices",
    data: (_entryId, nowMs) => [{ start: isoUtc(nowMs - MS_PER_DAY), end: isoUtc(nowMs + 2 * MS_PER_DAY) }],
    lists: (response) => Object.values((response["prices"] as object | undefined) ?? {}).slice(0, 1),
    factor: 1,
  },
  {
    platform: "energyzero",
    service: "get_energy_prices",
    data: (entryId) => [{ config_entry: entryId, incl_vat: true }],
    lists: listOf,
    factor: 1,
  },
  {
    platform: "easyenergy",
    service: "get_energy_usage_prices",
    data: (entryId) => [{ config_entry: entryId, incl_vat: true }],
    lists: listOf,
    factor: 1,
  },
];

/** Prices of the integrations that are set up and tell them only when asked. One that fails is left out. */
export async function priceActions(home: PriceHome, zone: Zone, nowMs: number): Promise<readonly PriceCandidate[]> {
  const found: PriceCandidate[] = [];
  for (const action of ACTIONS) {
    const entryId = home.registries().entities.find(({ platform }) => platform === action.platform)?.configEntryId;
    if (!entryId) continue;
    const intervals: Interval[] = [];
    for (const data of action.data(entryId, nowMs, zone)) {
      // Tomorrow's prices are refused until they are published.
      const answer = await home
        .callService(action.platform, action.service, data, undefined, { returnResponse: true })
        .catch(() => null);
      if (typeof answer?.response !== "object" || answer.response === null) continue;
      for (const list of action.lists(answer.response as Record<string, unknown>))
        for (const { fromMs, toMs, value } of readTimedValues(list))
          intervals.push({ fromMs, toMs, value: value * action.factor });
    }
    if (intervals.length > 0) found.push({ id: action.platform, direction: "import", intervals, ahead: true });
  }
  return found;
}
