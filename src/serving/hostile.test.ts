import net from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { serve, TOKEN, type Served } from "../../tests/harness/serving-house.ts";
import { Preferences } from "./request-schemas.ts";

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.stop());

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
const runs = Number(process.env["HYPERVOLT_FUZZ_RUNS"] ?? 300);

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

it("answers any JSON body with an answer or a refusal in the error's shape, and pollutes no prototype", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...WRITES), body, async ([method, at], value) => {
      const answer = await served.ask(at, { method, json: value });
      const told = (await answer.json()) as Record<string, unknown>;
      expect(OK_OR_REFUSED, `${answer.status} for ${method} ${at} ${JSON.stringify(value)}`).toContain(answer.status);
      if (answer.status >= 400) expect(told).toMatchObject({ code: expect.any(String), detail: expect.any(String) });
      expect(({} as Record<string, unknown>)["polluted"] ?? Object.keys(Object.prototype).length).toBe(0);
      expect(Preferences.safeParse(served.house.preferencesNow).error).toBeUndefined();
    }),
    { numRuns: runs, seed: 20260126 },
  );
  expect(served.log.lines.filter(({ level }) => level === "error")).toEqual([]);
});

it("answers any query without an error of its own", async () => {
  const paths = [
    "/api/sensor-readings",
    "/api/sensor-readings/series",
    "/api/sensor-readings/recent",
    "/api/sensors",
    "/api/ai-decisions",
    "/api/grid-data",
    "/api/home/history",
    "/api/audit-log",
  ];
  const names = fc.constantFrom(
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
  const values = fc.oneof(
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
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.array(fc.tuple(names, values), { maxLength: 5 }),
      async (at, query) => {
        const { status } = await served.ask(`${at}?${new URLSearchParams(query).toString()}`);
        expect([200, 400, 404], `${at} ${JSON.stringify(query)}`).toContain(status);
      },
    ),
    { numRuns: runs, seed: 20260126 },
  );
});

it.each(["__proto__", "constructor", "toString"])(
  "keeps a user called %s from becoming more than a text",
  async (user) => {
    const answer = await served.ask("/api/preferences", {
      method: "PUT",
      body: `{"roles":{"${user}":"admin"}}`,
      headers: { "content-type": "application/json" },
    });
    expect([200, 400]).toContain(answer.status);
    expect(Object.getPrototypeOf(served.house.preferencesNow.roles)).toBe(Object.prototype);
  },
);

/** Sends bytes as they are and gives what comes back until the server ends the connection. */
const speak = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = "";
    const socket = net.connect(served.server.port, "127.0.0.1", () => socket.write(text));
    socket
      .on("data", (data) => (said += data.toString()))
      .on("end", () => resolve(said))
      .on("error", reject);
  });

it("survives broken HTTP and goes on answering", async () => {
  const head = `Host: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nConnection: close\r\n`;
  expect(await speak("NONSENSE\r\n\r\n")).toContain("400 Bad Request");
  expect(await speak(`GET //[ HTTP/1.1\r\n${head}\r\n`)).toMatch(/^HTTP\/1\.1 4/);
  expect(await speak(`POST /api/sensor-readings HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)).toMatch(
    /^HTTP\/1\.1 400/,
  );
  const chunk = "x".repeat(65_536);
  const long = `POST /api/sensor-readings HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n${`10000\r\n${chunk}\r\n`.repeat(20)}0\r\n\r\n`;
  expect(await speak(long)).toMatch(/^HTTP\/1\.1 413/);
  expect(
    await speak(
      `GET /ws/sensors HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    ),
  ).toMatch(/^HTTP\/1\.1 4/);
  expect((await served.ask("/api/me")).status).toBe(200);
});

it("refuses a compressed body instead of unpacking it", async () => {
  const { status } = await served.ask("/api/sensor-readings", {
    method: "POST",
    body: "x",
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
  });
  expect(status).toBe(400);
});
