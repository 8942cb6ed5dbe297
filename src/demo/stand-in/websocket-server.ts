import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { EntityTable, TableEntity } from "./entity-table.ts";

/** What a command answers: its result; thrown `Refused` becomes Home Assistant's error. */
export type Answers = Readonly<Record<string, (message: Readonly<Record<string, unknown>>) => unknown>>;
export class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
type Command = Readonly<{ id: number; type: string; [field: string]: unknown }>;

/**
 * Home Assistant's websocket protocol as far as the demo needs it: authentication, `subscribe_entities`, events,
 * actions, and whatever `answers` adds.
 */
export async function startWebsocketServer(
  parts: Readonly<{ table: EntityTable; token: string; version: string; answers: Answers; port?: number }>,
): Promise<{ url: string; fire(eventType: string): void; close(): Promise<void> }> {
  const { table, token, version, answers } = parts;
  const listening = new Set<{ eventType: string; tell: () => void }>();
  const http = createServer((_request, response) => void response.writeHead(404).end());
  const server = new WebSocketServer({ server: http, path: "/api/websocket" });
  server.on("connection", (socket) => {
    let signedIn = false;
    const stops = new Map<number, () => void>();
    const send = (message: unknown): void => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    };
    const succeed = (id: number, result: unknown = null): void => send({ id, type: "result", success: true, result });
    send({ type: "auth_required", ha_version: version });

    const handle = async (command: Command): Promise<void> => {
      const { id, type } = command;
      if (type === "ping") return send({ id, type: "pong" });
      if (type === "supported_features") return succeed(id);
      if (type === "unsubscribe_events") {
        stops.get(Number(command["subscription"]))?.();
        return succeed(id);
      }
      if (type === "subscribe_events") {
        const eventType = typeof command["event_type"] === "string" ? command["event_type"] : "";
        const listener = {
          eventType,
          tell: () => send({ id, type: "event", event: { event_type: eventType, data: { action: "create" } } }),
        };
        listening.add(listener);
        stops.set(id, () => listening.delete(listener));
        return succeed(id);
      }
      if (type === "subscribe_entities") {
        succeed(id);
        send({
          id,
          type: "event",
          event: { a: Object.fromEntries(table.all().map((entity) => [entity.entityId, compressed(entity)])) },
        });
        const shown = new Set(table.all().map(({ entityId }) => entityId));
        stops.set(
          id,
          table.listen(({ entityId, now }) => {
            if (!now) send({ id, type: "event", event: { r: [entityId] } });
            else if (shown.has(entityId))
              send({ id, type: "event", event: { c: { [entityId]: { "+": compressed(now) } } } });
            else send({ id, type: "event", event: { a: { [entityId]: compressed(now) } } });
            if (now) shown.add(entityId);
            else shown.delete(entityId);
          }),
        );
        return;
      }
      const answer = answers[type];
      if (!answer)
        return send({
          id,
          type: "result",
          success: false,
          error: { code: "unknown_command", message: `Unknown command ${type}` },
        });
      try {
        succeed(id, await answer(command));
      } catch (error) {
        const code = error instanceof Refused ? error.code : "unknown_error";
        send({ id, type: "result", success: false, error: { code, message: (error as Error).message } });
      }
    };

    socket.on("message", (data) => {
      const parsed = JSON.parse((data as Buffer).toString("utf8")) as unknown;
      for (const message of (Array.isArray(parsed) ? parsed : [parsed]) as Command[]) {
        if (signedIn) void handle(message);
        else if (message.type === "auth" && message["access_token"] === token) {
          signedIn = true;
          send({ type: "auth_ok", ha_version: version });
        } else {
          send({ type: "auth_invalid", message: "Invalid access token or password" });
          socket.close();
        }
      }
    });
    socket.on("close", () => stops.forEach((stop) => stop()));
  });
  await new Promise<void>((resolve) => http.listen(parts.port ?? 0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    fire(eventType) {
      for (const listener of listening) if (listener.eventType === eventType) listener.tell();
    },
    close: async () => {
      for (const socket of server.clients) socket.terminate();
      await new Promise<void>((resolve) => server.close(() => http.close(() => resolve())));
    },
  };
}

const compressed = ({ state, attributes, contextId, lastChangedMs, lastUpdatedMs }: TableEntity): unknown => ({
  s: state,
  a: attributes,
  c: contextId,
  lc: lastChangedMs / 1_000,
  ...(lastUpdatedMs !== lastChangedMs && { lu: lastUpdatedMs / 1_000 }),
});
