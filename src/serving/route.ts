import type { z } from "zod";
import type { Clock } from "../domain/clock.ts";
import type { ErrorCode } from "../domain/errors.ts";
import type { Caller, UserRole } from "./access.ts";
import type { AuditLog } from "./audit-log.ts";
import type { Metrics } from "./metrics.ts";
import type { PageRequest, Views } from "./views.ts";

/** What every handler may use. */
export type Surroundings = Readonly<{
  views: Views;
  clock: Clock;
  metrics: Metrics;
  audit: AuditLog;
  version: string;
}>;

/** A validated request. */
export type Call<Q, B> = Readonly<{
  params: Readonly<Record<string, string>>;
  query: Q;
  body: B;
  caller: Caller;
}>;

/** An answer that is not plain JSON: text as it is produced, at the pace of the client. */
export class Streamed {
  readonly contentType: string;
  readonly fileName: string | null;
  readonly chunks: AsyncIterable<string> | Iterable<string>;
  constructor(contentType: string, fileName: string | null, chunks: AsyncIterable<string> | Iterable<string>) {
    this.contentType = contentType;
    this.fileName = fileName;
    this.chunks = chunks;
  }
}

/** An answer with a status of its own. */
export class Reply {
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, body: unknown) {
    this.status = status;
    this.body = body;
  }
}

export type Method = "get" | "post" | "put" | "patch" | "delete";

type Spec<Q extends z.ZodType, B extends z.ZodType> = Readonly<{
  method: Method;
  /** As in the OpenAPI document: `/api/sensors/{id}`. */
  path: string;
  /** The least role. */
  role: UserRole;
  /** A role that depends on what is asked. */
  roleFor?: (body: z.output<B>) => UserRole;
  summary: string;
  query?: Q;
  body?: B;
  /** Schema of the answer; of one result where `paged`. */
  answer?: z.ZodType;
  /** Answered with `{count, next, previous, results}`. */
  paged?: boolean;
  /** Fields of a paged answer beside the page. */
  beside?: z.ZodObject;
  /** Answered with a file of one of these media types. */
  files?: readonly string[];
  status?: number;
  /** What can go wrong besides 400, 401, 403, 404 for a name in the path, 413, 429, and 503 without the history. */
  errors?: readonly ErrorCode[];
  handle: (call: Call<z.output<Q>, z.output<B>>, around: Surroundings) => unknown;
}>;

/** A route whose query and body types have been checked against its schemas and forgotten. */
export type Route = Readonly<{
  method: Method;
  path: string;
  role: UserRole;
  roleFor: ((body: unknown) => UserRole) | undefined;
  summary: string;
  query: z.ZodType | undefined;
  body: z.ZodType | undefined;
  answer: z.ZodType | undefined;
  paged: boolean;
  beside: z.ZodObject | undefined;
  files: readonly string[];
  status: number;
  errors: readonly ErrorCode[];
  handle: (call: Call<unknown, unknown>, around: Surroundings) => Promise<unknown>;
}>;

/** One route: validated by `query` and `body`, documented by them, answered by `handle`. */
export function route<Q extends z.ZodType = z.ZodType<undefined>, B extends z.ZodType = z.ZodType<undefined>>(
  spec: Spec<Q, B>,
): Route {
  const { roleFor, handle } = spec;
  return {
    method: spec.method,
    path: spec.path,
    role: spec.role,
    roleFor: roleFor && ((body) => roleFor(body as z.output<B>)),
    summary: spec.summary,
    query: spec.query,
    body: spec.body,
    answer: spec.answer,
    paged: spec.paged ?? false,
    beside: spec.beside,
    files: spec.files ?? [],
    status: spec.status ?? 200,
    errors: spec.errors ?? [],
    handle: async (call, around) => handle(call as Call<z.output<Q>, z.output<B>>, around),
  };
}

/** The piece of a list that a paged query asks for. */
export function sliceOf(query: Readonly<{ page: number; page_size: number; ordering?: string }>): PageRequest {
  return {
    order: query.ordering === undefined || query.ordering.startsWith("-") ? "newest" : "oldest",
    offset: (query.page - 1) * query.page_size,
    limit: query.page_size,
  };
}

/** A page of a list that is in memory as a whole. */
export function pageOf<T>(
  all: readonly T[],
  query: Readonly<{ page: number; page_size: number }>,
): { count: number; results: readonly T[] } {
  const offset = (query.page - 1) * query.page_size;
  return { count: all.length, results: all.slice(offset, offset + query.page_size) };
}

/** The same object without the fields that are undefined. */
export function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
