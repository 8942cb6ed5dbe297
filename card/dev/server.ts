/** Serves the built page with a simulated home behind the REST and WebSocket of http.md: `node card/dev/server.ts`. */
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createGzip } from "node:zlib";
import { WebSocketServer } from "ws";
import type { SetupQuestion } from "../../src/serving/setup-messages.ts";
import { simulateHome, USUAL } from "./simulated-home.ts";
import type { HomeShape, SimulatedHome } from "./simulated-home.ts";

const QUESTIONS: readonly SetupQuestion[] = ["wiring", "tariff", "devices", "comfort", "mode"];
const DIST = path.resolve(import.meta.dirname, "../dist");
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json" };

export type DevServer = Readonly<{
  url: string;
  /** What was written to it: method, path and body. */
  writes: { method: string; path: string; body: unknown }[];
  /** Shows another home from now on; connected pages are told. */
  show(shape: Partial<HomeShape>): void;
  /** Serves another build from now on. */
  serve(dist: string): void;
  /** Tells connected pages a change of the home, as every fast tick does. */
  tick(change: (home: SimulatedHome["home"]) => void): void;
  close(): Promise<void>;
}>;

/** Opens on a port of 127.0.0.1 (0: any free one). */
export async function openDevServer(port = 0, first: Partial<HomeShape> = {}): Promise<DevServer> {
  let sim = simulateHome({ ...USUAL, ...first });
  let dist = DIST;
  const writes: DevServer["writes"] = [];
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://local");
    if (pathname.startsWith("/api/")) void answer(request, response, pathname.slice(5), () => sim, writes);
    else sendFile(dist, pathname === "/" ? "/panel.html" : pathname, response);
  });
  const sockets = new WebSocketServer({ server, path: "/ws/sensors" });
  sockets.on("connection", (socket) => {
    socket.send(JSON.stringify({ type: "hello", data: { version: "dev", sensors: sim.sensors.length } }));
  });
  const tell = (type: string, data: unknown): void => {
    for (const socket of sockets.clients) socket.send(JSON.stringify({ type, data }));
  };
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    writes,
    show: (shape) => {
      sim = simulateHome({ ...sim.shape, ...shape });
      tell("home", sim.home);
      tell("plan", { kind: "planned", plan: sim.plan });
    },
    serve: (other) => {
      dist = other;
    },
    tick: (change) => {
      change(sim.home);
      tell("home", sim.home);
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function sendFile(dist: string, pathname: string, response: ServerResponse): void {
  const file = path.join(dist, path.normalize(pathname));
  if (!file.startsWith(dist) || !existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, {
    "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream",
    "Content-Encoding": "gzip",
    "Access-Control-Allow-Origin": "*",
  });
  createReadStream(file).pipe(createGzip()).pipe(response);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  resource: string,
  current: () => SimulatedHome,
  writes: DevServer["writes"],
): Promise<void> {
  const sim = current();
  const send = (body: unknown, status = 200): void => {
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  };
  const { searchParams } = new URL(request.url ?? "/", "http://local");
  const sought = (searchParams.get("search") ?? "").toLowerCase();
  const page = <T>(all: T[]) => {
    const results = all.filter((row) =>
      JSON.stringify(Object.values(row as object))
        .toLowerCase()
        .includes(sought),
    );
    return { count: results.length, next: null, previous: null, results };
  };
  if (request.method !== "GET") {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || "{}") as Record<string, unknown>;
    writes.push({ method: request.method ?? "", path: resource, body });
    if (resource === "preferences") {
      Object.assign(sim.preferences, body);
      sim.home.mode = sim.preferences.mode;
    }
    return send(resource === "preferences" ? sim.preferences : {});
  }
  const answers: Record<string, () => unknown> = {
    home: () => sim.home,
    plan: () => ({ kind: "planned", plan: sim.plan }),
    forecasts: () => sim.forecasts,
    ledger: () => sim.ledger,
    alerts: () => sim.alerts,
    preferences: () => sim.preferences,
    "home/history": () => sim.history,
    "ai-decisions": () => page(sim.decisions),
    sensors: () => page(sim.sensors),
    "sensor-readings": () =>
      page(sim.sensors.filter(({ value }) => value !== null).map((sensor, i) => ({ id: `r${i}`, ...sensor }))),
    "sensor-readings/export": () => sim.sensors,
    "grid-data": () =>
      page(
        sim.plan.price.map((value, i) => ({
          timestamp: new Date(Date.parse(sim.plan.start) + i * 1_800_000).toISOString(),
          kind: "import_price",
          value,
          unit: "EUR/kWh",
          source: "sample tariff",
          age_s: 120,
          sample: true,
        })),
      ),
    "energy-sources": () => page(sim.sources),
    // Nothing left to ask: the banner that leads to the set-up page stays away.
    setup: () => ({
      answered: Object.fromEntries(QUESTIONS.map((question) => [question, sim.home.now])),
      complete: true,
    }),
    "audit-log": () =>
      page([
        {
          id: "1",
          timestamp: sim.home.now,
          who: "Ada",
          role: "admin",
          action: "override",
          target: "dishwasher",
          outcome: "done",
          detail: null,
        },
        {
          id: "2",
          timestamp: sim.home.now,
          who: "Guest",
          role: "viewer",
          action: "preferences",
          target: null,
          outcome: "refused",
          detail: "needs operator",
        },
      ]),
  };
  const found = answers[resource.replace(/\/$/, "")];
  return found ? send(found()) : send({ code: "NOT_FOUND", detail: `There is no ${resource}` }, 404);
}

if (process.argv[1] === import.meta.filename) {
  const { url } = await openDevServer(Number(process.argv[2] ?? 18_431));
  process.stdout.write(`${url}\n`);
}
