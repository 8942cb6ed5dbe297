import { expect, it } from "vitest";
import type { Acting, Situation } from "../acting/acting.ts";
import { Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import type { SensorState } from "../domain/reading.ts";
import { createTick, type TickParts } from "./engine-tick.ts";
import type { HomeModel } from "./home-model.ts";
import type { PlanInForce, PlanningCycle } from "./planning-cycle.ts";
import { RunBook } from "./run-book.ts";

const NOW_MS = Date.parse("2026-06-01T20:05:00Z");
const TARGET_LX = 300;
const zone = new Zone("UTC");
const lamp = (areaId: string): ControllableDevice => ({
  deviceId: `lamp_${areaId}`,
  entityId: `light.${areaId}`,
  name: areaId,
  kind: "light",
  areaId,
  maxW: 10,
  dimmable: true,
});
const motionIn = (location: string, value: number): SensorState => ({
  sensor: {
    sensorId: `motion_${location}`,
    uniqueId: null,
    source: "native",
    sensorType: "motion",
    name: "Motion",
    device: null,
    location,
    unit: "",
  },
  value,
  atMs: NOW_MS,
  available: true,
});

/** A plan in force that wants the lamp of a room at a share of what it could draw. */
const planned = (areaId: string, share: number): PlanInForce =>
  ({
    startMs: NOW_MS,
    stepMs: 900_000,
    commands: {},
    storageReason: "",
    problem: { lights: [{ id: `light:lamp_${areaId}`, maxW: 10, wanted: [1] }] },
    plan: { steps: [{ loads: { [`light:lamp_${areaId}`]: 10 * share } }] },
  }) as unknown as PlanInForce;

type House = Readonly<{ nobodyAbout: boolean; sensors?: readonly SensorState[]; inForce?: PlanInForce }>;

/** The light each room is held at, lx; null where it is the home's own target. */
async function targetsLx({ nobodyAbout, sensors = [], inForce }: House): Promise<Record<string, number | null>> {
  const situations: Situation[] = [];
  const parts: TickParts = {
    clock: { nowMs: () => NOW_MS, after: () => ({ cancel: () => {} }) },
    zone,
    currency: () => "EUR",
    model: {
      flows: () => ({ gridW: null, loadW: null, pvW: null, batteryW: null, soc: null, gridAtMs: null }),
    } as Partial<HomeModel> as HomeModel,
    planning: {
      outcome: () => (inForce ? { kind: "planned", inForce } : { kind: "waiting", missing: "forecast" }),
    } as Partial<PlanningCycle> as PlanningCycle,
    acting: {
      tick: (situation: Situation) => {
        situations.push(situation);
        return Promise.resolve();
      },
    } as Partial<Acting> as Acting,
    runs: new RunBook(zone),
    devices: () => [lamp("hall"), lamp("kitchen")],
    planned: () => [],
    lightTargetLx: () => TARGET_LX,
    nobodyAbout: () => nobodyAbout,
    areas: () => [
      { areaId: "hall", name: "Hall", floorId: null },
      { areaId: "kitchen", name: "Kitchen", floorId: null },
    ],
    sensors: () => sensors,
    entity: () => undefined,
    meteredW: () => null,
    batteries: () => [],
    sources: () => [],
    remember: () => {},
    onFlows: () => {},
  };
  await createTick(parts)();
  return Object.fromEntries(situations[0]?.rooms.map(({ areaId, targetLx }) => [areaId, targetLx ?? null]) ?? []);
}

it("holds rooms without a presence sensor at half their light while nobody seems to be about", async () => {
  expect(await targetsLx({ nobodyAbout: true })).toEqual({ hall: TARGET_LX / 2, kitchen: TARGET_LX / 2 });
  expect(await targetsLx({ nobodyAbout: false })).toEqual({ hall: null, kitchen: null });
});

it("goes by a room's own presence sensor and by no guess, whether it sees somebody or not", async () => {
  for (const seen of [0, 1])
    expect(await targetsLx({ nobodyAbout: true, sensors: [motionIn("hall", seen)] })).toEqual({
      hall: null,
      kitchen: TARGET_LX / 2,
    });
});

it("dims no further than the plan or the guess, whichever is darker, and never both", async () => {
  expect(await targetsLx({ nobodyAbout: true, inForce: planned("hall", 0.8) })).toEqual({
    hall: TARGET_LX / 2,
    kitchen: TARGET_LX / 2,
  });
  expect((await targetsLx({ nobodyAbout: true, inForce: planned("hall", 0.3) }))["hall"]).toBeCloseTo(0.3 * TARGET_LX);
  expect(await targetsLx({ nobodyAbout: false, inForce: planned("hall", 0.8) })).toEqual({
    hall: 0.8 * TARGET_LX,
    kitchen: null,
  });
});
