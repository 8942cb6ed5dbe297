import { parentPort } from "node:worker_threads";
import { loadHighsSolver } from "./highs-solver.ts";
import { planOnce, type PlanOptions } from "./plan-once.ts";
import type { RichPlan, RichProblem } from "./rich-problem.ts";

/** What the planner asks of its worker thread, and what comes back. */
export type PlanRequest = Readonly<{ requestId: number; problem: RichProblem; options: PlanOptions }>;
export type PlanAnswer =
  | Readonly<{ kind: "ready" }>
  | Readonly<{ kind: "planned"; requestId: number; plan: RichPlan }>
  | Readonly<{ kind: "failed"; requestId: number; code: string; detail: string }>;

const port = parentPort;
if (port) {
  const solver = await loadHighsSolver();
  const answer = (message: PlanAnswer): void => port.postMessage(message);
  port.on("message", ({ requestId, problem, options }: PlanRequest) => {
    try {
      answer({ kind: "planned", requestId, plan: planOnce(solver, problem, options) });
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "SOLVER_FAILED";
      answer({ kind: "failed", requestId, code, detail: String(error) });
    }
  });
  answer({ kind: "ready" });
}
