import { afterEach, expect, it } from "vitest";
import { writeFile, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { PlanProblem } from "../domain/plan-problem.ts";
import { planFront } from "./pareto.ts";
import { createPlanner, type Planner } from "./planner.ts";

const problem: PlanProblem = {
  kind: "hypervolt/plan-problem/v1",
  id: "home",
  timezone: "Europe/Paris",
  currency: "EUR",
  start: "2026-06-01T00:00:00Z",
  stepMinutes: 60,
  series: {
    loadW: [500, 500, 500, 500],
    importPricePerKwh: [0.1, 0.2, 0.3, 0.4],
    carbonGPerKwh: [400, 250, 200, 180],
  },
  loads: [{ id: "washer", powerW: 1000, steps: 1 }],
};
const onStep = (plan: Awaited<ReturnType<Planner["plan"]>>): number =>
  plan.steps.findIndex((step) => (step.loads["washer"] ?? 0) > 0);

let planner: Planner | undefined;
let folder: string | undefined;
afterEach(async () => {
  await planner?.close();
  if (folder) await rm(folder, { recursive: true });
  planner = folder = undefined;
});

/** A worker in place of the real one, that does what `onMessage` says. */
async function plannerWith(onMessage: string): Promise<Planner> {
  folder = await mkdtemp(path.join(os.tmpdir(), "planner-"));
  const file = path.join(folder, "worker.mjs");
  await writeFile(
    file,
    `import { parentPort } from "node:worker_threads";\nparentPort.on("message", () => { ${onMessage} });\nparentPort.postMessage({ kind: "ready" });\n`,
  );
  return createPlanner({ workerUrl: pathToFileURL(file) });
}

it("plans in its worker, explains, and names the best other time", async () => {
  planner = await createPlanner();
  const plan = await planner.plan(problem);
  expect([plan.status, onStep(plan), plan.objective]).toEqual(["optimal", 0, 0.6]);
  expect(plan.reasons).toEqual([
    {
      step: 0,
      what: "washer starts",
      why: "from 02:00 to 03:00: 100 % from the grid at 0.10 EUR/kWh; at 03:00 it would cost 0.10 EUR more and save 0.1 kg CO2",
      alternative: { step: 1, extraCost: 0.1, extraCarbonKg: -0.15 },
    },
  ]);
});

it("says of a battery what it is charged from and for, each price with its unit", async () => {
  planner = await createPlanner();
  const battery = { id: "battery", capacityWh: 4000, initialSoc: 0, maxChargeW: 2000, maxDischargeW: 2000 };
  const { reasons } = await planner.plan({
    ...problem,
    loads: [],
    batteries: [{ ...battery, chargeEfficiency: 1, dischargeEfficiency: 1, finalValuePerKwh: 0.05 }],
  });
  expect(reasons.map(({ what, why }) => `${what} ${why}`)).toEqual([
    expect.stringMatching(
      /^battery charges .* at 0\.10 EUR\/kWh, for use from 03:00, when the grid costs 0\.30 EUR\/kWh$/,
    ),
    expect.stringMatching(/^battery discharges .*: the grid costs 0\.30 EUR\/kWh then$/),
  ]);
});

it("gives as many plans between the cheapest and the cleanest as asked for", async () => {
  planner = await createPlanner();
  const front = await planFront(planner, problem, 4, {});
  expect(front.map((it) => it.cost)).toEqual([0.6, 0.7, 0.8, 0.9]);
  expect(front.map((it) => it.carbonKg)).toEqual([0.915, 0.765, 0.715, 0.695]);
});

it("answers without the solver when its thread crashes again and again", async () => {
  planner = await plannerWith("throw new Error('out of memory')");
  const plan = await planner.plan(problem);
  expect([plan.status, onStep(plan)]).toEqual(["feasible", 0]);
  expect((await planner.plan(problem)).status).toBe("feasible");
});

it("answers without the solver when it does not stop at its time limit", async () => {
  planner = await plannerWith("for (;;);");
  expect((await planner.plan(problem, { timeLimitMs: 10 })).status).toBe("feasible");
});

it("rejects what is under way when it is closed", async () => {
  planner = await plannerWith("");
  const pending = expect(planner.plan(problem)).rejects.toMatchObject({ code: "WORKER_FAILED" });
  await planner.close();
  await pending;
  await expect(planner.plan(problem)).rejects.toMatchObject({ code: "WORKER_FAILED" });
});
