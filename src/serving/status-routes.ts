import { z } from "zod";
import type { UserRole } from "./access.ts";
import { AlertAnswer, AuditAnswer, HealthAnswer } from "./answer-schemas.ts";
import { healthDto } from "./present.ts";
import { AuditQuery, PageQuery } from "./request-schemas.ts";
import { pageOf, Reply, route, sliceOf, type Route } from "./route.ts";

/**
 * /live, /ready, /health, /api/me, /api/alerts, /api/audit-log
 * @param readyRole behind ingress nobody may see more than /live without being known
 */
export const statusRoutes = (readyRole: UserRole): Route[] => [
  route({
    method: "get",
    path: "/live",
    role: "guest",
    summary: "The process is up",
    answer: z.object({ status: z.literal("live") }),
    handle: () => ({ status: "live" }),
  }),
  route({
    method: "get",
    path: "/ready",
    role: readyRole,
    summary: "Able to serve",
    answer: z.object({ status: z.literal("ready") }),
    errors: ["NOT_READY"],
    handle: (_, { views }) =>
      views.status.ready()
        ? { status: "ready" }
        : new Reply(503, { code: "NOT_READY", detail: "Starting; /health says what is missing" }),
  }),
  route({
    method: "get",
    path: "/health",
    role: "viewer",
    summary: "Everything HyperVolt depends on: state, since when, and what to do",
    answer: HealthAnswer,
    handle: (_, { views, version }) => healthDto(views.status.dependencies(), version),
  }),
  route({
    method: "get",
    path: "/api/me",
    role: "viewer",
    summary: "Who asks, and what they may do",
    answer: z.object({ user: z.string().nullable(), role: z.string() }),
    handle: ({ caller }) => ({ user: caller.user, role: caller.role }),
  }),
  route({
    method: "get",
    path: "/api/alerts",
    role: "viewer",
    summary: "What needs a person, worst first",
    query: PageQuery,
    answer: AlertAnswer,
    paged: true,
    handle: async ({ query }, { views }) => pageOf(await views.status.alerts(), query),
  }),
  route({
    method: "get",
    path: "/api/audit-log",
    role: "admin",
    summary: "Every write and every refusal",
    query: AuditQuery,
    answer: AuditAnswer,
    paged: true,
    handle: ({ query }, { audit }) => {
      const { search, from: fromMs, to: toMs } = query;
      return audit.list({ search, fromMs, toMs }, sliceOf(query));
    },
  }),
];
