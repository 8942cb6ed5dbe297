import { describe, expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { constantSource } from "./constant-source.ts";
import { createContext, mergeIntervals } from "./context.ts";
import type { ContextSource } from "./context-source.ts";
import { electricityMapsSource } from "./electricity-maps-source.ts";
import { openWeatherMapSource } from "./openweathermap-source.ts";
import { tariffIntervals, tariffSource } from "./tariff-source.ts";
import { ukCarbonSource } from "./uk-carbon-source.ts";

const NOON = Date.parse("2026-06-01T12:00:00Z");
const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
const standing = (nowMs = NOON) => {
  const clock = { atMs: nowMs };
  return { clock, port: { nowMs: () => clock.atMs, after: () => ({ cancel: () => undefined }) } };
};
const fixed = (id: string, value: number, fromMs: number, toMs: number): ContextSource => ({
  id,
  name: id,
  refresh: async () => ({ import_price: [{ fromMs, toMs, value }] }),
});

describe("context", () => {
  it("prefers the first source that knows a step and leaves steps nobody knows open", async () => {
    const { port } = standing();
    const context = createContext({
      clock: port,
      log: silent,
      sources: [fixed("first", 1, NOON, NOON + MS_PER_HOUR), fixed("second", 2, NOON, NOON + 2 * MS_PER_HOUR)],
    });
    await context.refresh();
    expect([...context.known("import_price", NOON, MS_PER_HOUR, 3)]).toEqual([1, 2, Number.NaN]);
    expect(context.now("import_price")).toMatchObject({ value: 1, source: "first", ageMs: 0 });
    context.close();
  });

  it("keeps the last good values of a source that went away, with their age, and says so", async () => {
    const { clock, port } = standing();
    let away = false;
    const source: ContextSource = {
      id: "price",
      name: "Price",
      refresh: async () => {
        if (away) throw new Error("ENOTFOUND");
        return { import_price: [{ fromMs: NOON, toMs: NOON + MS_PER_HOUR, value: 0.3 }] };
      },
    };
    const context = createContext({ clock: port, log: silent, sources: [source] });
    await context.refresh();
    away = true;
    clock.atMs += 30 * MS_PER_MINUTE;
    await context.refresh();
    expect(context.now("import_price")).toMatchObject({ value: 0.3, ageMs: 30 * MS_PER_MINUTE });
    expect(context.states()[0]).toMatchObject({ state: "degraded" });
    expect(context.states()[0]?.detail).toContain("ENOTFOUND");
    clock.atMs += 10 * MS_PER_HOUR;
    expect(context.now("import_price")).toBeUndefined();
    context.close();
  });

  it("lets fresh intervals replace exactly what they overlap", () => {
    const before = [{ fromMs: 0, toMs: 10, value: 1 }];
    expect(mergeIntervals(before, [{ fromMs: 4, toMs: 6, value: 2 }], 0)).toEqual([
      { fromMs: 0, toMs: 4, value: 1 },
      { fromMs: 4, toMs: 6, value: 2 },
      { fromMs: 6, toMs: 10, value: 1 },
    ]);
    expect(mergeIntervals(before, [{ fromMs: 4, toMs: 6, value: Number.NaN }], 0)).toEqual(before);
  });
});

describe("tariff", () => {
  const zone = new Zone("Europe/Berlin");
  it("follows the wall clock over a change of the clocks", async () => {
    const dayOf = (iso: string): number => zone.dayNumber(Date.parse(iso));
    const first = dayOf("2026-03-29T12:00:00Z");
    const intervals = tariffIntervals(0.4, [{ from: "22:00", to: "06:00", price: 0.2 }], zone, first, first + 1);
    expect(
      intervals.map(({ fromMs, toMs, value }) => [zone.civil(fromMs).hour, (toMs - fromMs) / MS_PER_HOUR, value]),
    ).toEqual([
      [0, 5, 0.2],
      [6, 16, 0.4],
      [22, 2, 0.2],
    ]);
  });

  it("is known two days ahead", async () => {
    const { import_price = [] } = await tariffSource(zone, () => ({
      importPrice: 0.3,
      exportPrice: 0.1,
      windows: [],
    })).refresh(NOON);
    expect(Math.max(...import_price.map(({ toMs }) => toMs))).toBeGreaterThanOrEqual(NOON + 48 * MS_PER_HOUR);
    expect(await tariffSource(zone, () => null).refresh(NOON)).toEqual({});
  });

  it("forgets the prices of a tariff that no longer holds, and nothing else", async () => {
    let tariff: { importPrice: number; exportPrice: number; windows: [] } | null = null;
    tariff = { importPrice: 0.4, exportPrice: 0.1, windows: [] };
    const carbon = constantSource("carbon", "Carbon", { carbon_g_kwh: 300 });
    const fallback = tariffSource(zone, () => ({ importPrice: 0.3, exportPrice: 0, windows: [] }));
    const { port } = standing();
    const context = createContext({
      sources: [tariffSource(zone, () => tariff), carbon, fallback],
      clock: port,
      log: silent,
    });
    await context.refresh();
    expect(context.now("import_price")?.value).toBe(0.4);
    tariff = null;
    await context.refresh();
    expect(context.now("import_price")?.value).toBe(0.4);
    context.forget(["import_price", "export_price"]);
    await context.refresh();
    expect([context.now("import_price")?.value, context.now("carbon_g_kwh")?.value]).toEqual([0.3, 300]);
    context.close();
  });
});

describe("sources outside", () => {
  it("reads Great Britain's half hours, actual before forecast", async () => {
    const source = ukCarbonSource(async (url) => {
      expect(url).toBe("https://api.carbonintensity.org.uk/intensity/2026-06-01T12:00Z/fw48h");
      return {
        data: [
          {
            from: "2026-06-01T12:00Z",
            to: "2026-06-01T12:30Z",
            intensity: { forecast: 150, actual: 140, index: "low" },
          },
          {
            from: "2026-06-01T12:30Z",
            to: "2026-06-01T13:00Z",
            intensity: { forecast: 160, actual: null, index: "low" },
          },
        ],
      };
    });
    const { carbon_g_kwh } = await source.refresh(NOON);
    expect(carbon_g_kwh?.map(({ value }) => value)).toEqual([140, 160]);
  });

  it("does without Electricity Maps' forecast where the key does not include it, and asks no further", async () => {
    const asked: string[] = [];
    const source = electricityMapsSource(
      async (url, headers) => {
        asked.push(url);
        expect(headers).toEqual({ "auth-token": "key" });
        if (url.includes("/forecast")) throw new Error("403");
        if (url.includes("/history")) return { history: [{ carbonIntensity: 300, datetime: "2026-06-01T11:00:00Z" }] };
        return { carbonIntensity: 250, datetime: "2026-06-01T12:00:00Z" };
      },
      "key",
      "DE",
      null,
    );
    expect((await source.refresh(NOON)).carbon_g_kwh?.map(({ value }) => value)).toEqual([300, 250]);
    await source.refresh(NOON);
    expect(asked.filter((url) => url.includes("/forecast"))).toHaveLength(1);
  });

  it("tells OpenWeatherMap the place only roughly", async () => {
    const asked: string[] = [];
    const source = openWeatherMapSource(
      async (url) => {
        asked.push(url);
        const point = { dt: NOON / 1_000 + 3_600, main: { temp: 21 }, clouds: { all: 40 } };
        return url.includes("/forecast") ? { list: [point] } : { ...point, dt: NOON / 1_000 };
      },
      "k",
      { latitude: 52.123456, longitude: 13.987654 },
    );
    const { temperature_c } = await source.refresh(NOON);
    expect(temperature_c?.map(({ fromMs, toMs }) => (toMs - fromMs) / MS_PER_HOUR)).toEqual([1, 3]);
    expect(asked.every((url) => url.includes("lat=52.12&lon=13.99"))).toBe(true);
  });

  it("refuses an answer of another form", async () => {
    await expect(ukCarbonSource(async () => ({ data: "soon" })).refresh(NOON)).rejects.toThrow("SOURCE_UNAVAILABLE");
  });
});
