import { ForecastAnswer, LedgerAnswer, PlanAnswer } from "./plan-answers.ts";
import { forecastDto } from "./present.ts";
import { EmptyBody, PageQuery } from "./request-schemas.ts";
import { pageOf, Reply, route, type Route } from "./route.ts";
import type { PlanOutcomeDto } from "./messages.ts";

/** 200 with the plan; 503 while an input is missing. */
const told = (outcome: PlanOutcomeDto): PlanOutcomeDto | Reply =>
  outcome.kind === "waiting"
    ? new Reply(503, { code: "NOT_READY", detail: `No plan yet: waiting for ${outcome.missing}` })
    : outcome;

/** /api/forecasts, /api/plan, /api/ledger */
export const planRoutes = (): Route[] => [
  route({
    method: "get",
    path: "/api/forecasts",
    role: "viewer",
    summary: "The forecasts in force, one for each signal",
    query: PageQuery,
    answer: ForecastAnswer,
    paged: true,
    handle: async ({ query }, { views }) => {
      const { count, results } = pageOf(await views.plan.forecasts(), query);
      return { count, results: results.map(forecastDto) };
    },
  }),
  route({
    method: "get",
    path: "/api/plan",
    role: "viewer",
    summary: "The plan in force",
    answer: PlanAnswer,
    errors: ["NOT_READY"],
    handle: async (_, { views }) => told(await views.plan.outcome()),
  }),
  route({
    method: "post",
    path: "/api/plan/replan",
    role: "operator",
    summary: "Plan anew, now",
    body: EmptyBody,
    answer: PlanAnswer,
    errors: ["NOT_READY"],
    handle: async ({ caller }, { views }) => told(await views.plan.replan(caller.user ?? "unknown")),
  }),
  route({
    method: "get",
    path: "/api/ledger",
    role: "viewer",
    summary: "Cost and carbon, and what they would have been without HyperVolt",
    answer: LedgerAnswer,
    handle: (_, { views }) => views.plan.ledger(),
  }),
];
