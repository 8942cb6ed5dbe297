import type { z } from "zod";
import { HyperVoltError, type ErrorCode } from "../domain/errors.ts";
import type { ErrorDto } from "./messages.ts";

/** A request that is refused; `fields` names each wrong field by its path. */
export class RequestRefused extends HyperVoltError {
  readonly fields: Readonly<Record<string, string>> | undefined;
  constructor(code: ErrorCode, detail: string, fields?: Readonly<Record<string, string>>) {
    super(code, detail);
    this.fields = fields;
  }
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  REQUEST_INVALID: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  BODY_TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
  NOT_READY: 503,
  HISTORY_UNAVAILABLE: 503,
  HOT_WINDOW_UNAVAILABLE: 503,
  BROKER_UNAVAILABLE: 503,
  HOME_ASSISTANT_UNAVAILABLE: 503,
  HOME_ASSISTANT_REFUSED: 503,
  SOURCE_UNAVAILABLE: 503,
  WORKER_FAILED: 503,
  SOLVER_FAILED: 503,
};

/** The status an error is answered with; 500 for what is a bug. */
export const statusOf = (code: ErrorCode): number => STATUS[code] ?? 500;

/** What the client is told of an error: nothing of the inside where it is a bug. */
export function errorAnswer(error: unknown): { status: number; body: ErrorDto } {
  if (!(error instanceof HyperVoltError))
    return { status: 500, body: { code: "INTERNAL", detail: "Something went wrong; the log says what." } };
  const fields = error instanceof RequestRefused ? error.fields : undefined;
  return {
    status: statusOf(error.code),
    body: { code: error.code, detail: error.detail, ...(fields && { fields: { ...fields } }) },
  };
}

/** Parses a query or a body. @throws RequestRefused REQUEST_INVALID with every wrong field */
export function parseRequest<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields: [string, string][] = [];
  const say = (issue: z.core.$ZodIssue, before: readonly PropertyKey[]): void => {
    const path = [...before, ...issue.path].map(String).join(".");
    if (issue.code === "unrecognized_keys")
      for (const key of issue.keys) fields.push([path === "" ? key : `${path}.${key}`, "is not known here"]);
    else if (issue.code === "invalid_union" && issue.errors.length > 0)
      for (const inner of nearest(issue.errors)) say(inner, [...before, ...issue.path]);
    else fields.push([path === "" ? "body" : path, issue.message]);
  };
  for (const issue of parsed.error.issues) say(issue, []);
  const told = Object.fromEntries(fields.slice(0, MOST_FIELDS));
  throw new RequestRefused("REQUEST_INVALID", `Wrong: ${Object.keys(told).join(", ")}`, told);
}

const MOST_FIELDS = 50;

/** Of the alternatives of a union, the one the value came closest to. */
const nearest = (alternatives: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] =>
  alternatives.toSorted((a, b) => Number(otherKind(a)) - Number(otherKind(b)) || depth(b) - depth(a))[0] ?? [];
/** The value is not even what is described: a list where an object is expected. */
const otherKind = (issues: readonly z.core.$ZodIssue[]): boolean =>
  issues.some(({ code, path }) => code === "invalid_type" && path.length === 0);
const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map(({ path }) => path.length));
