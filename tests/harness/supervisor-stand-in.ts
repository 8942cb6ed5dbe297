import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";

/** What a Home Assistant user is to the app behind ingress. */
export type IngressUser = Readonly<{ id: string; name: string; displayName: string }>;

export type StandInOptions = Readonly<{
  /** The Core that is passed on to, with a token of an administrator. */
  core: Readonly<{ url: string; token: string }>;
  /** What `/services/mqtt` says; null: no broker app provides it. */
  mqtt: Readonly<{ host: string; port: number; username?: string; password?: string }> | null;
  /** Where the app listens, for ingress; the address it sees us come from is `ingressFrom`. */
  app?: Readonly<{ port: number }>;
  ingressFrom?: string;
  ingressUser?: IngressUser;
}>;

export type SupervisorStandIn = Readonly<{
  url: string;
  /** SUPERVISOR_TOKEN of the app. */
  token: string;
  /** Path at which the browser would reach the app. */
  ingressUrl: string;
  /** Ends every conversation with Core, as a restart of Core does. */
  dropCore(): void;
  /** Core is away: proxied requests are answered 502 and websockets end after signing in. */
  setCore(core: StandInOptions["core"] | null): void;
  /** Where the app listens, once it does. */
  setApp(app: StandInOptions["app"]): void;
  /** Who is logged in at Home Assistant from now on; null: the session has no user. */
  setUser(user: IngressUser | null): void;
  close(): Promise<void>;
}>;

const TOKEN = "supervisor-token-of-the-app";
const INGRESS = "/api/hassio_ingress/abcdefghijklmnop";

/**
 * The Supervisor as far as an app without `hassio_api` sees it: its own info, the broker, the proxies to Core and
 * ingress with its headers. The proxies refuse what the real one refuses.
 */
export async function startSupervisorStandIn(options: StandInOptions): Promise<SupervisorStandIn> {
  let core: StandInOptions["core"] | null = options.core;
  let { app, ingressUser: user } = options;
  const sockets = new Set<WebSocket>();
  const server = createServer((incoming, answer) => {
    void route(incoming, answer).catch((error: unknown) => fail(answer, 500, String(error)));
  });
  const websockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (incoming, socket, head) => {
    if (incoming.url?.startsWith(INGRESS)) return ingressSocket(incoming, socket, head);
    if (!/^\/core\/(api\/)?websocket$/.test(incoming.url ?? "")) return void socket.destroy();
    websockets.handleUpgrade(incoming, socket, head, (app) => passOn(app));
  });

  const route = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const url = incoming.url ?? "/";
    if (url.startsWith(INGRESS)) return ingress(incoming, answer);
    if (incoming.headers.authorization !== `Bearer ${TOKEN}`) return fail(answer, 401, "unauthorized");
    if (url === "/services/mqtt")
      return options.mqtt
        ? ok(answer, {
            ssl: false,
            protocol: "3.1.1",
            addon: "core_mosquitto",
            username: "",
            password: "",
            ...options.mqtt,
          })
        : fail(answer, 400, "Service not enabled");
    if (url === "/addons/self/info")
      return ok(answer, {
        slug: "local_hypervolt",
        name: "HyperVolt",
        version: "0.1.0",
        state: "started",
        ingress: true,
        ingress_url: `${INGRESS}/`,
        ingress_port: app?.port ?? 8099,
        ip_address: "127.0.0.1",
        options: {},
      });
    if (url === "/info") return ok(answer, { supervisor: "2026.11.0", homeassistant: "2026.11.0", arch: "amd64" });
    if (url.startsWith("/core/api/")) return passRequest(incoming, answer, url.slice("/core".length));
    fail(answer, 403, `forbidden without hassio_api: ${url}`);
  };

  const passRequest = async (incoming: IncomingMessage, answer: ServerResponse, path: string): Promise<void> => {
    if (!["GET", "POST", "DELETE"].includes(incoming.method ?? "")) return fail(answer, 405, "method not allowed");
    if (/^\/api\/hassio[/_]/.test(path)) return fail(answer, 403, "forbidden");
    if (!core) return fail(answer, 502, "Core is away");
    const body = incoming.method === "POST" ? Buffer.concat(await incoming.toArray()) : null;
    const passed = await fetch(core.url + path, {
      method: incoming.method ?? "GET",
      headers: {
        Authorization: `Bearer ${core.token}`,
        "Content-Type": incoming.headers["content-type"] ?? "application/json",
      },
      ...(body ? { body } : {}),
    }).catch(() => null);
    if (!passed) return fail(answer, 502, "Core is away");
    answer.writeHead(passed.status, { "Content-Type": passed.headers.get("content-type") ?? "application/json" });
    answer.end(Buffer.from(await passed.arrayBuffer()));
  };

  /** The app signs in with its own token; Core sees the Supervisor's. */
  const passOn = (app: WebSocket): void => {
    sockets.add(app);
    app.on("close", () => sockets.delete(app));
    app.send(JSON.stringify({ type: "auth_required", ha_version: "2026.11.0" }));
    app.once("message", (data: Buffer) => {
      const { access_token, api_password } = JSON.parse(data.toString()) as Record<string, string>;
      if ((access_token ?? api_password) !== TOKEN) {
        app.send(JSON.stringify({ type: "auth_invalid", message: "Invalid access" }));
        return app.close();
      }
      app.send(JSON.stringify({ type: "auth_ok", ha_version: "2026.11.0" }));
      if (!core) return app.close();
      const { token } = core;
      const up = new WebSocket(`${core.url.replace(/^http/, "ws")}/api/websocket`);
      const waiting: string[] = [];
      let signedIn = false;
      app.on("message", (bytes: Buffer) => {
        const text = bytes.toString();
        const { id, type } = JSON.parse(text) as { id?: number; type?: string };
        if (/^(supervisor|hassio)\//.test(type ?? "")) {
          const error = { code: "unauthorized", message: "Unauthorized" };
          return app.send(JSON.stringify({ id, type: "result", success: false, error }));
        }
        if (signedIn) up.send(text);
        else waiting.push(text);
      });
      up.on("message", (bytes: Buffer) => {
        const text = bytes.toString();
        if (signedIn) return app.send(text);
        const { type } = JSON.parse(text) as { type?: string };
        if (type === "auth_required") return up.send(JSON.stringify({ type: "auth", access_token: token }));
        if (type !== "auth_ok") return app.close();
        signedIn = true;
        for (const message of waiting.splice(0)) up.send(message);
      });
      const end = (): void => {
        app.close();
        up.close();
      };
      up.on("close", end).on("error", end);
      app.on("close", end);
    });
  };

  /** The headers the app sees: what a client claims of itself is taken away. */
  const ingressHeaders = (incoming: IncomingMessage): Record<string, string | string[] | undefined> => ({
    ...Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => !name.startsWith("x-remote-user") && name !== "host"),
    ),
    "x-ingress-path": INGRESS,
    "x-hass-source": "core.ingress",
    "x-forwarded-host": incoming.headers.host,
    "x-forwarded-proto": "http",
    ...(user && {
      "x-remote-user-id": user.id,
      "x-remote-user-name": user.name,
      "x-remote-user-display-name": user.displayName,
    }),
  });
  const pathOf = (incoming: IncomingMessage): string => (incoming.url ?? "").slice(INGRESS.length) || "/";
  const ingressSocket = (incoming: IncomingMessage, client: Duplex, head: Buffer): void => {
    if (!app) return void client.destroy();
    const { ingressFrom } = options;
    const up = request({
      host: ingressFrom ?? "127.0.0.1",
      port: app.port,
      path: pathOf(incoming),
      ...(ingressFrom && { localAddress: ingressFrom }),
      headers: ingressHeaders(incoming),
    });
    up.on("upgrade", (answer, socket, rest) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
      client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
      if (rest.length > 0) client.write(rest);
      if (head.length > 0) socket.write(head);
      socket.pipe(client).pipe(socket);
      socket.on("error", () => client.destroy());
      client.on("error", () => socket.destroy());
    });
    up.on("response", (answer) => client.end(`HTTP/1.1 ${answer.statusCode ?? 502} Refused\r\n\r\n`));
    up.on("error", () => client.destroy());
    up.end();
  };

  const ingress = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    if (!app) return fail(answer, 503, "no app");
    const { ingressFrom } = options;
    const body = Buffer.concat(await incoming.toArray());
    const up = request(
      {
        host: ingressFrom ?? "127.0.0.1",
        port: app.port,
        path: pathOf(incoming),
        method: incoming.method ?? "GET",
        ...(ingressFrom ? { localAddress: ingressFrom } : {}),
        headers: ingressHeaders(incoming),
      },
      (passed) => {
        // The real one drops the parameters of a content type, the charset with them.
        const type = passed.headers["content-type"]?.split(";")[0];
        answer.writeHead(passed.statusCode ?? 502, { ...passed.headers, ...(type ? { "content-type": type } : {}) });
        passed.pipe(answer);
      },
    );
    up.on("error", (error) => fail(answer, 502, error.message));
    up.end(body);
  };

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token: TOKEN,
    ingressUrl: `http://127.0.0.1:${port}${INGRESS}/`,
    dropCore: () => sockets.forEach((socket) => socket.terminate()),
    setCore: (next) => void (core = next),
    setApp: (next) => void (app = next),
    setUser: (next) => void (user = next ?? undefined),
    async close() {
      sockets.forEach((socket) => socket.terminate());
      await closeServer(server);
    },
  };
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

const ok = (answer: ServerResponse, data: unknown): void => {
  answer.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ result: "ok", data }));
};
const fail = (answer: ServerResponse, status: number, message: string): void => {
  if (answer.headersSent) return void answer.end();
  answer.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify({ result: "error", message }));
};
