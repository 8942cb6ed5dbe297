import http from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { DocumentedAnswers, type OpenApiDocument } from "../../tests/harness/documented-answers.ts";
import { serve, type Served } from "../../tests/harness/serving-house.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { Access } from "./access.ts";
import type { ServerParts } from "./server.ts";

type Ask = Readonly<{ at?: string; json?: unknown; before?: (served: Served) => void }>;

const reading = { sensor_id: "p", sensor_type: "power", value: 1.5, unit: "kW", location: "kitchen" };
const outside = { device: "lamp", action: "set_brightness", value: 40, reason: "as said", inputs: { lux: 12 } };
const switches = { grid: "switch.grid", solar: null, battery: null, dwell_minutes: 5 };
const refused = new HyperVoltError("CONFLICT", "Only the options can say so");

/** What is asked of each operation where its path alone is not enough, by the status it is answered with. */
const ASKED: Record<string, Record<number, Ask>> = {
  "post /api/sensor-readings": { 201: { json: reading }, 404: { json: { sensor_id: "nobody", value: 1 } } },
  "get /api/sensor-readings/series": { 200: { at: "?sensor_id=p" }, 404: { at: "?sensor_id=nobody" } },
  "patch /api/sensors": {
    200: { json: { sensor_id: "p", name: "P", role: "load" } },
    404: { json: { sensor_id: "nobody", name: "P" } },
  },
  "patch /api/sensors/{id}": { 200: { json: { name: "P" } }, 409: { json: { sensor_id: "q", name: "P" } } },
  "post /api/ai-decisions": { 201: { json: outside } },
  "put /api/preferences": { 200: { json: { quiet_hours: { from: "22:00", to: "06:00" } } } },
  "patch /api/energy-sources": {
    200: { json: { id: "grid", name: "Street" } },
    404: { json: { id: "moon", name: "Moon" } },
  },
  "patch /api/energy-sources/{id}": { 200: { json: { name: "Street" } } },
  "post /api/devices/{id}/override": {
    200: { json: { action: "turn_on" } },
    409: { at: "/api/devices/locked/override" },
  },
  "get /api/plan": { 200: { before: ({ house }) => house.planIsThere() } },
  "post /api/plan/replan": { 200: { before: ({ house }) => house.planIsThere() } },
  "patch /api/setup/wiring": { 200: { json: { power_sources: switches } } },
  "patch /api/setup/tariff": { 200: { json: { kind: "fixed", import_price: 0.3, export_price: 0 } } },
  "patch /api/setup/devices": { 200: { json: { devices: [] } } },
  "patch /api/setup/comfort": { 200: { json: { light_floor_pct: 5 } } },
  "patch /api/setup/mode": { 200: { json: { mode: "ask" } } },
  "post /api/setup/undo": {
    200: {
      before: ({ house }) =>
        void house.answers.push({ said: { question: "mode", answer: { mode: "off" } }, byUser: "u" }),
    },
    409: {},
  },
};
const IDS: Record<string, string> = {
  "/api/sensors/{id}": "p",
  "/api/ai-decisions/{id}": "d1",
  "/api/energy-sources/{id}": "grid",
  "/api/devices/{id}/override": "lamp",
};

const open = async (access?: Access, more?: Partial<ServerParts>): Promise<Served> => {
  const served = await serve(access, more);
  onTestFinished(() => served.stop());
  return served;
};
async function furnish({ house }: Served): Promise<void> {
  house.addSensor("p", "power", "kitchen");
  house.addReadings("p", [1, 2, 3]);
  house.broken = null;
  house.answers.length = 0;
  await house.decisions.record({
    deviceId: "lamp",
    entityId: null,
    action: { kind: "turn_on" },
    reason: "r",
    alternative: null,
    inputs: { price: 0.3, why: null },
    status: "advised",
    atMs: 0,
  });
}

it("answers every operation, well or with each error it documents, as its OpenAPI document says", async () => {
  const served = await open();
  const loopback = await open({ kind: "open" });
  const lost = new HyperVoltError("HISTORY_UNAVAILABLE", "The disk is full");
  const roleOf = () => Promise.reject(lost);
  const broken = await open({ kind: "ingress", supervisorAddress: "127.0.0.1", roleOf });
  const strict = await open({ kind: "open" }, { rateLimit: { perMinute: 1e-9, burst: 0 } });
  const document = (await (await served.ask("/api/openapi.json")).json()) as OpenApiDocument;
  const answers = new DocumentedAnswers(document);
  const faults: string[] = [];

  for (const { method, path, statuses } of answers.operations())
    for (const status of statuses) {
      await furnish(served);
      const { at, json, before } = { ...ASKED[`${method} ${path}`]?.[200], ...ASKED[`${method} ${path}`]?.[status] };
      const id = status === 404 ? "nobody" : (IDS[path] ?? served.house.stored[0]?.id ?? "");
      const address = (at?.startsWith("/") ? at : path.replace("{id}", id) + (at ?? "")) || path;
      const headers = new Headers({ "x-remote-user-id": "u" });
      const init = { method: method.toUpperCase(), headers, ...(json !== undefined && { json }) };
      const answer = async (): Promise<Response> => {
        switch (status) {
          case 400:
            return served.ask(`${address}${address.includes("?") ? "&" : "?"}nonsense=1`, init);
          case 401:
            return served.ask(address, { ...init, headers: { authorization: "Bearer wrong" } });
          case 403:
            return askedAsAnotherHost(loopback.url + address, init.method);
          case 409:
            if (path.startsWith("/api/setup") && method === "patch") served.house.broken = refused;
            return served.ask(address, init);
          case 413:
            return served.ask(address, { ...init, json: "x".repeat(1_100_000) });
          case 429:
            return askedAsAnotherHost(strict.url + address, init.method);
          case 503:
            return path === "/ready" ? notReady(served, address) : broken.ask(address, init);
          default:
            before?.(served);
            return served.ask(address, init);
        }
      };
      const given = await answer();
      if (given.status !== status) faults.push(`${method} ${path}: ${given.status} where ${status} was asked for`);
      faults.push(...(await answers.faults(method, path, given)));
    }
  expect(faults).toEqual([]);
  expect(answers.unseen()).toEqual([]);
});

/** As a browser asks whose user was led here under another name. */
const askedAsAnotherHost = (url: string, method: string): Promise<Response> =>
  new Promise((resolve, reject) => {
    const asked = http.request(url, { method, headers: { host: "elsewhere.example" } }, (answer) => {
      const { statusCode: status = 0, headers } = answer;
      const chunks: Buffer[] = [];
      answer.on("data", (bytes: Buffer) => chunks.push(bytes));
      answer.on("end", () =>
        resolve(
          new Response(Buffer.concat(chunks), { status, headers: { "content-type": headers["content-type"] ?? "" } }),
        ),
      );
    });
    asked.on("error", reject).end();
  });

async function notReady({ house, ask }: Served, address: string): Promise<Response> {
  house.isReady = false;
  const answer = await ask(address);
  house.isReady = true;
  return answer;
}

it("finds what is not documented: a field too many, one too few, another status, another type", async () => {
  const served = await open();
  const answers = new DocumentedAnswers((await (await served.ask("/api/openapi.json")).json()) as OpenApiDocument);
  const said = (body: unknown, status = 200) => Response.json(body, { status });
  const me = { user: null, role: "viewer" };
  const faults = (answer: Response) => answers.faults("get", "/api/me", answer);
  expect(await faults(said(me))).toEqual([]);
  expect(await faults(said({ ...me, colour: "red" }))).toEqual([expect.stringContaining("colour")]);
  expect(await faults(said({ user: null }))).toEqual([expect.stringContaining("role")]);
  expect(await faults(said({ ...me, user: 7 }))).toEqual([expect.stringContaining("/user")]);
  expect(await faults(said(me, 418))).toEqual([expect.stringContaining("418 is not documented")]);
  expect(await faults(new Response("me"))).toEqual([expect.stringContaining("text/plain")]);
});

it("documents the shape of every answer that is JSON", async () => {
  const served = await open();
  const { paths } = (await (await served.ask("/api/openapi.json")).json()) as OpenApiDocument;
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { responses }] of Object.entries(methods))
      for (const [status, { content = {} }] of Object.entries(responses)) {
        const json = content["application/json"] as { schema: object } | undefined;
        if (json) expect(Object.keys(json.schema), `${method} ${path} ${status}`).not.toEqual([]);
      }
});
