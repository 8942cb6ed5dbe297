import { expect, it } from "vitest";
import { START_MS, TestClock } from "../../tests/harness/acting-house.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { watchLocks } from "./lock-watch.ts";

/** Looks every ten seconds, as the engine does. */
async function house(endsAfterS: () => readonly number[], minutes: number): Promise<number[]> {
  const clock = new TestClock();
  const toldS: number[] = [];
  const locks = watchLocks({
    clock,
    endsMs: () => endsAfterS().map((s) => START_MS + s * 1_000),
    onEnd: async () => void toldS.push((clock.nowMs() - START_MS) / 1_000),
  });
  for (let s = 0; s < minutes * 60; s += 10) {
    locks.look();
    await clock.advance(MS_PER_MINUTE / 6);
  }
  return toldS;
}

it("tells the very moment a lock ends, not the next look at it", async () => {
  expect(await house(() => [137], 5)).toEqual([137]);
  expect(await house(() => [400, 137], 10)).toEqual([137, 400]);
});

it("takes locks together that end within a minute", async () => {
  expect(await house(() => [100, 110, 130, 159], 5)).toEqual([100, 160]);
});

it("tells nothing of locks that are over, or where there are none", async () => {
  expect(await house(() => [-20, 0], 5)).toEqual([]);
  expect(await house(() => [], 5)).toEqual([]);
});
