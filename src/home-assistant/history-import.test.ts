import { expect, it } from "vitest";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { importHistory, type ImportPlan } from "./history-import.ts";
import type { HomeAssistant } from "./home-assistant.ts";

const NOW_MS = Date.parse("2026-06-01T00:00:00Z");
const DAYS = 100;
const HOURS = 24 * DAYS;
const NOTHING: ImportPlan = {
  import: [],
  export: [],
  solar: [],
  charge: [],
  discharge: [],
  controllable: [],
  importPrice: null,
  exportPrice: null,
  carbon: null,
  temperature: null,
};

/** Energy counted in an hour so many hours ago, Wh; null where the recorder has no row. */
type Counter = (hoursAgo: number) => number | null;

/** A Home Assistant whose recorder has counted for a hundred days. */
function recorder(counters: Readonly<Record<string, Counter>>): HomeAssistant {
  return {
    ask: (message: Readonly<{ start_time: string; end_time: string; statistic_ids: readonly string[] }>) => {
      const [fromMs, toMs] = [Date.parse(message.start_time), Date.parse(message.end_time)];
      return Promise.resolve(
        Object.fromEntries(
          message.statistic_ids.map((id) => [
            id,
            Array.from({ length: HOURS }, (_, i) => HOURS - i).flatMap((hoursAgo) => {
              const start = NOW_MS - hoursAgo * MS_PER_HOUR;
              const change = counters[id]?.(hoursAgo) ?? null;
              if (change === null || start < fromMs || start >= toMs) return [];
              return [{ start, end: start + MS_PER_HOUR, change }];
            }),
          ]),
        ),
      );
    },
    entity: () => undefined,
    config: () => null,
  } as unknown as HomeAssistant;
}
const since =
  (days: number, wh: number): Counter =>
  (hoursAgo) =>
    hoursAgo <= 24 * days ? wh : null;

async function known(plan: Partial<ImportPlan>, counters: Readonly<Record<string, Counter>>) {
  const history = await importHistory(recorder(counters), { ...NOTHING, ...plan }, NOW_MS);
  const column = (name: "load_w" | "pv_w"): Float64Array => history?.columns.get(name) ?? new Float64Array(0);
  return {
    loadW: column("load_w"),
    pvW: column("pv_w"),
    loadDays: column("load_w").filter((watt) => !Number.isNaN(watt)).length / 24,
    at: (daysAgo: number) => HOURS - (daysAgo * MS_PER_DAY) / MS_PER_HOUR,
  };
}

it("keeps the months before panels, a battery and the plug of an appliance came", async () => {
  const { loadW, pvW, loadDays, at } = await known(
    { import: ["in"], export: ["out"], solar: ["pv"], charge: ["to"], discharge: ["from"], controllable: ["washer"] },
    {
      in: since(100, 500),
      out: since(50, 100),
      pv: since(50, 300),
      to: since(30, 80),
      from: since(29, 20),
      washer: since(10, 40),
    },
  );
  expect([loadW[at(90)], loadW[at(40)], loadW[at(20)], loadW[at(5)]]).toEqual([500, 700, 640, 600]);
  // the day in which a battery was charged and nobody counted what it gave
  expect(loadDays).toBe(99);
  expect([pvW[at(90)], pvW[at(40)]]).toEqual([Number.NaN, 300]);
});

it("knows no load while panels fed in that nobody counted", async () => {
  const { loadW, loadDays, at } = await known(
    { import: ["in"], export: ["out"], solar: ["pv"] },
    { in: since(100, 500), out: (hoursAgo) => (hoursAgo % 24 === 12 ? 200 : 0), pv: since(50, 300) },
  );
  expect(loadDays).toBe(50);
  expect([loadW[at(90)], loadW[at(40)]]).toEqual([Number.NaN, 800]);
});

it("goes on from one meter to the next where both are listed", async () => {
  const { loadW, at } = await known(
    { import: ["old", "new"] },
    { old: (hoursAgo) => (hoursAgo > 40 * 24 ? 500 : null), new: since(40, 300) },
  );
  expect([loadW[at(90)], loadW[at(20)]]).toEqual([500, 300]);
  expect(loadW.some(Number.isNaN)).toBe(false);
});

it("misses the hours in which a counter that is there says nothing", async () => {
  const { loadW, loadDays, at } = await known(
    { import: ["in"], solar: ["pv"] },
    { in: since(100, 500), pv: (hoursAgo) => (hoursAgo > 20 * 24 && hoursAgo <= 25 * 24 ? null : 100) },
  );
  // and the hour after them, in which it counts what came meanwhile
  expect(24 * loadDays).toBe(24 * 95 - 1);
  expect([loadW[at(22)], loadW[at(10)]]).toEqual([Number.NaN, 600]);
});

it("imports the load where a listed appliance has no statistics at all", async () => {
  const { loadDays } = await known({ import: ["in"], controllable: ["renamed"] }, { in: since(100, 500) });
  expect(loadDays).toBe(100);
});

it("knows the nights of a home whose inverter is offline in the dark", async () => {
  const { loadW, pvW, loadDays } = await known(
    { import: ["in"], export: ["out"], solar: ["pv"] },
    {
      in: since(100, 500),
      out: since(100, 0),
      pv: (hoursAgo) =>
        hoursAgo % 24 < 6 || hoursAgo % 24 > 18 ? null : hoursAgo % 24 < 17 && hoursAgo % 24 > 7 ? 900 : 40,
    },
  );
  expect(loadDays).toBeGreaterThan(99.5);
  expect([loadW[HOURS - 3 * 24], pvW[HOURS - 3 * 24]]).toEqual([500, 0]);
});

it("takes no hour for what a counter has caught up on after a gap", async () => {
  const { loadW, loadDays } = await known(
    { import: ["in"] },
    { in: (hoursAgo) => (hoursAgo === 48 ? 11 * 500 : hoursAgo > 48 && hoursAgo <= 58 ? null : 500) },
  );
  expect(Math.max(...loadW.filter((watt) => !Number.isNaN(watt)))).toBe(500);
  expect(24 * loadDays).toBe(HOURS - 11);
});
