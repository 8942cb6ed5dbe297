import type { AlertDto } from "../../../src/serving/messages.ts";
import type { StateObj } from "../types/ha.ts";

type Matter = Pick<AlertDto, "kind" | "values">;

/** The problem entity's attributes as alerts: `reasons` in English, and beside each in `alerts` what it is about. */
export function alertsOf(state: StateObj | undefined): AlertDto[] {
  const { reasons, alerts } = state?.attributes ?? {};
  if (!state || state.state !== "on" || !Array.isArray(reasons)) return [];
  return reasons.map((reason, i) => ({
    ...matterOf(Array.isArray(alerts) ? alerts[i] : null),
    id: `problem-${i}`,
    since: state.last_changed,
    severity: "problem",
    title: String(reason),
    detail: "",
    todo: null,
  }));
}

/** Nothing where an older HyperVolt tells the reasons alone, or something else than values is told. */
function matterOf(said: unknown): Matter {
  const { kind, values } = (said ?? {}) as { kind?: unknown; values?: unknown };
  return typeof kind === "string" && isValues(values) ? { kind, values } : {};
}

const isValues = (values: unknown): values is NonNullable<Matter["values"]> =>
  typeof values === "object" &&
  values !== null &&
  Object.values(values).every((value) => typeof value === "string" || typeof value === "number");
