import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { connectSupervisor, type Supervisor } from "./supervisor.ts";

let server: Server;
let supervisor: Supervisor;
let answer: { status: number; text: string };
const says = (status: number, body: unknown): void => {
  answer = { status, text: typeof body === "string" ? body : JSON.stringify(body) };
};

beforeEach(async () => {
  server = createServer((request, response) => {
    const known = request.headers.authorization === "Bearer token";
    response.writeHead(known ? answer.status : 401, { "Content-Type": "application/json" });
    response.end(answer.text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  supervisor = connectSupervisor("token", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(() => void server.close());

const MQTT = {
  host: "core-mosquitto",
  port: 1883,
  username: "addons",
  password: "secret",
  ssl: false,
  protocol: "3.1.1",
};

it("knows the broker, with or without a password, TLS or an IPv6 address", async () => {
  says(200, { result: "ok", data: MQTT });
  expect(await supervisor.broker()).toEqual({
    url: "mqtt://core-mosquitto:1883",
    username: "addons",
    password: "secret",
  });
  says(200, { result: "ok", data: { host: "fd00::1", port: 8883, ssl: true, username: null } });
  expect(await supervisor.broker()).toEqual({ url: "mqtts://[fd00::1]:8883", username: "", password: "" });
  says(200, { result: "ok", data: { ...MQTT, ssl: null } });
  expect((await supervisor.broker())?.url).toBe("mqtt://core-mosquitto:1883");
});

it("tells that there is no broker from that the Supervisor refuses, is upset, or answers in half", async () => {
  says(400, { result: "error", message: "Service not enabled" });
  expect(await supervisor.broker()).toBeNull();
  for (const [status, body, said] of [
    [403, { result: "error", message: "forbidden" }, "403 at /services/mqtt: forbidden"],
    [502, "<html>Bad gateway</html>", "502"],
    [500, "null", "500"],
    [200, { result: "ok", data: {} }, "not understood"],
    [200, { result: "ok", data: { ...MQTT, port: 0 } }, "not understood"],
    [200, '{"result": "ok", "data": {"host": "core-mosq', "not understood"],
    [200, "null", "not understood"],
  ] as const) {
    says(status, body);
    await expect(supervisor.broker(), said).rejects.toMatchObject({
      code: "HOME_ASSISTANT_UNAVAILABLE",
      detail: expect.stringContaining(said),
    });
  }
});

it("says who the app is, and that nobody answers where nobody does", async () => {
  says(200, {
    result: "ok",
    data: { slug: "a0_hypervolt", ingress_url: "/api/hassio_ingress/x/", ingress_port: null },
  });
  expect(await supervisor.self()).toEqual({
    slug: "a0_hypervolt",
    version: "",
    ingressUrl: "/api/hassio_ingress/x/",
    ingressPort: 8099,
    ipAddress: "",
  });
  says(200, { result: "ok", data: { version: "1" } });
  await expect(supervisor.self()).rejects.toMatchObject({ detail: expect.stringContaining("slug") });
  await expect(connectSupervisor("token", "http://127.0.0.1:9").self()).rejects.toMatchObject({
    code: "HOME_ASSISTANT_UNAVAILABLE",
    detail: expect.stringContaining("does not answer"),
  });
});
