import { afterEach, expect, it } from "vitest";
import { serve, type Served } from "../../tests/harness/serving-house.ts";

let served: Served | undefined;
afterEach(async () => served?.stop());

const patch = (question: string, json: unknown): Promise<Response> =>
  served?.ask(`/api/setup/${question}`, { method: "PATCH", json }) as Promise<Response>;
const LOAD = { power_w: 1_100, minutes: 120, contiguous: true, from: "00:00", ready_by: "23:59", days: [0, 1, 2] };

it("takes each answer as it was meant, and tells the audit log which question and who", async () => {
  served = await serve();
  const answers: [string, unknown][] = [
    ["wiring", { roles: { grid: { sensor_id: "meter", reversed: true }, pv: { sensor_id: null } } }],
    ["tariff", { kind: "fixed", import_price: 0.31, export_price: 0.08, windows: [] }],
    ["devices", { devices: [{ entity_id: "switch.plug", allowed: true, load: LOAD }] }],
    ["comfort", { quiet_hours: { from: "22:00", to: "06:00" }, max_import_w: null }],
    ["mode", { mode: "ask" }],
  ];
  for (const [question, answer] of answers) {
    const said = await patch(question, answer);
    expect([question, said.status]).toEqual([question, 200]);
    expect(((await said.json()) as { answered: Record<string, string> }).answered[question]).not.toBeNull();
  }
  expect(served.house.answers.map(({ said }) => [said.question, said.answer])).toEqual(answers);
  const { results } = await served.audit.list({}, { offset: 0, limit: 10, order: "oldest" });
  expect(results.map(({ target, who, outcome }) => [target, who, outcome])).toEqual(
    answers.map(([question]) => [`/api/setup/${question}`, "token", "done"]),
  );
});

it.each<[string, string, unknown, string]>([
  [
    "a load that does not fit its hours",
    "devices",
    { devices: [{ entity_id: "switch.plug", allowed: true, load: { ...LOAD, from: "08:00", ready_by: "09:00" } }] },
    "devices.0.load.ready_by",
  ],
  [
    "a device that is neither light nor switch",
    "devices",
    { devices: [{ entity_id: "lock.door", allowed: true, load: null }] },
    "devices.0.entity_id",
  ],
  ["one meter for two roles", "wiring", { roles: { grid: { sensor_id: "a" }, pv: { sensor_id: "a" } } }, "roles"],
  ["a role that there is not", "wiring", { roles: { moon: { sensor_id: "a" } } }, "roles.moon"],
  [
    "one switch for two sources",
    "wiring",
    { power_sources: { grid: "switch.a", solar: "switch.a", battery: null, dwell_minutes: 5 } },
    "power_sources",
  ],
  [
    "sources without the grid's switch",
    "wiring",
    { power_sources: { grid: null, solar: "switch.a", battery: null, dwell_minutes: 5 } },
    "power_sources",
  ],
  ["a price that is none", "tariff", { kind: "fixed", import_price: "cheap", export_price: 0 }, "import_price"],
  [
    "a window without length",
    "tariff",
    { kind: "fixed", import_price: 1, export_price: 0, windows: [{ from: "10:00", to: "10:00", price: 0.1 }] },
    "windows.0",
  ],
  ["a floor above all light", "comfort", { light_floor_pct: 120 }, "light_floor_pct"],
  ["a mode that there is not", "mode", { mode: "control" }, "mode"],
])("refuses %s and names the field", async (_, question, body, field) => {
  served = await serve();
  const said = await patch(question, body);
  expect(said.status).toBe(400);
  expect(Object.keys(((await said.json()) as { fields: Record<string, string> }).fields)).toEqual([field]);
  expect(served.house.answers).toEqual([]);
});

it("lets a viewer look, and nobody but an administrator answer or take back", async () => {
  const roles: Record<string, "admin" | "operator" | "viewer"> = { ada: "admin", olaf: "operator", vera: "viewer" };
  served = await serve({
    kind: "ingress",
    supervisorAddress: "127.0.0.1",
    roleOf: async (userId) => roles[userId] ?? null,
  });
  const as = async (user: string, at: string, method: string, json?: unknown): Promise<number> =>
    (
      await (served as Served).ask(at, {
        method,
        headers: { "x-remote-user-id": user },
        ...(json !== undefined && { json }),
      })
    ).status;
  for (const user of ["vera", "olaf", "ada"]) expect(await as(user, "/api/setup", "GET")).toBe(200);
  for (const user of ["vera", "olaf"]) {
    expect(await as(user, "/api/setup/mode", "PATCH", { mode: "auto" })).toBe(403);
    expect(await as(user, "/api/setup/undo", "POST", {})).toBe(403);
  }
  expect(await as("ada", "/api/setup/mode", "PATCH", { mode: "auto" })).toBe(200);
  expect(await as("ada", "/api/setup/undo", "POST", {})).toBe(200);
  expect(await as("ada", "/api/setup/undo", "POST", {})).toBe(409);
});
