import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Clock } from "../domain/clock.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { Log } from "../domain/log.ts";
import { seldomLog } from "../domain/seldom-log.ts";
import type { Access } from "./access.ts";
import { createAdmission } from "./admission.ts";
import type { AuditLog } from "./audit-log.ts";
import { decisionRoutes } from "./decision-routes.ts";
import { documentRoutes } from "./document-routes.ts";
import { createHttp } from "./express-http.ts";
import { gridRoutes, homeRoutes } from "./home-routes.ts";
import type { ServerMessage } from "./messages.ts";
import type { Metrics } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { planRoutes } from "./plan-routes.ts";
import { createRateLimiter, type RateLimit } from "./rate-limit.ts";
import { readingRoutes } from "./reading-routes.ts";
import type { Route, Surroundings } from "./route.ts";
import { sensorRoutes } from "./sensor-routes.ts";
import { setupRoutes } from "./setup-routes.ts";
import { statusRoutes } from "./status-routes.ts";
import type { Views } from "./views.ts";
import { createWebsocketFeed } from "./websocket-feed.ts";

export type ServerParts = Readonly<{
  /** 0: any free one. */
  port: number;
  host: string;
  views: Views;
  access: Access;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  audit: AuditLog;
  version: string;
  /** Folder with panel.html and what it loads; null: no page. */
  cardFolder: string | null;
  /** `/metrics` asks for nothing. */
  metricsOpen?: boolean;
  rateLimit?: RateLimit;
  /** A client that takes nothing of an answer for so long is let go. */
  stalledMs?: number;
  /** How often WebSocket clients are asked whether they are there. */
  pingMs?: number;
}>;

export interface HyperVoltServer extends AsyncDisposable {
  readonly port: number;
  /** To every WebSocket client that wants it; never waits. */
  publish(message: ServerMessage): void;
  /** True while a WebSocket client asks for this type: a `home` message need not be made otherwise. */
  wanted(type: ServerMessage["type"]): boolean;
  /** Connected WebSocket clients. */
  clients(): number;
  /** Ends WebSockets, finishes what is being answered, at most 2 s. */
  close(): Promise<void>;
}

const RATE_LIMIT: RateLimit = { perMinute: 6_000, burst: 1_000 };
const CLOSE_MS = 2_000;
const STALLED_MS = 60_000;

/** Every route, in the order they are tried. */
const allRoutes = (around: Pick<Surroundings, "clock">, access: Access["kind"]): Route[] => [
  ...statusRoutes(access === "ingress" ? "viewer" : "guest"),
  ...readingRoutes(around),
  ...sensorRoutes(),
  ...gridRoutes(),
  ...decisionRoutes(),
  ...homeRoutes(),
  ...planRoutes(),
  ...setupRoutes(),
];

/** REST, WebSocket, metrics and the page, listening. @throws HyperVoltError PORT_TAKEN */
export async function createServer(parts: ServerParts): Promise<HyperVoltServer> {
  const { port, host, views, access, clock, log, metrics, audit, version, cardFolder } = parts;
  const around = { views, clock, metrics, audit, version };
  const told = documentRoutes(() => document, parts.metricsOpen ?? false);
  const routes = [...allRoutes(around, access.kind), ...told];
  const limiter = createRateLimiter(parts.rateLimit ?? RATE_LIMIT, () => performance.now());
  const admission = createAdmission(access, limiter);
  const document = openApi(routes, version);
  const stalledMs = parts.stalledMs ?? STALLED_MS;
  const seldom = seldomLog(log, clock); // what goes wrong with requests, strangers can ask for again and again
  const server = createHttp({ routes, access, admission, around, log: seldom, cardFolder, stalledMs });
  const hello = async () => ({ version, sensors: (await views.sensors.list()).length });
  const feed = createWebsocketFeed({ server, admission, audit, metrics, hello, pingMs: parts.pingMs });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new HyperVoltError("PORT_TAKEN", `port ${port} cannot be listened on: ${why}`, { cause: error });
  }

  const close = async (): Promise<void> => {
    feed.close();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const late = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    await closed;
    clearTimeout(late);
  };
  return {
    port: (server.address() as AddressInfo).port,
    publish: (message) => feed.publish(message),
    wanted: (type) => feed.wanted(type),
    clients: () => feed.clients(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
