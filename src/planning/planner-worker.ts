import { parentPort } from "node:worker_threads";
import { HyperVoltError } from "../domain/errors.ts";
import { loadHighsSolver } from "./highs-solver.ts";
import { planOnce, type PlanOptions } from "./plan-once.ts";
import type { RichPlan, RichProblem } from "./rich-problem.ts";
import { warmUp } from "./warm-up.ts";

/** What the planner asks of its worker thread, and what comes back. */
export type PlanRequest = Readonly<{ requestId: number; problem: RichProblem; options: PlanOptions }>;
export type PlanAnswer =
  | Readonly<{ kind: "ready" }>
  | Readonly<{ kind: "planned"; plan: RichPlan }>
  | Readonly<{ kind: "incorrect"; detail: string }>;

const port = parentPort;
if (port) {
  const solver = await loadHighsSolver();
  warmUp(solver);
  const answer = (message: PlanAnswer): void => port.postMessage(message);
  port.on("message", ({ problem, options }: PlanRequest) => {
    try {
      answer({ kind: "planned", plan: planOnce(solver, problem, options) });
    } catch (error) {
      // A solver that threw is not used again: ending the thread makes the planner start a fresh one.
      if (!(error instanceof HyperVoltError)) throw error;
      answer({ kind: "incorrect", detail: error.detail });
    }
  });
  answer({ kind: "ready" });
}
