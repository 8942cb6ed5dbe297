import { z } from "zod";
import { isoUtc } from "../domain/civil-time.ts";
import { HyperVoltError } from "../domain/errors.ts";
import { instantOf } from "../domain/iso-instant.ts";
import type { PlanProblem } from "../domain/plan-problem.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { completePrices } from "./fill-gaps.ts";
import type { RichProblem } from "./rich-problem.ts";

/** One thing that is wrong with a problem: where, as a JSON path from `$`, and what. */
export type ProblemIssue = Readonly<{ path: string; message: string }>;

export type ParsedProblem =
  Readonly<{ kind: "valid"; problem: RichProblem }> | Readonly<{ kind: "invalid"; issues: readonly ProblemIssue[] }>;

const NOTES = new Set(["source", "optimum", "published"]);

const watts = z.number().min(0);
const share = z.number().min(0).max(1);
const efficiency = z.number().gt(0).max(1);
const id = z.string().min(1);
const stepIndex = z.int().min(0);
const numbers = z.array(z.number());

const BatterySchema = z.strictObject({
  id,
  capacityWh: z.number().gt(0),
  initialSoc: share,
  minSoc: share.optional(),
  maxSoc: share.optional(),
  maxChargeW: watts,
  maxDischargeW: watts,
  minChargeW: watts.optional(),
  chargeEfficiency: efficiency,
  dischargeEfficiency: efficiency,
  wearPerKwh: z.number().min(0).optional(),
  mayExport: z.boolean().optional(),
  mayChargeFromGrid: z.boolean().optional(),
  finalMinSoc: share.optional(),
  finalValuePerKwh: z.number().optional(),
});

const LoadSchema = z.strictObject({
  id,
  powerW: watts.optional(),
  steps: z.int().min(0).optional(),
  profileW: z.array(watts).min(1).optional(),
  earliestStep: stepIndex.optional(),
  latestStep: stepIndex.optional(),
  contiguous: z.boolean().optional(),
});

const NO_INSTANT = "expected an ISO-8601 instant such as 2026-03-28T23:00:00Z";

const ProblemSchema = z.strictObject({
  kind: z.literal("hypervolt/plan-problem/v1"),
  id: z.string(),
  timezone: z.string().refine(isTimeZone, { error: "expected an IANA time zone such as Europe/Paris" }),
  currency: z.string(),
  start: z
    .string({ error: NO_INSTANT })
    .refine((text) => Number.isFinite(instantOf(text)), { error: NO_INSTANT })
    .transform((text) => isoUtc(instantOf(text))),
  stepMinutes: z.union([z.number().gt(0), z.array(z.number().gt(0))]),
  series: z.strictObject({
    loadW: numbers.min(1),
    pvW: z.array(z.number().min(0)).optional(),
    importPricePerKwh: numbers.optional(),
    exportPricePerKwh: numbers.optional(),
    carbonGPerKwh: numbers.optional(),
  }),
  objective: z.strictObject({ carbonPricePerKg: z.number().optional() }).optional(),
  grid: z.strictObject({ maxImportW: watts.nullish(), maxExportW: watts.nullish() }).optional(),
  pv: z.strictObject({ curtailable: z.boolean().optional() }).optional(),
  inverter: z.strictObject({ maxAcW: watts }).optional(),
  batteries: z.array(BatterySchema).optional(),
  loads: z.array(LoadSchema).optional(),
});

/**
 * Reads a planning problem (contract plan.md); every fault is found at once. Fields `x-…` and the notes are dropped;
 * prices that end before the plan does are filled, and noted.
 */
export function parseProblem(raw: unknown): ParsedProblem {
  const plain = withoutNotes(raw);
  const parsed = ProblemSchema.safeParse(plain);
  const issues = [...(parsed.success ? [] : parsed.error.issues.flatMap(issuesOf)), ...crossIssues(plain)];
  if (issues.length > 0 || !parsed.success) return { kind: "invalid", issues };
  const { importPricePerKwh = parsed.data.series.loadW.map(() => 0) } = parsed.data.series;
  const series = { ...parsed.data.series, importPricePerKwh };
  return { kind: "valid", problem: completePrices({ ...parsed.data, series } as unknown as PlanProblem) };
}

/** @throws HyperVoltError PROBLEM_INVALID, one line per fault: `$.batteries[0].capacityWh: …` */
export function parseProblemOrThrow(raw: unknown): RichProblem {
  const parsed = parseProblem(raw);
  if (parsed.kind === "valid") return parsed.problem;
  throw new HyperVoltError("PROBLEM_INVALID", parsed.issues.map((it) => `${it.path}: ${it.message}`).join("\n"));
}

type ZodIssue = z.core.$ZodIssue;

function issuesOf(issue: ZodIssue): ProblemIssue[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: jsonPath([...path, key]), message: "is not a field of this contract" }));
  if (issue.code === "invalid_union") {
    const branches = issue.errors.flat().filter((it) => it.path.length > 0);
    if (branches.length > 0)
      return branches.flatMap((it) => issuesOf({ ...it, path: [...path, ...it.path] } as ZodIssue));
    return [{ path: jsonPath(path), message: "expected one number above 0, or one per step" }];
  }
  return [{ path: jsonPath(path), message: issue.message }];
}

function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === "number"
        ? `${text}[${key}]`
        : /^[A-Za-z_]\w*$/.test(String(key))
          ? `${text}.${String(key)}`
          : `${text}[${JSON.stringify(String(key))}]`,
    "$",
  );
}

/** What concerns several fields; looks at whatever is there, so that it also runs when a field is malformed. */
function crossIssues(raw: unknown): ProblemIssue[] {
  const issues: ProblemIssue[] = [];
  if (!isRecord(raw)) return issues;
  const series = isRecord(raw["series"]) ? raw["series"] : {};
  const stepCount = Array.isArray(series["loadW"]) ? series["loadW"].length : undefined;
  const expectLength = (path: string, value: unknown): void => {
    if (stepCount === undefined || !Array.isArray(value) || value.length === stepCount) return;
    issues.push({ path, message: `has ${value.length} values for ${stepCount} steps (the length of $.series.loadW)` });
  };
  for (const name of ["pvW", "carbonGPerKwh"]) expectLength(`$.series.${name}`, series[name]);
  for (const name of ["importPricePerKwh", "exportPricePerKwh"]) {
    const prices = series[name];
    // Prices may end before the plan does (fill-gaps.ts); none at all is a fault.
    const endsEarly = Array.isArray(prices) && prices.length > 0 && prices.length < (stepCount ?? 0);
    if (!endsEarly) expectLength(`$.series.${name}`, prices);
  }
  expectLength("$.stepMinutes", raw["stepMinutes"]);
  if (endMs(raw, stepCount ?? 0) > CALENDAR_END_MS)
    issues.push({ path: "$.stepMinutes", message: "the plan would end after the year 9999" });
  const batteries = recordsOf(raw["batteries"]);
  const loads = recordsOf(raw["loads"]);
  issues.push(...repeatedIds("batteries", batteries), ...repeatedIds("loads", loads));
  for (const [i, { minSoc, maxSoc }] of batteries) {
    if (Number(minSoc ?? 0) > Number(maxSoc ?? 1))
      issues.push({ path: `$.batteries[${i}].minSoc`, message: "is above maxSoc" });
  }
  for (const [i, load] of loads) {
    const path = `$.loads[${i}]`;
    if (load["profileW"] === undefined) {
      for (const key of ["powerW", "steps"] as const)
        if (load[key] === undefined)
          issues.push({ path: `${path}.${key}`, message: "is missing (powerW and steps, or profileW)" });
    } else {
      for (const key of ["powerW", "steps"] as const)
        if (load[key] !== undefined)
          issues.push({ path: `${path}.${key}`, message: "does not go together with profileW" });
      if (load["contiguous"] === false)
        issues.push({ path: `${path}.contiguous`, message: "a load with profileW is always contiguous" });
    }
  }
  return issues;
}

/** Instants are written with four digits for the year. */
const CALENDAR_END_MS = Date.UTC(10_000, 0, 1);

/** End of the last step, UTC epoch ms; NaN where the fields it follows from are malformed. */
function endMs({ start, stepMinutes }: Record<string, unknown>, stepCount: number): number {
  const minutes = Array.isArray(stepMinutes)
    ? stepMinutes.reduce<number>((sum, length) => sum + Number(length), 0)
    : Number(stepMinutes) * stepCount;
  return instantOf(String(start)) + minutes * MS_PER_MINUTE;
}

function repeatedIds(list: string, items: readonly (readonly [number, Record<string, unknown>])[]): ProblemIssue[] {
  const seen = new Set<unknown>();
  return items.flatMap(([i, { id: name }]) => {
    const repeated = name !== undefined && seen.has(name);
    seen.add(name);
    return repeated ? [{ path: `$.${list}[${i}].id`, message: `${JSON.stringify(name)} occurs twice` }] : [];
  });
}

function recordsOf(value: unknown): (readonly [number, Record<string, unknown>])[] {
  if (!Array.isArray(value)) return [];
  return value.map((item, i) => [i, isRecord(item) ? item : {}] as const);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function withoutNotes(raw: unknown): unknown {
  if (!isRecord(raw)) return raw;
  const plain = withoutExtensions(raw) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(plain).filter(([key]) => !NOTES.has(key)));
}

function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (isRecord(item) ? withoutExtensions(item) : item));
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !key.startsWith("x-"));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutExtensions(item)]));
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
