import assert from "node:assert/strict";
import fc from "fast-check";
import { Preferences } from "../../src/serving/request-schemas.ts";
import { serve } from "../harness/serving-house.ts";
import type { FuzzRun } from "./fuzz-run.ts";

const WRITES = [
  ["POST", "/api/sensor-readings"],
  ["PATCH", "/api/sensors"],
  ["PATCH", "/api/sensors/x"],
  ["PUT", "/api/preferences"],
  ["POST", "/api/ai-decisions"],
  ["PATCH", "/api/energy-sources"],
  ["POST", "/api/plan/replan"],
  ["POST", "/api/devices/lamp/override"],
] as const;
const OK_OR_REFUSED = new Set([200, 201, 400, 404, 409, 503]);

/** Values near what is expected are likelier to get past the first check than noise is. */
const field = fc.constantFrom(
  "sensor_id",
  "sensor_type",
  "value",
  "unit",
  "location",
  "timestamp",
  "name",
  "role",
  "calibration",
  "scale",
  "zero",
  "mode",
  "roles",
  "quiet_hours",
  "from",
  "to",
  "allowed_entities",
  "action",
  "device",
  "reason",
  "inputs",
  "id",
  "status",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "",
);
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    "ldr",
    "ldr_1",
    "2026-01-26T07:00:00Z",
    "9999-12-31T23:59:59Z",
    "turn_on",
    "set_brightness",
    "auto",
    "22:00",
    -0,
    1e308,
    null,
    true,
  ),
  fc.double(),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const body = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.dictionary(field, tie("any"), { maxKeys: 8, noNullPrototype: true }),
    fc.array(tie("any"), { maxLength: 4 }),
  ),
})).any;

const PATHS = [
  "/api/sensor-readings",
  "/api/sensor-readings/series",
  "/api/sensor-readings/recent",
  "/api/sensors",
  "/api/ai-decisions",
  "/api/grid-data",
  "/api/home/history",
  "/api/audit-log",
];
const parameter = fc.constantFrom(
  "page",
  "page_size",
  "ordering",
  "sensor_id",
  "sensor_type",
  "from",
  "to",
  "step",
  "minutes",
  "hours",
  "device",
  "kind",
  "__proto__",
);
const parameterValue = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(
    "1",
    "-1",
    "1e9",
    "NaN",
    "0x10",
    "2026-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "-timestamp",
    "1s",
    "ldr",
    "%",
    "",
  ),
  fc.integer().map(String),
);

/** No more lines than this for a thousand hostile requests: a log is for people. */
const LINES_PER_THOUSAND = 20;

type Documented = Readonly<{
  paths: Readonly<Record<string, Readonly<Record<string, { responses: Readonly<Record<string, unknown>> }>>>>;
}>;

/** A server that is asked, with all it keeps in memory as it goes. */
export async function openRest(): Promise<Readonly<{ bodies: FuzzRun; queries: FuzzRun; close: () => Promise<void> }>> {
  const served = await serve();
  const { paths } = (await (await served.ask("/api/openapi.json")).json()) as Documented;
  /** What the OpenAPI document says may be answered. */
  const isDocumented = (method: string, at: string, status: number): boolean => {
    const named = at.replace(/^(\/api\/(?:sensors|devices))\/[^/]+/, "$1/{id}");
    return paths[named]?.[method.toLowerCase()]?.responses[String(status)] !== undefined;
  };
  const quietly = async (cases: number, run: () => Promise<void>): Promise<void> => {
    const before = served.log.lines.length;
    await run();
    const told = served.log.lines.splice(0);
    assert.deepEqual(
      told.filter(({ level }) => level === "error"),
      [],
    );
    assert.ok(told.length - before <= 20 + (cases / 1_000) * LINES_PER_THOUSAND, `${told.length} lines in the log`);
  };
  /** Any JSON body is answered, or refused in the error's shape; prototypes and preferences stay sound. */
  const bodies: FuzzRun = (numRuns, seed) =>
    quietly(numRuns, () =>
      fc.assert(
        fc.asyncProperty(fc.constantFrom(...WRITES), body, async ([method, at], value) => {
          const answer = await served.ask(at, { method, json: value });
          const told = (await answer.json()) as Record<string, unknown>;
          assert.ok(OK_OR_REFUSED.has(answer.status), `${answer.status} for ${method} ${at} ${JSON.stringify(value)}`);
          assert.ok(isDocumented(method, at, answer.status), `${answer.status} of ${method} ${at} is not documented`);
          if (answer.status >= 400)
            assert.ok(typeof told["code"] === "string" && typeof told["detail"] === "string", JSON.stringify(told));
          assert.equal(Object.keys(Object.prototype).length, 0);
          assert.equal(Preferences.safeParse(served.house.preferencesNow).error, undefined);
        }),
        { numRuns, seed },
      ),
    );
  /** Any query is answered without an error of its own. */
  const queries: FuzzRun = (numRuns, seed) =>
    quietly(numRuns, () =>
      fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...PATHS),
          fc.array(fc.tuple(parameter, parameterValue), { maxLength: 5 }),
          async (at, query) => {
            const answer = await served.ask(`${at}?${new URLSearchParams(query).toString()}`);
            await answer.arrayBuffer();
            assert.ok([200, 400, 404].includes(answer.status), `${answer.status}: ${at} ${JSON.stringify(query)}`);
            assert.ok(isDocumented("get", at, answer.status), `${answer.status} of ${at} is not documented`);
          },
        ),
        { numRuns, seed },
      ),
    );
  return { bodies, queries, close: () => served.stop() };
}
