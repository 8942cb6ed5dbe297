import { expect, it } from "vitest";
import { runDemo } from "../../src/demo/demo.ts";
import { MS_PER_HOUR } from "../../src/domain/units.ts";
import type { DecisionDto, HomeDto, Page, ReadingDto, SensorDto, SetupDto } from "../../src/serving/messages.ts";
import { DocumentedAnswers, type OpenApiDocument } from "../harness/documented-answers.ts";
import { EngineProcess, TOKEN } from "../harness/engine-process.ts";

type Send = (method: string, at: string, body?: unknown) => Promise<Response>;
const sendTo =
  (url: string): Send =>
  (method, at, body) =>
    fetch(new URL(at, url), {
      method: method.toUpperCase(),
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warning: () => undefined,
  error: (message: string) => expect.fail(message),
};

/** Asks for everything that can be read, each list in small and large pages, each thing of it by its id. */
async function readAll(send: Send, answers: DocumentedAnswers): Promise<string[]> {
  const faults: string[] = [];
  for (const { method, path } of answers.operations()) {
    if (method !== "get") continue;
    const read = async (at: string) => faults.push(...(await answers.faults(method, path, await send(method, at))));
    const [sensor] = ((await (await send("get", "/api/sensors?page_size=1")).json()) as Page<SensorDto>).results;
    if (path.endsWith("/series")) await read(`${path}?sensor_id=${sensor?.sensor_id ?? "nobody"}`);
    else if (!path.endsWith("{id}")) for (const at of [path, `${path}/`, `${path}?page_size=2`]) await read(at);
    else {
      const list = await send("get", `${path.replace("/{id}", "")}?page_size=5`);
      const { results } = (await list.json()) as Page<{ id?: string; sensor_id?: string }>;
      const ids = path.startsWith("/api/sensors") ? results.map((one) => one.sensor_id) : results.map((one) => one.id);
      for (const id of [...ids, "nobody"]) await read(path.replace("{id}", encodeURIComponent(id ?? "")));
    }
  }
  return faults;
}

/** Writes everything that can be written, well and with what cannot be. */
async function writeAll(send: Send, answers: DocumentedAnswers): Promise<string[]> {
  const faults: string[] = [];
  const write = async (method: string, path: string, body?: unknown, id = ""): Promise<Response> => {
    const answer = await send(method, path.replace("{id}", encodeURIComponent(id)), body);
    faults.push(...(await answers.faults(method, path, answer.clone())));
    return answer;
  };
  const read = async <T>(at: string): Promise<T> => (await (await send("get", at)).json()) as T;
  const posted = { sensor_id: "brought", sensor_type: "power", value: 1.5, unit: "kW", location: "shed" };
  await write("post", "/api/sensor-readings", [posted, { ...posted, sensor_id: "other" }]);
  const { id } = (await (await write("post", "/api/sensor-readings", posted)).json()) as ReadingDto;
  for (const one of [id, "nobody"]) await write("delete", "/api/sensor-readings/{id}", undefined, one);
  for (const body of [{ value: 1 }, { sensor_id: "nobody", value: 1 }])
    await write("post", "/api/sensor-readings", body);
  await write("patch", "/api/sensors", { sensor_id: "brought", name: "Shed", calibration: { scale: 2 } });
  await write("patch", "/api/sensors/{id}", { role: "load" }, "brought");
  await write("patch", "/api/sensors/{id}", { role: null }, "brought");
  const decision = { device: "lamp", action: "turn_on", reason: "as said", inputs: { lux: 12, who: null } };
  const noted = (await (await write("post", "/api/ai-decisions", decision)).json()) as DecisionDto;
  faults.push(
    ...(await answers.faults("get", "/api/ai-decisions/{id}", await send("get", `/api/ai-decisions/${noted.id}`))),
  );
  await write("put", "/api/preferences", { quiet_hours: { from: "22:00", to: "06:00" }, roles: { a: "viewer" } });
  await write("patch", "/api/energy-sources", { id: "grid", max_import_w: 5_000 });
  await write("patch", "/api/energy-sources/{id}", { name: "Street" }, "grid");
  await write("post", "/api/plan/replan");
  const { devices } = await read<HomeDto>("/api/home");
  for (const { id: device } of devices.slice(0, 3))
    for (const action of ["turn_on", "skip", "release"])
      await write("post", "/api/devices/{id}/override", { action, minutes: 1 }, device);
  await write("post", "/api/devices/{id}/override", { action: "turn_on" }, "nobody");
  const { wiring } = await read<SetupDto>("/api/setup");
  const grid = wiring.roles.find(({ role }) => role === "grid")?.sensor_id ?? null;
  await write("patch", "/api/setup/wiring", { roles: { grid: { sensor_id: grid } } });
  await write("patch", "/api/setup/wiring", { roles: { grid: { sensor_id: "nobody" } } });
  const windows = [{ from: "22:00", to: "06:00", price: 0.2 }];
  await write("patch", "/api/setup/tariff", { kind: "fixed", import_price: 0.3, export_price: 0.08, windows });
  await write("patch", "/api/setup/devices", { devices: [] });
  await write("patch", "/api/setup/comfort", { quiet_hours: { from: "22:00", to: "06:00" }, max_import_w: null });
  await write("patch", "/api/setup/mode", { mode: "advise" });
  for (let n = 0; n < 7; n++) await write("post", "/api/setup/undo");
  return faults;
}

const ofEngine = async (send: Send): Promise<DocumentedAnswers> =>
  new DocumentedAnswers((await (await send("get", "/api/openapi.json")).json()) as OpenApiDocument);

it("answers of a living home are as the OpenAPI document says, read and written", async () => {
  const faults: string[] = [];
  let unseen: string[] = [];
  await runDemo({
    port: 0,
    seed: 3,
    speed: 1e6,
    forMs: null,
    mostSimulatedMs: MS_PER_HOUR / 4,
    lockstep: true,
    log: quiet,
    version: "0.0.0",
    stopped: new Promise(() => undefined),
    onReady: () => undefined,
    onEnd: async (url) => {
      const send = sendTo(url);
      const answers = await ofEngine(send);
      for (const run of [readAll, writeAll, readAll]) faults.push(...(await run(send, answers)));
      unseen = answers.unseen();
    },
  });
  expect(faults).toEqual([]);
  expect(unseen.filter((answer) => / 2\d\d$/.test(answer))).toEqual([]);
}, 300_000);

it("answers of a home where nothing is connected are as the OpenAPI document says", async () => {
  const engine = new EngineProcess({ redis_url: "memory", mqtt_url: "mqtt://127.0.0.1:9" });
  try {
    await engine.start();
    const send = sendTo(`http://127.0.0.1:${engine.port}`);
    const answers = await ofEngine(send);
    const faults: string[] = [];
    for (const run of [readAll, writeAll, readAll]) faults.push(...(await run(send, answers)));
    expect(faults).toEqual([]);
  } finally {
    await engine.stop("SIGKILL");
    engine.forget();
  }
}, 300_000);
