import { expect, it } from "vitest";
import type { Ledger } from "../accounting/ledger.ts";
import type { Sensor, SensorRole } from "../domain/reading.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { GridDataBook } from "../memory/history.ts";
import { homeHistoryDto } from "./home-history-view.ts";
import type { HomeModel } from "./home-model.ts";

const NOW_MS = Date.UTC(2026, 5, 18, 12, 7);
const sensor = (sensorId: string): Sensor => ({
  sensorId,
  uniqueId: sensorId,
  source: "discovery",
  sensorType: "power",
  name: sensorId,
  device: null,
  location: null,
  unit: "W",
  confidence: 1,
});
/** Each sensor has measured the same for all quarters of an hour: a number of its own. */
const MEANS: Readonly<Record<string, number>> = {
  meter: 300,
  "east-roof": 1_000,
  "west-roof": 250,
  "east-w": 500,
  "east-soc": 40,
  "west-w": 700,
  "west-soc": 90,
};
const parts = {
  model: {
    wholeOf: (role: SensorRole) =>
      (role === "grid" ? ["meter"] : role === "pv" ? ["east-roof", "west-roof"] : []).map((id) => ({
        sensor: sensor(id),
        value: 300,
        atMs: NOW_MS,
        available: true,
      })),
  } as unknown as HomeModel,
  store: {
    series: async (sensorId: string, fromMs: number, toMs: number, stepMs: number) =>
      Array.from({ length: (toMs - fromMs) / stepMs }, (_, i) => ({
        startMs: fromMs + i * stepMs,
        mean: MEANS[sensorId] ?? Number.NaN,
      })),
  },
  book: { gridValues: async () => ({ results: [], count: 0 }) } as unknown as GridDataBook,
  ledger: { otherwise: () => [] } as unknown as Ledger,
};

it("tells the past of every battery by its own sensors, each counted our way round", async () => {
  const past = await homeHistoryDto(1, NOW_MS, {
    ...parts,
    signOf: ({ sensorId }) => (sensorId === "west-w" ? -1 : 1),
    batteries: [
      { id: "east", power: sensor("east-w"), soc: sensor("east-soc") },
      { id: "west", power: sensor("west-w"), soc: sensor("west-soc") },
      { id: "shed", power: undefined, soc: undefined },
    ],
  });
  const steps = MS_PER_HOUR / (15 * MS_PER_MINUTE);
  const all = <T>(value: T): T[] => Array.from({ length: steps }, () => value);
  expect(past.grid_w).toEqual(all(300));
  expect(past.pv_w).toEqual(all(1_250));
  expect(past.load_w).toEqual(all(null));
  expect(past.batteries).toEqual([
    { id: "east", power_w: all(500), soc: all(0.4) },
    { id: "west", power_w: all(-700), soc: all(0.9) },
    { id: "shed", power_w: all(null), soc: all(null) },
  ]);
});
