import { describe, expect, it } from "vitest";
import { HyperVoltError } from "../domain/errors.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { bestPrice, findPrices, homePriceSource, type PriceHome } from "./price-source.ts";
import { NO_REGISTRIES } from "./registries.ts";

const NOW_MS = Date.UTC(2026, 2, 28, 12);
const iso = (hours: number): string => new Date(NOW_MS + hours * MS_PER_HOUR).toISOString();
const day = (key: string, value: (hour: number) => number): object[] =>
  Array.from({ length: 24 }, (_, hour) => ({ start: iso(hour), end: iso(hour + 1), [key]: value(hour) }));

type Thing = Readonly<{ id: string; platform: string; state?: string; attributes?: Record<string, unknown> }>;

/** A Home Assistant with these entities; `actions` answer by `domain.service`, others are refused. */
function homeWith(
  things: readonly Thing[],
  actions: Record<string, (data: Readonly<Record<string, unknown>>) => unknown> = {},
  prefs?: unknown,
): PriceHome {
  const entities = things.map(({ id, state = "1", attributes = {} }) => ({
    entityId: id,
    state,
    attributes,
    lastChangedMs: 0,
    lastUpdatedMs: 0,
    contextId: null,
  }));
  return {
    connected: () => true,
    state: () => ({ name: "", state: "ok", sinceMs: 0, detail: null, todo: null }),
    config: () => null,
    entities: () => entities,
    entity: (id) => entities.find(({ entityId }) => entityId === id),
    registries: () => ({
      ...NO_REGISTRIES,
      entities: things.map(({ id, platform }) => ({
        entityId: id,
        uniqueId: id,
        platform,
        deviceId: null,
        areaId: null,
        configEntryId: `entry of ${platform}`,
        name: null,
        entityCategory: null,
        translationKey: null,
        disabled: false,
        hidden: false,
      })),
    }),
    callService: async (domain, service, data = {}) => {
      const answer = actions[`${domain}.${service}`];
      if (!answer) throw new HyperVoltError("HOME_ASSISTANT_REFUSED", "not found");
      return { contextId: null, response: answer(data) };
    },
    ask: async () => {
      if (prefs === undefined)
        throw new HyperVoltError("HOME_ASSISTANT_REFUSED", "energy/get_prefs: not_found: No prefs");
      return prefs;
    },
  };
}

const importPrices = async (home: PriceHome): Promise<number[]> =>
  ((await homePriceSource(home).refresh(NOW_MS)).import_price ?? []).map(({ value }) => Number(value.toFixed(6)));

describe("finding prices in Home Assistant", () => {
  it("asks Nord Pool for today and tomorrow, per MWh, and takes today where tomorrow is not out yet", async () => {
    const asked: unknown[] = [];
    const home = homeWith([{ id: "sensor.nord_pool_de_current_price", platform: "nordpool" }], {
      "nordpool.get_prices_for_date": (data) => {
        asked.push(data);
        if (asked.length > 1) throw new HyperVoltError("HOME_ASSISTANT_REFUSED", "no data");
        return { DE: day("price", (hour) => 100 + hour) };
      },
    });
    expect((await importPrices(home)).slice(0, 2)).toEqual([0.1, 0.101]);
    expect(asked).toEqual([
      { config_entry: "entry of nordpool", date: "2026-03-28" },
      { config_entry: "entry of nordpool", date: "2026-03-29" },
    ]);
  });

  it("asks Tibber for its home's prices", async () => {
    const prices = {
      Home: [
        { start_time: iso(0), price: 0.3 },
        { start_time: iso(0.25), price: 0.31 },
      ],
    };
    const home = homeWith([{ id: "sensor.tibber_price", platform: "tibber" }], {
      "tibber.get_prices": () => ({ prices }),
    });
    expect(await importPrices(home)).toEqual([0.3, 0.31]);
  });

  it("puts Octopus' days together, and tells export from import", async () => {
    const rates = (from: number, value: number): object[] =>
      [0, 1].map((half) => ({ start: iso(from + half / 2), end: iso(from + (half + 1) / 2), value_inc_vat: value }));
    const home = homeWith([
      {
        id: "event.octopus_energy_electricity_a_current_day_rates",
        platform: "octopus_energy",
        attributes: { rates: [...rates(0, 0.2), ...rates(1, 0.2)] },
      },
      {
        id: "event.octopus_energy_electricity_a_next_day_rates",
        platform: "octopus_energy",
        attributes: { rates: rates(12, 0.3) },
      },
      {
        id: "event.octopus_energy_electricity_a_export_current_day_rates",
        platform: "octopus_energy",
        attributes: { rates: [...rates(0, 0.15), ...rates(1, 0.15)] },
      },
    ]);
    expect(await importPrices(home)).toEqual([0.2, 0.2, 0.2, 0.2, 0.3, 0.3]);
    expect((await homePriceSource(home).refresh(NOW_MS)).export_price?.map(({ value }) => value)).toEqual([
      0.15, 0.15, 0.15, 0.15,
    ]);
  });

  it("prefers what sees ahead to the energy dashboard's present price, and the user's word to both", async () => {
    const things = [
      {
        id: "sensor.epex",
        platform: "epex_spot",
        attributes: { data: day("price_per_kwh", () => 0.25), unit_of_measurement: "EUR/kWh" },
      },
      { id: "sensor.now", platform: "template", state: "31", attributes: { unit_of_measurement: "ct/kWh" } },
    ];
    const prefs = {
      energy_sources: [{ type: "grid", stat_energy_from: "sensor.in", entity_energy_price: "sensor.now" }],
    };
    const home = homeWith(things, {}, prefs);
    expect((await importPrices(home))[0]).toBe(0.25);
    const chosen = await homePriceSource(home, () => ({ importEntity: "sensor.now" })).refresh(NOW_MS);
    expect(chosen.import_price).toEqual([{ fromMs: NOW_MS, toMs: NOW_MS + MS_PER_HOUR, value: 0.31 }]);
    expect(await importPrices(homeWith(things.slice(1), {}, prefs))).toEqual([0.31]);
  });

  it("takes a fixed number of the energy dashboard for all the days a plan sees", async () => {
    const grid = {
      type: "grid",
      stat_energy_from: "sensor.in",
      number_energy_price: 0.28,
      number_energy_price_export: 0.07,
    };
    const answer = await homePriceSource(homeWith([], {}, { energy_sources: [grid] })).refresh(NOW_MS);
    expect(answer.import_price?.[0]).toMatchObject({ value: 0.28 });
    expect((answer.import_price?.[0]?.toMs ?? 0) - NOW_MS).toBe(72 * MS_PER_HOUR);
    expect(answer.export_price?.[0]?.value).toBe(0.07);
  });

  it("puts fees and taxes on a price that was found, not on the number a person typed, nor on what is sold", async () => {
    const grid = {
      type: "grid",
      stat_energy_from: "sensor.in",
      number_energy_price: 0.28,
      number_energy_price_export: 0.07,
    };
    const spot = {
      id: "sensor.epex",
      platform: "epex_spot",
      attributes: { data: day("price_per_kwh", () => 0.1), unit_of_measurement: "EUR/kWh" },
    };
    const paid = async (home: PriceHome, chosen = {}) => {
      const { import_price, export_price } = await homePriceSource(
        home,
        () => chosen,
        (price) => (price + 0.15) * 2,
      ).refresh(NOW_MS);
      return [import_price?.[0]?.value, export_price?.[0]?.value];
    };
    const both = homeWith([spot], {}, { energy_sources: [grid] });
    expect(await paid(homeWith([], {}, { energy_sources: [grid] }))).toEqual([0.28, 0.07]);
    expect(await paid(homeWith([spot]))).toEqual([0.5, undefined]);
    expect(await paid(both, { importEntity: "sensor.epex" })).toEqual([0.5, 0.07]);
  });

  it("finds every rival, so that the user can be asked", async () => {
    const spot = (id: string, platform: string) => ({
      id,
      platform,
      attributes: { data: day("price_per_kwh", () => 0.2) },
    });
    const found = await findPrices(homeWith([spot("sensor.a", "epex_spot"), spot("sensor.b", "entsoe")]), NOW_MS);
    expect(found.map(({ id }) => id)).toEqual(["epex_spot:entry of epex_spot", "entsoe:entry of entsoe"]);
    expect(bestPrice(found, "export")).toBeUndefined();
  });

  it("is unavailable, not empty, while Home Assistant is away", async () => {
    const away = { ...homeWith([]), connected: () => false };
    await expect(homePriceSource(away).refresh(NOW_MS)).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    expect(await homePriceSource(homeWith([])).refresh(NOW_MS)).toEqual({});
  });
});
