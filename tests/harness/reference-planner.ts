import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import type { PlanProblem } from "../../src/domain/plan-problem.ts";
import type { RichPlan } from "../../src/planning/planner.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const tool = path.join(process.env["HYPERVOLT_TOOLS"] ?? path.resolve(ROOT, "../shared/tools"), "reference_plan.py");
const python = process.env["HYPERVOLT_PYTHON"] ?? "python3";

/** What the independent reference makes of a problem and of a plan for it. */
export type Judgement = Readonly<{
  check: Readonly<{ violations: readonly string[]; objective: number; cost: number; carbonKg: number }>;
  solve?: Readonly<{ status: "optimal"; objective: number } | { status: "infeasible"; message: string }>;
}>;

/** Path of the reference tool where it can run, or null. */
export function referencePlanner(): string | null {
  const runs = existsSync(tool) && spawnSync(python, ["-c", "import numpy, scipy"]).status === 0;
  return runs ? tool : null;
}

/** All in one process, as loading scipy takes longer than most problems. */
const JUDGE = `
import json, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import reference_plan
for line in sys.stdin:
    case = json.loads(line)
    judged = {"check": reference_plan.check(case["problem"], case["plan"])}
    if case["solve"]: judged["solve"] = reference_plan.solve(case["problem"])
    print(json.dumps(judged))
`;

/**
 * Checks plans, and solves their problems too where `solve` says so.
 * @throws Error with what the tool said when it fails
 */
export function judge(
  cases: readonly Readonly<{ problem: PlanProblem; plan: RichPlan; solve: boolean }>[],
): Judgement[] {
  const judged = spawnSync(python, ["-c", JUDGE, path.dirname(tool)], {
    input: cases.map((it) => JSON.stringify(it)).join("\n"),
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (judged.status !== 0) throw new Error(`the reference planner failed: ${judged.stderr}`);
  const lines = judged.stdout.trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Judgement);
}
