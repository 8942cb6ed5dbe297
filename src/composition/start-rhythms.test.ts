import { expect, it } from "vitest";
import { START_MS, TestClock } from "../../tests/harness/acting-house.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { PlanningCycle } from "./planning-cycle.ts";
import { startRhythms } from "./start-rhythms.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };

it("plans each five minutes, and the moment a lock ends; after its end never again", async () => {
  const clock = new TestClock();
  const plans: [number, string][] = [];
  const planning = {
    replan: async (why: string) => void plans.push([(clock.nowMs() - START_MS) / 1_000, why]),
  } as unknown as PlanningCycle;
  let ticks = 0;
  const rhythms = startRhythms(clock, silent, {
    tick: async () => void (ticks += 1),
    planning,
    lockEndsMs: () => [START_MS + 137_000, START_MS + 1_200_000],
    keep: async () => undefined,
    verify: async () => undefined,
  });
  await clock.advance(6 * MS_PER_MINUTE);
  expect(ticks).toBe(36);
  expect(plans).toEqual([
    [137, "a device may be switched again"],
    [300, "every five minutes"],
  ]);
  rhythms[Symbol.dispose]();
  await clock.advance(30 * MS_PER_MINUTE);
  expect([ticks, plans.length]).toEqual([36, 2]);
});
