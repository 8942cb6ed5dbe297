import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { serve, TOKEN, type Served } from "../../tests/harness/serving-house.ts";
import type { Access } from "./access.ts";
import { keepApiToken } from "./api-token.ts";
import type { ServerParts } from "./server.ts";

async function open(access?: Access, more?: Partial<ServerParts>): Promise<Served> {
  const served = await serve(access, more);
  onTestFinished(() => served.stop());
  return served;
}

const ROLE_OF: Record<string, "admin" | "operator" | "viewer"> = { vera: "viewer", otto: "operator", ada: "admin" };
/** The tests are the Supervisor. */
const INGRESS: Access = {
  kind: "ingress",
  supervisorAddress: "127.0.0.1",
  roleOf: async (user) => ROLE_OF[user] ?? null,
};
const as = (user: string) => ({ headers: { "x-remote-user-id": user } });

it("asks for the bearer token everywhere but at /live and /ready", async () => {
  const { url } = await open();
  const status = async (at: string, authorization?: string) =>
    (await fetch(url + at, authorization === undefined ? {} : { headers: { authorization } })).status;
  expect([await status("/live"), await status("/ready")]).toEqual([200, 200]);
  for (const at of ["/health", "/metrics", "/api/sensors", "/api/openapi.json", "/api/nothing-here"]) {
    expect(await status(at), at).toBe(at === "/api/nothing-here" ? 404 : 401);
    expect(await status(at, `Bearer ${TOKEN}x`), at).toBe(at === "/api/nothing-here" ? 404 : 401);
  }
  expect(await status("/health", `Bearer ${TOKEN}`)).toBe(200);
  expect(await status("/live", "Bearer stale")).toBe(200);
  expect((await fetch(`${url}/api/sensors`)).headers.get("www-authenticate")).toContain("Bearer");
});

it("opens /metrics without a token where the options say so", async () => {
  const { url } = await open(undefined, { metricsOpen: true });
  expect((await fetch(`${url}/metrics`)).status).toBe(200);
});

it("is not ready while the house is not, and lives all the same", async () => {
  const { house, url } = await open();
  house.isReady = false;
  expect((await fetch(`${url}/ready`)).status).toBe(503);
  expect((await fetch(`${url}/live`)).status).toBe(200);
});

it("lets each role behind ingress do what it may, and no more", async () => {
  const { ask, house } = await open(INGRESS);
  house.addSensor("p", "power", "kitchen");
  house.addReadings("p", [1, 2, 3, 4]);
  const json = { "content-type": "application/json" };
  const body = (value: unknown) => ({ body: JSON.stringify(value), headers: json });
  const asked: [string, string, object, string[]][] = [
    ["GET", "/api/sensors", {}, ["viewer", "operator", "admin"]],
    ["GET", "/metrics", {}, ["viewer", "operator", "admin"]],
    ["PUT", "/api/preferences", body({ mode: "off" }), ["operator", "admin"]],
    ["POST", "/api/devices/lamp/override", body({ action: "turn_on" }), ["operator", "admin"]],
    ["PATCH", "/api/sensors", body({ sensor_id: "p", name: "P" }), ["operator", "admin"]],
    ["PATCH", "/api/sensors", body({ sensor_id: "p", calibration: { scale: 2, zero: 0 } }), ["admin"]],
    ["PUT", "/api/preferences", body({ roles: { vera: "admin" } }), ["admin"]],
    ["PUT", "/api/preferences", body({ mode: "auto", roles: { vera: "admin" } }), ["operator", "admin"]],
    ["GET", "/api/sensor-readings/export", {}, ["admin"]],
    ["GET", "/api/audit-log", {}, ["admin"]],
    ["DELETE", "/api/sensor-readings/none", {}, ["admin"]],
  ];
  for (const [method, at, init, may] of asked)
    for (const [user, role] of Object.entries(ROLE_OF)) {
      const headers = { ...(init as { headers?: object }).headers, ...as(user).headers };
      const { status } = await ask(at, { method, ...init, headers });
      expect(status === 403, `${role}: ${method} ${at} gave ${status}`).toBe(!may.includes(role));
      expect(status, at).not.toBe(500);
    }
});

it("gives guests behind ingress nothing but /live", async () => {
  const { ask } = await open(INGRESS);
  const statuses = async (init: RequestInit) =>
    Promise.all(["/live", "/ready", "/health", "/api/sensors", "/"].map(async (at) => (await ask(at, init)).status));
  expect(await statuses({})).toEqual([200, 401, 401, 401, 404]);
  expect((await ask("/api/sensors", as("stranger"))).status).toBe(403);
  expect((await ask("/api/sensors", { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(401);
});

it("refuses behind ingress what does not come from the Supervisor, whatever it claims to be", async () => {
  const { ask } = await open({ ...INGRESS, supervisorAddress: "172.30.32.2" } as Access);
  for (const at of ["/api/sensors", "/metrics", "/health"]) expect((await ask(at, as("ada"))).status, at).toBe(403);
  expect((await ask("/live")).status).toBe(200);
});

it("links to the next page by the address the browser sees behind ingress", async () => {
  const { ask, house } = await open(INGRESS);
  for (const id of ["a", "b"]) house.addSensor(id, "power", "kitchen");
  const headers = {
    ...as("vera").headers,
    "x-ingress-path": "/api/hassio_ingress/abc",
    "x-forwarded-host": "home.example",
    "x-forwarded-proto": "https",
  };
  const page = (await (await ask("/api/sensors?page_size=1", { headers })).json()) as { next: string };
  expect(page.next).toBe("https://home.example/api/hassio_ingress/abc/api/sensors?page_size=1&page=2");
});

it("limits each user's requests, tells when to come again, and lets the others go on", async () => {
  const { ask } = await open(INGRESS, { rateLimit: { perMinute: 6, burst: 3 } });
  const ofVera = await Promise.all(Array.from({ length: 5 }, () => ask("/api/me", as("vera"))));
  expect(ofVera.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 429, 429]);
  expect(Number(ofVera.find(({ status }) => status === 429)?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await ask("/api/me", as("otto"))).status).toBe(200);
  expect((await ask("/live", as("vera"))).status).toBe(200);
});

it("limits those who guess tokens, without limiting the one who knows it", async () => {
  const { url, ask } = await open(undefined, { rateLimit: { perMinute: 6, burst: 3 } });
  const guess = async () => (await fetch(`${url}/api/me`, { headers: { authorization: "Bearer guess" } })).status;
  expect([await guess(), await guess(), await guess(), await guess()]).toEqual([401, 401, 401, 429]);
  expect((await ask("/api/me")).status).toBe(200);
});

it("writes every write and every refusal into the audit log, a flood of refusals as one line", async () => {
  const { ask, audit } = await open(INGRESS);
  await ask("/api/preferences", { method: "PUT", json: { mode: "off" }, ...as("otto") });
  await ask("/api/preferences", { method: "PUT", json: { mode: "wild" }, ...as("otto") });
  for (let i = 0; i < 20; i++) await ask("/api/sensor-readings/export", as("vera"));
  await ask("/api/sensors", as("vera"));
  const { results } = await audit.list({}, { offset: 0, limit: 100, order: "oldest" });
  expect(
    results.map(({ who, role, action, target, outcome, detail }) => [who, role, action, target, outcome, detail]),
  ).toEqual([
    ["otto", "operator", "PUT", "/api/preferences", "done", null],
    ["otto", "operator", "PUT", "/api/preferences", "refused", "REQUEST_INVALID"],
    ["vera", "viewer", "GET", "/api/sensor-readings/export", "refused", "FORBIDDEN"],
  ]);
  await audit.close();
  const after = await audit.list({}, { offset: 0, limit: 100 });
  expect(after.results[0]?.detail).toBe("FORBIDDEN (19 more times within a minute)");
});

async function cardFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "hypervolt-card-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, "chunks"));
  await writeFile(path.join(folder, "panel.html"), "<!doctype html><meta charset=utf-8><title>page</title>");
  await writeFile(path.join(folder, "chunks", "twin.js"), "export {};");
  await writeFile(path.join(folder, ".secret"), "no");
  await writeFile(path.join(folder, "..", `${path.basename(folder)}-outside.txt`), "no");
  onTestFinished(() => rm(`${folder}-outside.txt`));
  return folder;
}

it("opens the page by the token in its address, once, and then by a cookie scripts cannot read", async () => {
  const { url } = await open(undefined, { cardFolder: await cardFolder() });
  const first = await fetch(`${url}/?token=${TOKEN}`, { redirect: "manual" });
  expect([first.status, first.headers.get("location")]).toEqual([303, "./"]);
  const set = first.headers.get("set-cookie") ?? "";
  expect(set).toMatch(/HttpOnly; SameSite=Strict/);
  expect(set).not.toContain(TOKEN);
  const cookie = set.split(";")[0] ?? "";
  const page = await fetch(`${url}/`, { headers: { cookie } });
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("<title>page</title>")]);
  expect((await fetch(`${url}/chunks/twin.js`, { headers: { cookie } })).headers.get("content-type")).toContain(
    "javascript",
  );
  expect((await fetch(`${url}/api/me`, { headers: { cookie } })).status).toBe(200);
  expect((await fetch(`${url}/?token=wrong`, { redirect: "manual" })).status).toBe(401);
});

it("asks a browser for the token on a page, and takes it by form", async () => {
  const { url } = await open(undefined, { cardFolder: await cardFolder() });
  const asked = await fetch(`${url}/`, { headers: { accept: "text/html" } });
  expect([asked.status, await asked.text()]).toEqual([401, expect.stringContaining('name="token"')]);
  const login = (token: string) =>
    fetch(`${url}/login`, { method: "POST", body: new URLSearchParams({ token }), redirect: "manual" });
  expect((await login("wrong")).status).toBe(401);
  const right = await login(TOKEN);
  expect([right.status, right.headers.get("set-cookie")]).toEqual([303, expect.stringContaining("HttpOnly")]);
});

/** Sends a path as it is: `fetch` would tidy it up. */
const rawStatus = (url: string, at: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    http
      .get({ hostname, port, path: at, headers }, (res) => resolve((res.resume(), res.statusCode ?? 0)))
      .on("error", reject);
  });

it("serves nothing outside the page's folder and no hidden file", async () => {
  const folder = await cardFolder();
  const { url } = await open(undefined, { cardFolder: folder });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const outside = `${path.basename(folder)}-outside.txt`;
  for (const at of [
    `/../${outside}`,
    `/..%2f${outside}`,
    `/chunks/../../${outside}`,
    `/%2e%2e/${outside}`,
    "/.secret",
    "/chunks%00.js",
  ])
    expect([400, 403, 404], at).toContain(await rawStatus(url, at, headers));
});

it("lets no page of another site write with a person's cookie", async () => {
  const { url } = await open(undefined, { cardFolder: await cardFolder() });
  const first = await fetch(`${url}/?token=${TOKEN}`, { redirect: "manual" });
  const cookie = (first.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const replan = async (headers: Record<string, string>) =>
    (await fetch(`${url}/api/plan/replan`, { method: "POST", headers: { cookie, ...headers } })).status;
  expect(await replan({ origin: "https://evil.example" })).toBe(403);
  expect(await replan({ origin: "null" })).toBe(403);
  expect(await replan({ "sec-fetch-site": "cross-site" })).toBe(403);
  expect(await replan({ origin: url })).toBe(503);
});

it("opens the demo on this computer only, under its own name", async () => {
  const { url } = await open({ kind: "open" });
  const status = (headers: Record<string, string>) => rawStatus(url, "/api/me", headers);
  expect(await status({})).toBe(200);
  expect(await status({ host: "localhost:8099" })).toBe(200);
  expect(await status({ host: "rebound.evil.example" })).toBe(403);
});

it("makes a token on the first start, keeps it for the owner alone, and finds it again", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "hypervolt-token-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const first = await keepApiToken(folder);
  expect(first.made).toBe(true);
  expect(first.token.length).toBeGreaterThanOrEqual(43);
  expect(await keepApiToken(folder)).toEqual({ token: first.token, made: false });
  expect((await stat(path.join(folder, "api-token"))).mode & 0o777).toBe(0o600);
  expect((await readFile(path.join(folder, "api-token"), "utf8")).trim()).toBe(first.token);
});
