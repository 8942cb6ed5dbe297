import { expect, it } from "vitest";
import type { DependencyState } from "../domain/log.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { createDependencies } from "./dependencies.ts";

const START_MS = Date.UTC(2026, 0, 26);
const MINUTE = MS_PER_MINUTE;

it("keeps since when a dependency is as it is, and tells a change once", () => {
  let nowMs = START_MS;
  const clock = { nowMs: () => nowMs, after: () => ({ cancel: () => {} }) };
  const dependencies = createDependencies(clock);
  const changes: string[] = [];
  dependencies.onChange((now, before) => changes.push(`${now.name}: ${before} -> ${now.state}`));
  let broker: DependencyState["state"] = "ok";
  dependencies.add(() => ({ name: "broker", state: broker, sinceMs: START_MS, detail: null, todo: null }));
  dependencies.report("prices", "ok");
  nowMs += MINUTE;
  dependencies.report("prices", "degraded", "last good value is 2 h old", "Check the key.");
  nowMs += MINUTE;
  dependencies.report("prices", "degraded", "last good value is 3 h old", "Check the key.");
  broker = "down";
  expect(dependencies.list()).toEqual([
    { name: "broker", state: "down", sinceMs: START_MS, detail: null, todo: null },
    {
      name: "prices",
      state: "degraded",
      sinceMs: START_MS + MINUTE,
      detail: "last good value is 3 h old",
      todo: "Check the key.",
    },
  ]);
  dependencies.list();
  expect(changes).toEqual(["prices: null -> ok", "prices: ok -> degraded", "broker: null -> down"]);
});
