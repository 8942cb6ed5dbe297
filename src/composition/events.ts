import type { Decision } from "../domain/decision.ts";
import type { AlertDto } from "../serving/messages.ts";
import type { PlanInForce } from "./planning-cycle.ts";

/** What one room tells and others hear. */
export type HomeEvent =
  | Readonly<{ kind: "plan"; inForce: PlanInForce }>
  | Readonly<{ kind: "decision"; decision: Decision }>
  | Readonly<{ kind: "alerts"; alerts: AlertDto[] }>
  | Readonly<{ kind: "ledger" | "preferences" | "flows" | "prices" }>;

export type HomeEvents = Readonly<{
  tell: (event: HomeEvent) => void;
  hear: (run: (event: HomeEvent) => void) => { stop: () => void };
}>;

export function homeEvents(): HomeEvents {
  const listeners = new Set<(event: HomeEvent) => void>();
  return {
    tell: (event) => listeners.forEach((run) => run(event)),
    hear(run) {
      listeners.add(run);
      return { stop: () => void listeners.delete(run) };
    },
  };
}
