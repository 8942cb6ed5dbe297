import { describe, expect, it } from "vitest";
import type { EntityState } from "../domain/entity.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { parseEnergyPrefs } from "./energy-prefs.ts";
import { entityPrice } from "./price-source.ts";
import { perKwhFactor } from "./price-unit.ts";
import { readTimedValues } from "./timed-values.ts";

const NOW_MS = Date.UTC(2026, 2, 28, 12);
const iso = (hours: number): string => new Date(NOW_MS + hours * MS_PER_HOUR).toISOString();
const entity = (state: string, attributes: Record<string, unknown>): EntityState => ({
  entityId: "sensor.price",
  state,
  attributes,
  lastChangedMs: NOW_MS,
  lastUpdatedMs: NOW_MS,
  contextId: null,
});

describe("reading values with their times by shape", () => {
  it.each([
    [
      "Nord Pool (custom)",
      [
        { start: iso(0), end: iso(1), value: 0.2 },
        { start: iso(1), end: iso(2), value: 0.3 },
      ],
    ],
    [
      "Octopus",
      [
        { start: iso(0), end: iso(1), value_inc_vat: 0.2 },
        { start: iso(1), end: iso(2), value_inc_vat: 0.3 },
      ],
    ],
    [
      "EPEX spot",
      [
        { start_time: iso(0), end_time: iso(1), price_per_kwh: 0.2 },
        { start_time: iso(1), end_time: iso(2), price_per_kwh: 0.3 },
      ],
    ],
    [
      "ENTSO-e",
      [
        { time: iso(0), price: 0.2 },
        { time: iso(1), price: 0.3 },
      ],
    ],
    [
      "Tibber",
      [
        { start_time: iso(0), price: 0.2 },
        { start_time: iso(1), price: 0.3 },
      ],
    ],
    [
      "Amber",
      [
        { start_time: iso(0), end_time: iso(1), per_kwh: 0.2 },
        { start_time: iso(1), end_time: iso(2), per_kwh: 0.3 },
      ],
    ],
    [
      "Energi Data Service",
      [
        { hour: iso(0), price: 0.2 },
        { hour: iso(1), price: 0.3 },
      ],
    ],
    [
      "EnergyZero",
      [
        { timestamp: iso(1), price: "0.3" },
        { timestamp: iso(0), price: "0.2" },
      ],
    ],
    ["a table of times", { [iso(0)]: 0.2, [iso(1)]: 0.3 }],
  ])("%s", (_name, raw) => {
    const [at, one, two] = [NOW_MS, NOW_MS + MS_PER_HOUR, NOW_MS + 2 * MS_PER_HOUR];
    expect(readTimedValues(raw)).toEqual([
      { fromMs: at, toMs: one, value: 0.2 },
      { fromMs: one, toMs: two, value: 0.3 },
    ]);
  });

  it("keeps quarter hours and the last one's length", () => {
    const raw = [0, 0.25, 0.5].map((hour) => ({ start_time: iso(hour), price: hour }));
    expect(readTimedValues(raw).map(({ fromMs, toMs }) => toMs - fromMs)).toEqual([900_000, 900_000, 900_000]);
  });

  it.each([[null], [7], ["text"], [{ a: 1 }], [[1, 2, 3]], [[{ start: "junk", value: 1 }]]])(
    "finds nothing in %j",
    (raw) => {
      expect(readTimedValues(raw)).toEqual([]);
    },
  );
});

describe("prices", () => {
  it.each([
    ["EUR/kWh", 1],
    ["€/MWh", 0.001],
    ["ct/kWh", 0.01],
    ["c/kWh", 0.01],
    ["p/kWh", 0.01],
    ["öre/kWh", 0.01],
    ["GBP/kWh", 1],
    ["SEK/Wh", 1_000],
    ["W", undefined],
    ["gCO2eq/kWh", undefined],
    ["EUR", undefined],
  ])("in %s are multiplied by %s", (unit, factor) => expect(perKwhFactor(unit)).toBe(factor));

  it("come from attributes in the entity's unit, cents where the integration says so", () => {
    const raw_today = [0, 1, 2].map((hour) => ({ start: iso(hour), end: iso(hour + 1), value: 20 + hour }));
    const price = entityPrice(
      entity("20", { raw_today, price_in_cents: true, unit_of_measurement: "EUR/kWh" }),
      NOW_MS,
    );
    expect(price?.ahead).toBe(true);
    expect(price?.intervals.map(({ value }) => value)).toEqual([0.2, 0.21, 0.22]);
  });

  it("are the state for this hour where nothing is known ahead", () => {
    const price = entityPrice(entity("25.5", { unit_of_measurement: "ct/kWh" }), NOW_MS + 10 * 60_000);
    expect(price).toEqual({ ahead: false, intervals: [{ fromMs: NOW_MS, toMs: NOW_MS + MS_PER_HOUR, value: 0.255 }] });
    expect(entityPrice(entity("unavailable", { unit_of_measurement: "EUR/kWh" }), NOW_MS)).toBeUndefined();
  });
});

describe("the energy preferences", () => {
  const solar = { type: "solar", stat_energy_from: "sensor.pv", config_entry_solar_forecast: ["entry"] };
  const expected = {
    grids: [
      {
        import: { stat: "sensor.in", priceEntity: "sensor.price", priceNumber: null },
        export: { stat: "sensor.out", priceEntity: null, priceNumber: 0.08 },
        power: null,
      },
    ],
    solars: [{ stat: "sensor.pv", power: null, forecastEntries: ["entry"] }],
    batteries: [],
    devices: [{ stat: "sensor.washer", power: null, name: "Washer", includedIn: null }],
  };
  const device_consumption = [{ stat_consumption: "sensor.washer", name: "Washer" }];

  it("are understood in the shape of 2026", () => {
    const grid = {
      type: "grid",
      stat_energy_from: "sensor.in",
      stat_energy_to: "sensor.out",
      entity_energy_price: "sensor.price",
      number_energy_price: null,
      entity_energy_price_export: null,
      number_energy_price_export: 0.08,
      cost_adjustment_day: 0,
    };
    expect(parseEnergyPrefs({ energy_sources: [grid, solar], device_consumption })).toEqual(expected);
  });

  it("are understood in the older shape", () => {
    const grid = {
      type: "grid",
      flow_from: [{ stat_energy_from: "sensor.in", entity_energy_price: "sensor.price", number_energy_price: null }],
      flow_to: [{ stat_energy_to: "sensor.out", entity_energy_price: null, number_energy_price: 0.08 }],
      cost_adjustment_day: 0,
    };
    expect(parseEnergyPrefs({ energy_sources: [grid, solar], device_consumption })).toEqual(expected);
  });

  it("leave out what is of a shape nobody knows yet", () => {
    const prefs = parseEnergyPrefs({ energy_sources: [{ type: "fusion" }, solar], device_consumption: [7] });
    expect([prefs?.solars.length, prefs?.grids, prefs?.devices]).toEqual([1, [], []]);
  });
});
