import { DecisionAnswer } from "./answer-schemas.ts";
import type { DecisionDto } from "./messages.ts";
import { decisionDto } from "./present.ts";
import { DecisionsQuery, PostedDecision } from "./request-schemas.ts";
import { RequestRefused } from "./request-refused.ts";
import { route, sliceOf, type Route } from "./route.ts";
import type { RecordedDecision } from "./views.ts";

/** With what was known when it was decided, the alternative and the outcome. */
const wholeDecision = (recorded: RecordedDecision): DecisionDto => ({
  ...decisionDto(recorded),
  inputs: { ...recorded.decision.inputs },
  outcome: recorded.outcome === undefined ? null : { ...recorded.outcome },
});

/** /api/ai-decisions */
export const decisionRoutes = (): Route[] => [
  route({
    method: "get",
    path: "/api/ai-decisions",
    role: "viewer",
    summary: "What HyperVolt decided, newest first",
    query: DecisionsQuery,
    answer: DecisionAnswer,
    paged: true,
    handle: async ({ query }, { views }) => {
      const { device, action, status, search, from: fromMs, to: toMs } = query;
      const filter = { device, action, status, search, fromMs, toMs };
      const { count, results } = await views.decisions.decisions(filter, sliceOf(query));
      return { count, results: results.map(decisionDto) };
    },
  }),
  route({
    method: "post",
    path: "/api/ai-decisions",
    role: "operator",
    summary: "Record a decision that was made elsewhere; nothing is switched",
    body: PostedDecision,
    answer: DecisionAnswer,
    status: 201,
    handle: async ({ body }, { views, clock }) =>
      wholeDecision(
        await views.decisions.record({
          deviceId: body.device,
          entityId: body.entity_id ?? null,
          action:
            body.action === "set_brightness"
              ? { kind: "set_brightness", level: body.value ?? 0 }
              : { kind: body.action },
          reason: body.reason,
          alternative: body.alternative ?? null,
          inputs: body.inputs ?? {},
          status: body.status,
          atMs: body.timestamp ?? clock.nowMs(),
        }),
      ),
  }),
  route({
    method: "get",
    path: "/api/ai-decisions/{id}",
    role: "viewer",
    summary: "One decision with its inputs, the alternative and the outcome",
    answer: DecisionAnswer,
    handle: async ({ params }, { views }) => {
      const decision = await views.decisions.decision(params["id"] ?? "");
      if (decision === null) throw new RequestRefused("NOT_FOUND", "There is no such decision");
      return wholeDecision(decision);
    },
  }),
];
