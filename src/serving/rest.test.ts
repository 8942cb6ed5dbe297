import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { HyperVoltError } from "../domain/errors.ts";
import { NOW_MS, serve, type Served } from "../../tests/harness/serving-house.ts";

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.stop());
beforeEach(() => {
  served.house.known.length = 0;
  served.house.stored.length = 0;
  served.house.recorded.length = 0;
  served.house.broken = null;
});

// Answers of every shape are looked into here.
// oxlint-disable-next-line typescript/no-explicit-any
const json = async (at: string, init?: Parameters<Served["ask"]>[1]): Promise<{ status: number; body: any }> => {
  const answer = await served.ask(at, init);
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
};
const post = (body: unknown) => json("/api/sensor-readings", { method: "POST", json: body });
const reading = {
  sensor_type: "ldr",
  sensor_id: "ldr_1",
  value: 750,
  unit: "lux",
  location: "living_room",
  timestamp: "2026-01-26T07:00:00Z",
};

it("pages every list, newest first, with links that lead through all of it", async () => {
  served.house.addSensor("ldr_1", "ldr", "living_room");
  served.house.addReadings(
    "ldr_1",
    Array.from({ length: 7 }, (_, i) => i),
  );
  const seen: number[] = [];
  let at: string | null = `${served.url}/api/sensor-readings/?page_size=3`;
  while (at !== null) {
    const { body } = await json(at.slice(served.url.length));
    expect(body.count).toBe(7);
    seen.push(...body.results.map((one: { value: number }) => one.value));
    at = body.next;
  }
  expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0]);
  const last = await json("/api/sensor-readings?page_size=3&page=3");
  expect(last.body.next).toBeNull();
  expect(new URL(last.body.previous).searchParams.get("page")).toBe("2");
});

it("orders by time in both directions", async () => {
  served.house.addSensor("a", "power", "kitchen");
  served.house.addReadings("a", [1, 2, 3]);
  const values = async (ordering: string) =>
    (await json(`/api/sensor-readings?ordering=${ordering}`)).body.results.map((one: { value: number }) => one.value);
  expect(await values("timestamp")).toEqual([1, 2, 3]);
  expect(await values("-timestamp")).toEqual([3, 2, 1]);
});

it("filters readings by type, sensor, place and time", async () => {
  served.house.addSensor("ldr_1", "ldr", "living_room");
  served.house.addSensor("p", "power", "kitchen");
  served.house.addReadings("ldr_1", [1, 2]);
  served.house.addReadings("p", [3, 4]);
  const count = async (query: string) => (await json(`/api/sensor-readings?${query}`)).body.count;
  expect(await count("sensor_type=ldr")).toBe(2);
  expect(await count("sensor_id=p")).toBe(2);
  expect(await count("location=kitchen&sensor_type=ldr")).toBe(0);
  expect(await count(`from=${new Date(NOW_MS - 60_000).toISOString()}&location=kitchen`)).toBe(1);
  expect(await count(`from=${new Date(NOW_MS - 60_000).toISOString().slice(0, 16)}Z&location=kitchen`)).toBe(1);
  expect(await count(`to=${new Date(NOW_MS - 60_000).toISOString()}`)).toBe(2);
});

it("names every wrong field of a query, and what it does not know", async () => {
  const { status, body } = await json(
    "/api/sensor-readings?page=0&page_size=1001&ordering=value&sensor_typ=ldr&from=yesterday",
  );
  expect(status).toBe(400);
  expect(body.code).toBe("REQUEST_INVALID");
  expect(Object.keys(body.fields).toSorted()).toEqual(["from", "ordering", "page", "page_size", "sensor_typ"]);
});

it("answers a posted reading after it is stored, and finds it again under its id", async () => {
  const { status, body } = await post(reading);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    sensor_id: "ldr_1",
    value: 750,
    timestamp: "2026-01-26T07:00:00Z",
    location: "living_room",
  });
  expect((await json(`/api/sensor-readings/${body.id}`)).body).toEqual(body);
  expect((await json(`/api/sensor-readings/${body.id}`, { method: "DELETE" })).status).toBe(204);
  expect((await json(`/api/sensor-readings/${body.id}`)).status).toBe(404);
});

it("takes a thousand readings at once, and not one more", async () => {
  const many = Array.from({ length: 1_000 }, (_, i) => ({
    ...reading,
    timestamp: new Date(NOW_MS - i * 1_000).toISOString(),
  }));
  expect(await post(many)).toMatchObject({ status: 201, body: { count: 1_000 } });
  expect(served.house.stored).toHaveLength(1_000);
  expect(await post([...many, reading])).toMatchObject({
    status: 400,
    body: { fields: { body: expect.stringContaining("1000") } },
  });
  expect(served.house.stored).toHaveLength(1_000);
});

it("says which port is taken, and what that is called", async () => {
  const { port } = served.server;
  await expect(serve(undefined, { port })).rejects.toMatchObject({
    code: "PORT_TAKEN",
    detail: `port ${port} cannot be listened on: EADDRINUSE`,
  });
});

it("stores nothing of a batch with one wrong reading, and says which field of which", async () => {
  const { status, body } = await post([reading, { ...reading, value: "hot" }, { ...reading, sensor_type: "wind" }]);
  expect(status).toBe(400);
  expect(Object.keys(body.fields)).toEqual(["1.value", "2.sensor_type"]);
  expect(served.house.stored).toHaveLength(0);
});

it("refuses a reading from more than a day ahead", async () => {
  const { status, body } = await post({ ...reading, timestamp: new Date(NOW_MS + 25 * 3_600_000).toISOString() });
  expect({ status, fields: body.fields }).toEqual({ status: 400, fields: { timestamp: "is more than a day ahead" } });
});

it("says 503 with the cause while the history is away, and acknowledges nothing", async () => {
  served.house.broken = new HyperVoltError("HISTORY_UNAVAILABLE", "The disk is full");
  expect(await post(reading)).toEqual({
    status: 503,
    body: { code: "HISTORY_UNAVAILABLE", detail: "The disk is full" },
  });
});

it("refuses a body over 1 MiB with 413, a body that is not JSON with 400", async () => {
  const ask = (body: string, type = "application/json") =>
    served.ask("/api/sensor-readings", { method: "POST", body, headers: { "content-type": type } });
  expect((await ask(`"${"x".repeat(1024 * 1024)}"`)).status).toBe(413);
  expect((await ask("{")).status).toBe(400);
  expect((await ask("sensor_id=a&value=1", "application/x-www-form-urlencoded")).status).toBe(400);
  expect((await ask(JSON.stringify(reading), "application/json; charset=klingon")).status).toBe(400);
});

it("says 404 with the error's shape for what is not there", async () => {
  for (const at of [
    "/api/nothing",
    "/api/sensor-readings/none",
    "/api/ai-decisions/none",
    "/api/sensors/none",
    "/%E0%A4%A",
  ]) {
    const { status, body } = await json(at);
    expect([400, 404], at).toContain(status);
    expect(Object.keys(body), at).toEqual(["code", "detail"]);
  }
  expect((await json("/api/grid-data", { method: "POST", json: {} })).status).toBe(404);
});

it("seeks a text in every row of a list, in whatever case, and counts what holds it", async () => {
  served.house.addSensor("ldr_1", "ldr", "living_room");
  served.house.addSensor("ldr_2", "ldr", "hall");
  served.house.addSensor("temp_1", "temperature", "hall");
  const found = async (address: string): Promise<string[]> => {
    const { body } = await json(address);
    expect(body.count).toBe(body.results.length);
    return body.results.map((row: Record<string, string>) => row["sensor_id"] ?? row["target"] ?? row["id"]);
  };
  expect(await found("/api/sensors?search=HALL")).toEqual(["ldr_2", "temp_1"]);
  expect(await found("/api/sensors?search=hall&sensor_type=ldr")).toEqual(["ldr_2"]);
  expect(await found("/api/sensors?search=no%20such%20thing")).toEqual([]);
  expect(await found("/api/energy-sources?search=GRID")).toEqual(["grid"]);
  await json("/api/sensors", { method: "PATCH", json: { sensor_id: "ldr_1", name: "Sill" } });
  expect(await found("/api/audit-log?search=PATCH")).toEqual(["/api/sensors"]);
  expect((await json(`/api/sensors?search=${"x".repeat(101)}`)).status).toBe(400);
});

it("lists sensors as the contract says, and corrects what one is", async () => {
  served.house.addSensor("ldr_1", "ldr", "living_room");
  served.house.addReadings("ldr_1", [5]);
  const { body } = await json("/api/sensors");
  expect(body.results).toEqual([
    {
      sensor_id: "ldr_1",
      unique_id: null,
      source: "native",
      sensor_type: "ldr",
      name: "ldr_1",
      device: null,
      location: "living_room",
      value: 5,
      unit: "lx",
      timestamp: "2026-01-26T07:59:00Z",
      available: true,
    },
  ]);
  expect((await json("/api/sensor-readings/latest")).body.results).toEqual(body.results);
  const patched = await json("/api/sensors", {
    method: "PATCH",
    json: { sensor_id: "ldr_1", name: "Window", role: "room_light" },
  });
  expect(patched).toMatchObject({ status: 200, body: { name: "Window", role: "room_light" } });
  expect((await json("/api/sensors/ldr_1", { method: "PATCH", json: { name: "Sill" } })).body.name).toBe("Sill");
  expect((await json("/api/sensors", { method: "PATCH", json: { sensor_id: "nobody", name: "x" } })).status).toBe(404);
  expect(
    (await json("/api/sensors", { method: "PATCH", json: { sensor_id: "ldr_1", role: "king" } })).body.fields,
  ).toHaveProperty("role");
});

it("gives the hot window with its size and age, and a series with least, mean and most", async () => {
  served.house.addSensor("p", "power", "kitchen");
  served.house.addReadings(
    "p",
    Array.from({ length: 100 }, (_, i) => i),
  );
  const window = (await json("/api/sensor-readings/buffer?sensor_id=p")).body.results[0];
  expect(window).toMatchObject({ sensor_id: "p", unit: "W", size: 60, age_s: 60 });
  expect(window.readings.at(-1)).toEqual({ timestamp: "2026-01-26T07:59:00Z", value: 99 });
  const from = new Date(NOW_MS - 100 * 60_000).toISOString();
  const series = (await json(`/api/sensor-readings/series?sensor_id=p&from=${from}&to=2026-01-26T08:00:00Z&step=50m`))
    .body;
  expect(series).toMatchObject({ unit: "W", step_s: 3_000, count: 2 });
  expect(series.results).toEqual([
    { timestamp: "2026-01-26T06:20:00Z", min: 0, mean: 24.5, max: 49, count: 50 },
    { timestamp: "2026-01-26T07:10:00Z", min: 50, mean: 74.5, max: 99, count: 50 },
  ]);
  expect((await json("/api/sensor-readings/series?sensor_id=nobody")).status).toBe(404);
  expect((await json("/api/sensor-readings/recent?minutes=10.5")).body.count).toBe(10);
});

it("exports CSV and NDJSON whole, in time order, without formulas", async () => {
  served.house.addSensor("=cmd|' /C calc'!A0", "power", 'the "den", left');
  served.house.addReadings(
    "=cmd|' /C calc'!A0",
    Array.from({ length: 1_200 }, (_, i) => i),
  );
  const csv = await (await served.ask("/api/sensor-readings/export?format=csv")).text();
  const rows = csv.trimEnd().split("\r\n");
  expect(rows).toHaveLength(1_201);
  expect(rows[0]).toBe("timestamp,sensor_id,sensor_type,location,value,unit");
  expect(rows.at(-1)).toBe(`2026-01-26T07:59:00Z,'=cmd|' /C calc'!A0,power,"the ""den"", left",1199,W`);
  const answer = await served.ask("/api/sensor-readings/export?format=ndjson");
  expect(answer.headers.get("content-type")).toContain("application/x-ndjson");
  const values = (await answer.text())
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { value: number }).value);
  expect(values).toEqual(Array.from({ length: 1_200 }, (_, i) => i));
});

it("records an outside decision and tells it with inputs, alternative and outcome", async () => {
  const made = await json("/api/ai-decisions", {
    method: "POST",
    json: { device: "switch.pump", action: "turn_on", reason: "sun", alternative: "at night", inputs: { pv_w: 900 } },
  });
  expect(made.status).toBe(201);
  const { body } = await json(`/api/ai-decisions/${made.body.id}`);
  expect(body).toMatchObject({
    device: "switch.pump",
    action: "turn_on",
    source: "outside",
    alternative: "at night",
    inputs: { pv_w: 900 },
    outcome: { seen: true },
  });
  expect((await json("/api/ai-decisions?device=switch.pump&action=turn_on&status=advised")).body.count).toBe(1);
  expect((await json("/api/ai-decisions?status=failed")).body.count).toBe(0);
});

it("changes preferences field by field and refuses what cannot be", async () => {
  const put = (body: unknown) => json("/api/preferences", { method: "PUT", json: body });
  expect((await put({ mode: "auto", light_target_lx: 250, light_comfort_per_hour: 0.02 })).body).toMatchObject({
    mode: "auto",
    light_target_lx: 250,
    light_comfort_per_hour: 0.02,
    light_floor_pct: 10,
  });
  expect(await put({ mode: "fast", light_floor_pct: 101, light_comfort_per_hour: -1, nonsense: 1 })).toMatchObject({
    status: 400,
    body: {
      fields: {
        mode: expect.any(String),
        light_floor_pct: expect.any(String),
        light_comfort_per_hour: expect.any(String),
        nonsense: "is not known here",
      },
    },
  });
  expect((await json("/api/preferences")).body).toEqual(served.house.preferencesNow);
});

it("passes overrides on, and says 404 and 409 as the house does", async () => {
  const override = (id: string, body: unknown) => json(`/api/devices/${id}/override`, { method: "POST", json: body });
  expect(await override("lamp", { action: "set_brightness", value: 40 })).toMatchObject({
    status: 200,
    body: { action: "set_brightness", value: 40, reason: "asked for by token" },
  });
  expect((await override("lamp", { action: "set_brightness" })).body.fields).toEqual({
    value: "expected a brightness, 0 to 100",
  });
  expect((await override("ghost", { action: "turn_on" })).status).toBe(404);
  expect((await override("locked", { action: "turn_off" })).status).toBe(409);
});

it("tells 503 for a plan that is still waited for, and answers the other lists", async () => {
  expect(await json("/api/plan")).toMatchObject({ status: 503, body: { code: "NOT_READY" } });
  expect((await json("/api/plan/replan", { method: "POST" })).status).toBe(503);
  expect((await json("/api/ledger")).body).toMatchObject({ currency: "EUR", today: { saved_cost: 1 } });
  expect((await json("/api/forecasts")).body.results[0]).toMatchObject({
    signal: "load_w",
    mean: [301.2, 0.12346],
    step_minutes: 15,
  });
  expect((await json("/api/grid-data/latest")).body.results[0]).toMatchObject({ kind: "carbon_intensity", value: 210 });
  expect(
    (await json("/api/energy-sources", { method: "PATCH", json: { id: "grid", max_import_w: 5_000 } })).body
      .max_import_w,
  ).toBe(5_000);
  expect((await json("/api/home/")).body).toMatchObject({ name: "Home", role: "admin" });
});

it("serves an OpenAPI 3.1 document that names every path and the fields of its requests", async () => {
  const { body } = await json("/api/openapi.json");
  expect(body.openapi).toBe("3.1.0");
  const operations = Object.values<Record<string, { operationId: string }>>(body.paths).flatMap((path) =>
    Object.values(path),
  );
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(body.paths["/api/sensor-readings"].get.parameters.map((one: { name: string }) => one.name)).toEqual(
    expect.arrayContaining(["page", "page_size", "ordering", "sensor_type", "sensor_id", "location", "from", "to"]),
  );
  expect(JSON.stringify(body.paths["/api/preferences"].put.requestBody)).toContain(
    '"light_target_lx":{"type":"number","minimum":0,"maximum":5000}',
  );
  expect(body.paths["/api/sensor-readings"].post.responses).toHaveProperty("413");
  expect(body.paths["/api/sensor-readings"].get.responses).toHaveProperty("503");
  expect(Object.keys(body.paths["/api/sensor-readings/export"].get.responses["200"].content)).toEqual([
    "text/csv",
    "application/x-ndjson",
  ]);
});
