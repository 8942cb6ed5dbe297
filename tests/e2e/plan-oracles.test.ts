import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import type { PlanProblem } from "../../src/domain/plan-problem.ts";
import { parseProblemOrThrow } from "../../src/planning/parse-problem.ts";
import { createPlanner, type RichPlan } from "../../src/planning/planner.ts";
import { verifyPlan } from "../../src/planning/verify-plan.ts";
import { isThere } from "../harness/local-service.ts";
import { PRICE_KINDS, randomHome, SMALL_HOME, TINY_HOME } from "../harness/random-home.ts";
import { problemShapes, randomProblem } from "../harness/random-problem.ts";
import { judge, referencePlanner } from "../harness/reference-planner.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const ORACLES = path.join(process.env["HYPERVOLT_DATA"] ?? path.resolve(ROOT, "../shared/data"), "oracles");
const SEEDS = Number(process.env["SEEDS"] ?? 2);
/** Off the best by more than this, in money or as a share of it, is not the best… */
const TOLERANCE = 1e-4;
/** …but for what both sides round, in money. */
const ROUNDING = 5e-6;

const execute = promisify(execFile);
const referenceIsThere = isThere("reference_plan.py with numpy and scipy", referencePlanner());
const oraclesAreThere = isThere("a folder of solved planning problems", existsSync(ORACLES) ? ORACLES : null);

async function planByCli(file: string): Promise<RichPlan> {
  const { stdout } = await execute(
    process.execPath,
    [path.join(ROOT, "src/cli.ts"), "plan", "--problem", file, "--time-limit", "120"],
    { maxBuffer: 1e8 },
  );
  return JSON.parse(stdout) as RichPlan;
}

const seeds = Array.from({ length: SEEDS }, (_, i) => i + 1);

/** Is it the best in money and as a share of it? */
const isBest = (objective: number, best: number): boolean =>
  Math.abs(objective - best) <= Math.min(1, Math.abs(best)) * TOLERANCE + ROUNDING;

describe.skipIf(!referenceIsThere || !oraclesAreThere)("the planner", () => {
  const names = oraclesAreThere ? readdirSync(ORACLES).filter((name) => name.endsWith(".json")) : [];
  it(`reaches the known optimum of ${names.length} problems and breaks no rule, by the independent checker`, async () => {
    expect(names.length).toBeGreaterThan(0);
    const cases = [];
    for (const name of names) {
      const file = path.join(ORACLES, name);
      const problem = JSON.parse(readFileSync(file, "utf8")) as PlanProblem & { optimum: { objective: number } };
      cases.push({ name, problem, plan: await planByCli(file), solve: false });
    }
    const judged = judge(cases);
    const faults = cases.flatMap(({ name, problem, plan }, i) => {
      const check = judged[i]?.check;
      const objective = check?.objective ?? Number.NaN;
      const off = objective - problem.optimum.objective;
      const says = Math.abs(objective - plan.objective);
      const right = check?.violations.length === 0 && isBest(objective, problem.optimum.objective) && says <= ROUNDING;
      return right && plan.status === "optimal" ? [] : [{ name, status: plan.status, off, says, check }];
    });
    expect(faults).toEqual([]);
  });
});

describe.skipIf(!referenceIsThere)("the planner, given problems of every shape", () => {
  it(`is never beaten by the reference, and gives way only where the reference finds no plan`, async () => {
    const problems = problemShapes.flatMap((shape) => seeds.map((seed) => randomProblem(shape, seed)));
    const { faults, feasible } = await comparePlans(problems);
    expect(faults).toEqual([]);
    expect(feasible).toBeGreaterThan(problems.length / 2);
    expect(feasible).toBeLessThan(problems.length);
  });

  it("finds the best plan of homes that have everything at once, under every kind of price", async () => {
    const sizeOf = (kind: string) => (kind === "below zero" ? TINY_HOME : SMALL_HOME);
    const problems = PRICE_KINDS.flatMap((kind) => seeds.map((seed) => randomHome(seed, sizeOf(kind), kind)));
    const { faults, feasible } = await comparePlans(problems);
    expect(faults).toEqual([]);
    expect(feasible).toBeGreaterThan(problems.length / 2);
  });
});

/** Plans each problem and has the reference judge the plans and solve the problems. */
async function comparePlans(raw: readonly PlanProblem[]): Promise<{ faults: unknown[]; feasible: number }> {
  const planner = await createPlanner();
  onTestFinished(() => planner.close());
  const cases: { problem: PlanProblem; plan: RichPlan; solve: boolean }[] = [];
  for (const it of raw) {
    const problem = parseProblemOrThrow(it);
    cases.push({ problem, plan: await planner.plan(problem, { timeLimitMs: 60_000 }), solve: true });
  }
  const judged = judge(cases);
  const faults = cases.flatMap(({ problem, plan }, i) => {
    const { check, solve } = judged[i] ?? {};
    const own = verifyPlan(problem, plan);
    const fault = { id: problem.id, status: plan.status, objective: plan.objective, check, solve, own };
    if (own.length > 0) return [fault];
    if (solve?.status === "infeasible") return plan.status === "relaxed" && plan.relaxed.length > 0 ? [] : [fault];
    const best = solve?.objective ?? Number.NaN;
    const right = check?.violations.length === 0 && isBest(check.objective, best);
    return right && plan.status === "optimal" ? [] : [fault];
  });
  return { faults, feasible: judged.filter(({ solve }) => solve?.status === "optimal").length };
}
