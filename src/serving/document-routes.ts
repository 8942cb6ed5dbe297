import { z } from "zod";
import { route, Streamed, type Route } from "./route.ts";

const OpenApiAnswer = z.looseObject({
  openapi: z.literal("3.1.0"),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.looseObject({})),
});

/**
 * /api/openapi.json, /metrics
 * @param document the OpenAPI document, asked for when it is asked for
 * @param metricsOpen `/metrics` asks for nothing
 */
export const documentRoutes = (document: () => unknown, metricsOpen: boolean): Route[] => [
  route({
    method: "get",
    path: "/api/openapi.json",
    role: "viewer",
    summary: "This document",
    answer: OpenApiAnswer,
    handle: document,
  }),
  route({
    method: "get",
    path: "/metrics",
    role: metricsOpen ? "guest" : "viewer",
    summary: "Figures for operators, as Prometheus text",
    files: ["text/plain"],
    handle: (_, { metrics }) => new Streamed("text/plain; version=0.0.4; charset=utf-8", null, [metrics.text()]),
  }),
];
