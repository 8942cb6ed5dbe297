import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { loadHighsSolver } from "../planning/highs-solver.ts";
import { planOnce } from "../planning/plan-once.ts";
import { lightOutlook } from "./light-outlook.ts";

const START = Date.parse("2026-06-10T18:00:00Z");
const lamp: ControllableDevice = {
  deviceId: "lamp",
  entityId: "light.lamp",
  name: "Lamp",
  kind: "light",
  areaId: null,
  maxW: 60,
  dimmable: true,
};
/** The lamp was fully lit at every hour of the last week. */
const outlook = (comfortPerHour: number) =>
  lightOutlook(
    {
      store: {
        series: async (_, fromMs, toMs, stepMs) =>
          Array.from({ length: (toMs - fromMs) / stepMs }, (__, i) => ({ startMs: fromMs + i * stepMs, mean: 60 })),
      },
      zone: new Zone("Europe/Berlin"),
      lights: [lamp],
      powerId: (deviceId) => `${deviceId}:power`,
      floorPct: 20,
      comfortPerHour,
    },
    START,
    MS_PER_HOUR,
    2,
  );

it("wants the light of the last week, at what light is worth to people and never below its floor", async () => {
  expect(await outlook(0.05)).toEqual([
    { id: "light:lamp", maxW: 60, wanted: [1, 1], floor: 0.2, comfortCostPerHour: 0.05 },
  ]);
});

it("is dimmed in dear hours the more the less light is worth", async () => {
  const solver = await loadHighsSolver();
  const powersW = async (comfortPerHour: number): Promise<number[]> => {
    const plan = planOnce(solver, {
      kind: "hypervolt/plan-problem/v1",
      id: "home",
      timezone: "Europe/Berlin",
      currency: "EUR",
      start: new Date(START).toISOString(),
      stepMinutes: 60,
      series: { loadW: [0, 0], importPricePerKwh: [0.15, 0.5] },
      lights: await outlook(comfortPerHour),
    });
    return plan.steps.map(({ loads }) => Math.round(loads["light:lamp"] ?? Number.NaN));
  };
  // A quarter of the light, 15 W, saves 0.0075 in the dear hour and costs a sixteenth of what light is worth.
  expect(await powersW(0.2)).toEqual([60, 60]);
  expect(await powersW(0.1)).toEqual([60, 45]);
  expect(await powersW(0)).toEqual([12, 12]);
});
