import { expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import { HANGS_MS, serve, TOKEN, type Served } from "../../tests/harness/serving-house.ts";
import { createFeedClient, MOST_BEHIND_BYTES } from "./feed-client.ts";
import type { ServerMessage } from "./messages.ts";

async function open(more: Parameters<typeof serve>[1] = {}): Promise<Served> {
  const served = await serve(undefined, more);
  onTestFinished(() => served.stop());
  return served;
}

const update = (sensor_id: string, value: number, location = "kitchen"): ServerMessage => ({
  type: "sensor_update",
  data: { sensor_type: "power", sensor_id, value, unit: "W", location, timestamp: "2026-01-26T08:00:00Z" },
});

type Client = { socket: WebSocket; got: ServerMessage[]; subscribe: (data: object) => void };
async function connect(
  served: Served,
  options: object = { headers: { authorization: `Bearer ${TOKEN}` } },
  at = "/ws/sensors",
): Promise<Client> {
  const socket = new WebSocket(`${served.url.replace("http", "ws")}${at}`, options);
  const got: ServerMessage[] = [];
  socket.on("message", (data) => got.push(JSON.parse((data as Buffer).toString()) as ServerMessage));
  onTestFinished(() => socket.terminate());
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  await vi.waitFor(() => expect(got).toHaveLength(1), HANGS_MS);
  return { socket, got, subscribe: (data) => socket.send(JSON.stringify({ type: "subscribe", data })) };
}
/** What has been asked on a connection has been read when its pong is back. */
const heard = (socket: WebSocket): Promise<unknown> =>
  new Promise((resolve) => {
    socket.once("pong", resolve);
    socket.ping();
  });

it("greets with the version and the number of sensors, then sends updates", async () => {
  const served = await open();
  served.house.addSensor("a", "power", "kitchen");
  const { got } = await connect(served);
  expect(got[0]).toEqual({ type: "hello", data: { version: "1.2.3", sensors: 1 } });
  served.server.publish(update("a", 5));
  await vi.waitFor(() => expect(got[1]).toEqual(update("a", 5)), HANGS_MS);
});

it("coalesces the updates of a sensor to the newest", async () => {
  const served = await open();
  const { got } = await connect(served, undefined, "/ws/sensors/");
  for (let i = 0; i <= 1_000; i++) served.server.publish(update(i % 2 === 0 ? "even" : "odd", i));
  await vi.waitFor(() => expect(got).toHaveLength(3), HANGS_MS);
  expect(got.slice(1)).toEqual([update("even", 1_000), update("odd", 999)]);
});

it("sends only what was subscribed to, and all of it again after an empty wish", async () => {
  const served = await open();
  const { got, socket, subscribe } = await connect(served);
  subscribe({ types: ["sensor_update"], sensor_ids: ["a"] });
  await heard(socket);
  served.server.publish({ type: "alert", data: [] });
  served.server.publish(update("b", 1));
  served.server.publish(update("a", 2));
  await vi.waitFor(() => expect(got.length).toBeGreaterThan(1), HANGS_MS);
  expect(got.slice(1)).toEqual([update("a", 2)]);
  subscribe({ types: [], sensor_ids: [] });
  await heard(socket);
  served.server.publish({ type: "alert", data: [] });
  served.server.publish(update("b", 3));
  await vi.waitFor(() => expect(got.slice(2)).toEqual([{ type: "alert", data: [] }, update("b", 3)]), HANGS_MS);
});

it("sends the picture of the home to those who ask for it by name", async () => {
  const served = await open();
  const home: ServerMessage = { type: "home", data: await served.house.home.now() };
  const quiet = await connect(served);
  expect(served.server.wanted("home")).toBe(false);
  const drawing = await connect(served);
  drawing.subscribe({ types: ["home"] });
  await vi.waitFor(() => expect(served.server.wanted("home")).toBe(true), HANGS_MS);
  served.server.publish(home);
  served.server.publish({ type: "alert", data: [] });
  await vi.waitFor(() => expect(quiet.got).toHaveLength(2), HANGS_MS);
  expect(quiet.got[1]).toEqual({ type: "alert", data: [] });
  await vi.waitFor(() => expect(drawing.got[1]).toEqual(home), HANGS_MS);
});

it("asks for the same token as REST, also in the address, and refuses pages of other sites", async () => {
  const served = await open();
  const refusal = (options: object, at = "/ws/sensors"): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${served.url.replace("http", "ws")}${at}`, options);
      socket.on("unexpected-response", (_, res) => resolve((res.resume(), res.statusCode ?? 0)));
      socket.on("open", () => reject(new Error("was let in")));
      socket.on("error", () => {});
    });
  expect(await refusal({})).toBe(401);
  expect(await refusal({ headers: { authorization: "Bearer wrong" } })).toBe(401);
  expect(await refusal({ headers: { authorization: `Bearer ${TOKEN}` } }, "/ws/other")).toBe(404);
  await connect(served, {}, `/ws/sensors?token=${TOKEN}`);
  const socket = new WebSocket(`${served.url.replace("http", "ws")}/ws/sensors`, ["hypervolt", `bearer.${TOKEN}`]);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  expect(socket.protocol).toBe("hypervolt");
  socket.terminate();
  const { results } = await served.audit.list({}, { offset: 0, limit: 10 });
  expect(results.filter(({ action }) => action === "WEBSOCKET")).toHaveLength(1);
});

it("closes a client that says what it does not understand", async () => {
  const served = await open();
  for (const message of ["{", '{"type":"shout","data":{}}', '{"type":"subscribe","data":{"types":"all"}}']) {
    const { socket } = await connect(served);
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.send(message);
    expect(await closed).toBe(1008);
  }
});

it("closes with 1013 a client that is more than 1 MiB behind, and goes on with the others", async () => {
  const served = await open();
  const slow = await connect(served);
  const quick = await connect(served);
  const closed = new Promise((resolve) => slow.socket.on("close", resolve));
  slow.socket.pause();
  const long = "x".repeat(100_000);
  // What the kernel takes in between counts for nobody: it is filled until the server sees the client behind.
  let sent = 0;
  while (served.server.clients() > 1) {
    served.server.publish({
      type: "alert",
      data: [
        { id: String(sent++), since: "2026-01-26T08:00:00Z", severity: "info", title: "t", detail: long, todo: null },
      ],
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await vi.waitFor(() => expect(quick.got).toHaveLength(sent + 1), HANGS_MS);
  slow.socket.resume();
  expect(await closed).toBe(1013);
});

it("holds a slow client's updates back, newest of each sensor, until it has caught up", () => {
  let behind = 300_000;
  const sent: string[] = [];
  const onTooFarBehind = vi.fn();
  const client = createFeedClient({ send: (text) => void sent.push(text), behindBytes: () => behind, onTooFarBehind });
  for (let i = 0; i < 100; i++)
    client.update(
      new Map([
        ["a", `a${i}`],
        ["b", `b${i}`],
      ]),
    );
  expect(sent).toEqual([]);
  behind = 0;
  client.update(new Map([["b", "b100"]]));
  expect(sent).toEqual(["a99", "b100"]);
  expect(onTooFarBehind).not.toHaveBeenCalled();
  behind = MOST_BEHIND_BYTES + 1;
  client.update(new Map([["a", "a101"]]));
  client.update(new Map([["a", "a102"]]));
  expect(onTooFarBehind).toHaveBeenCalledTimes(1);
  expect(sent).toHaveLength(2);
});

it("lets go of a client that no longer answers, and keeps one that does", async () => {
  const served = await open({ pingMs: 400 });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const dead = await connect(served, { headers, autoPong: false });
  const live = await connect(served);
  await new Promise((resolve) => dead.socket.on("close", resolve));
  await vi.waitFor(() => expect(served.server.clients()).toBe(1), HANGS_MS);
  served.server.publish(update("a", 1));
  await vi.waitFor(() => expect(live.got).toHaveLength(2), HANGS_MS);
});

it("ends every connection when the server ends", async () => {
  const served = await serve();
  const { socket } = await connect(served);
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await served.stop();
  await closed;
  await expect(fetch(`${served.url}/live`)).rejects.toThrow();
});
