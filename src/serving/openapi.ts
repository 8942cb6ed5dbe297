import { z } from "zod";
import type { ErrorCode } from "../domain/errors.ts";
import { ErrorBody, pageAnswer } from "./answer-schemas.ts";
import { statusOf } from "./request-refused.ts";
import type { Route } from "./route.ts";

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of these routes, from the schemas that validate their requests. */
export function openApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route);
  return {
    openapi: "3.1.0",
    info: {
      title: "HyperVolt",
      version,
      description:
        "Energy orchestrator for Home Assistant. Lists are paged; a trailing slash makes no difference; errors say a code and, for wrong fields, each by its path. Live messages: WebSocket at /ws/sensors.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "." }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: { Error: jsonSchema(ErrorBody, "output") },
    },
  };
}

function operation(route: Route): Json {
  const codes: ErrorCode[] = ["REQUEST_INVALID", "FORBIDDEN", "TOO_MANY_REQUESTS", ...route.errors];
  if (route.role !== "guest") codes.push("UNAUTHENTICATED", "HISTORY_UNAVAILABLE");
  if (route.path.includes("{")) codes.push("NOT_FOUND");
  if (route.body) codes.push("BODY_TOO_LARGE");
  const refused = [...new Set(codes)];
  const statuses = [...new Set(refused.map(statusOf))].toSorted((a, b) => a - b);
  const errors = statuses.map((status) => [
    String(status),
    {
      description: refused.filter((code) => statusOf(code) === status).join(", "),
      content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
    },
  ]);
  return {
    operationId: `${route.method}${route.path.replaceAll(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase())}`,
    summary: route.summary,
    description: route.role === "guest" ? "Needs nothing." : `Needs the role ${route.role}.`,
    ...(route.role === "guest" && { security: [] }),
    parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
    ...(route.body && {
      requestBody: {
        required: !route.body.safeParse(undefined).success,
        content: { "application/json": { schema: jsonSchema(route.body, "input") } },
      },
    }),
    responses: { [String(route.status)]: answer(route), ...Object.fromEntries(errors) },
  };
}

function answer(route: Route): Json {
  const { status, files } = route;
  if (status === 204) return { description: "Done" };
  if (files.length > 0)
    return {
      description: "Done, as a file",
      content: Object.fromEntries(files.map((type) => [type, { schema: { type: "string" } }])),
    };
  return { description: "Done", content: { "application/json": { schema: jsonSchema(wholeAnswer(route), "output") } } };
}

function wholeAnswer({ answer: one = z.unknown(), paged, beside }: Route): z.ZodType {
  if (!paged) return one;
  return beside === undefined ? pageAnswer(one) : beside.extend(pageAnswer(one).shape);
}

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(query, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return json;
}
