import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { MS_PER_SECOND } from "../domain/units.ts";
import { addressOf, ANYBODY, type Admission } from "./admission.ts";
import type { AuditLog } from "./audit-log.ts";
import type { Metrics } from "./metrics.ts";
import type { ServerMessage } from "./messages.ts";
import { errorAnswer, RequestRefused } from "./request-refused.ts";
import { createFeedClient, MOST_BEHIND_BYTES, type FeedClient } from "./feed-client.ts";

/** Updates of sensors are sent this often at most, ms; what came in between is coalesced to the newest. */
const TICK_MS = 100;
const PING_MS = 20 * MS_PER_SECOND;
const MOST_CLIENTS = 200;
const MOST_MESSAGE_BYTES = 64 * 1024;
const TRY_AGAIN_LATER = 1013;
const POLICY_VIOLATION = 1008;

const Subscribe = z.object({
  type: z.literal("subscribe"),
  data: z.object({
    types: z.array(z.string().max(64)).max(100).optional(),
    sensor_ids: z.array(z.string().max(255)).max(10_000).optional(),
  }),
});

export type FeedParts = Readonly<{
  server: Server;
  admission: Admission;
  audit: AuditLog;
  metrics: Metrics;
  hello: () => Promise<Extract<ServerMessage, { type: "hello" }>["data"]>;
  /** How often a client is asked whether it is there; one that did not answer the last time is let go. */
  pingMs?: number | undefined;
}>;

export interface Feed {
  publish(message: ServerMessage): void;
  /** True while a client has asked for messages of a type: saves making what nobody wants. */
  wanted(type: ServerMessage["type"]): boolean;
  /** Connected clients. */
  clients(): number;
  close(): void;
}

/** /ws/sensors: live messages to every client that may read, each at its own pace (contract http.md). */
export function createWebsocketFeed({ server, admission, audit, metrics, hello, pingMs = PING_MS }: FeedParts): Feed {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols,
  });
  const clients = new Map<WebSocket, FeedClient>();
  const alive = new WeakSet<WebSocket>();
  let updates = new Map<string, ServerMessage>();
  const connected = metrics.gauge("hypervolt_websocket_clients", "Connected WebSocket clients.");
  const behind = metrics.counter("hypervolt_websocket_closed_behind_total", "Clients closed for being too far behind.");
  metrics.onScrape(() => connected.set(clients.size));

  const onUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const [path = "", search = ""] = (req.url ?? "").split("?", 2);
    socket.on("error", () => socket.destroy());
    if (path.replace(/\/$/, "") !== "/ws/sensors")
      return refuse(socket, 404, { code: "NOT_FOUND", detail: "The WebSocket is at /ws/sensors" });
    const token = bearerProtocol(req) ?? new URLSearchParams(search).get("token");
    void admit(req, path, token).then(
      () => sockets.handleUpgrade(req, socket, head, (ws) => void welcome(ws)),
      (error: unknown) => {
        const { status, body } = errorAnswer(error);
        refuse(socket, status, body);
      },
    );
  };

  const admit = async (req: IncomingMessage, path: string, token: string | null): Promise<void> => {
    let caller = ANYBODY;
    try {
      caller = await admission.who(req, "viewer", token);
      admission.assertAdmitted(caller, req, "viewer");
      if (clients.size >= MOST_CLIENTS) throw new RequestRefused("NOT_READY", "Too many WebSocket clients");
    } catch (error) {
      const who = caller.user ?? addressOf(req);
      const detail = errorAnswer(error).body.code;
      audit.note({
        who,
        role: caller.role,
        action: "WEBSOCKET",
        target: path.slice(0, 300),
        outcome: "refused",
        detail,
      });
      throw error;
    }
  };

  const welcome = async (ws: WebSocket): Promise<void> => {
    const client = createFeedClient({
      send: (text) => ws.send(text),
      behindBytes: () => ws.bufferedAmount,
      onTooFarBehind: () => {
        behind.add();
        clients.delete(ws);
        ws.close(TRY_AGAIN_LATER, `more than ${MOST_BEHIND_BYTES} bytes behind`);
      },
    });
    alive.add(ws);
    ws.on("pong", () => void alive.add(ws));
    ws.on("error", () => ws.terminate());
    ws.on("close", () => void clients.delete(ws));
    ws.on("message", (data, binary) => {
      const asked = binary ? undefined : parsedMessage((data as Buffer).toString("utf8"));
      if (asked === undefined) return ws.close(POLICY_VIOLATION, "expected a subscribe message");
      return client.subscribe(asked.data);
    });
    try {
      ws.send(JSON.stringify({ type: "hello", data: await hello() } satisfies ServerMessage));
      if (ws.readyState === WebSocket.OPEN) clients.set(ws, client);
    } catch {
      ws.close(TRY_AGAIN_LATER, "not ready");
    }
  };

  const tick = setInterval(() => {
    if (updates.size === 0 && clients.size === 0) return;
    const newest = new Map(updates.entries().map(([sensorId, message]) => [sensorId, JSON.stringify(message)]));
    updates = new Map();
    for (const client of clients.values()) client.update(newest);
  }, TICK_MS);
  const ping = setInterval(() => {
    for (const ws of clients.keys()) {
      if (!alive.delete(ws)) ws.terminate();
      else ws.ping();
    }
  }, pingMs);
  tick.unref();
  ping.unref();
  server.on("upgrade", onUpgrade);

  return {
    publish: (message) => {
      if (clients.size === 0) return;
      if (message.type === "sensor_update") {
        updates.set(message.data.sensor_id, message);
        return;
      }
      const text = JSON.stringify(message);
      for (const client of clients.values()) client.tell(message.type, text);
    },
    wanted: (type) => [...clients.values()].some((client) => client.wants(type)),
    clients: () => clients.size,
    close: () => {
      clearInterval(tick);
      clearInterval(ping);
      server.off("upgrade", onUpgrade);
      for (const ws of sockets.clients) ws.close(1001, "HyperVolt ends");
      for (const ws of sockets.clients) ws.terminate();
      sockets.close();
    },
  };
}

/** A browser cannot set headers on a WebSocket: it may bring the token as the subprotocol `bearer.<token>`. */
const BEARER = "bearer.";
const bearerProtocol = ({ headers }: IncomingMessage): string | undefined =>
  headers["sec-websocket-protocol"]
    ?.split(",")
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(BEARER))
    ?.slice(BEARER.length);
/** The token is not sent back. */
const handleProtocols = (offered: Set<string>): string | false => (offered.has("hypervolt") ? "hypervolt" : false);

function parsedMessage(text: string): z.output<typeof Subscribe> | undefined {
  try {
    return Subscribe.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function refuse(socket: Duplex, status: number, body: unknown): void {
  const json = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
  );
}
