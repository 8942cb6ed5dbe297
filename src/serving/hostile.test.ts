import net from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openRest } from "../../tests/fuzz/rest-cases.ts";
import { serve, TOKEN, type Served } from "../../tests/harness/serving-house.ts";

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.stop());

const RUNS = 300;
const SEED = 20260126;

it("answers any JSON body with an answer or a refusal in the error's shape, and any query, quietly", async () => {
  const { bodies, queries, close } = await openRest();
  try {
    await bodies(RUNS, SEED);
    await queries(RUNS, SEED);
  } finally {
    await close();
  }
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
