import { createServer, type Server } from "node:http";
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import type { Log } from "../domain/log.ts";
import { MS_PER_SECOND } from "../domain/units.ts";
import { addressOf, ANYBODY, assertMay, type Admission } from "./admission.ts";
import type { Access, Caller, UserRole } from "./access.ts";
import { asRefusal } from "./as-refusal.ts";
import type { AuditNote } from "./audit-log.ts";
import { sameText, sessionCookie } from "./identify.ts";
import { loginPage } from "./login-page.ts";
import { linksOf } from "./page-links.ts";
import { NO_QUERY } from "./request-schemas.ts";
import { errorAnswer, parseRequest, RequestRefused } from "./request-refused.ts";
import { Reply, Streamed, type Route, type Surroundings } from "./route.ts";
import { sendStream } from "./send-stream.ts";

export type HttpParts = Readonly<{
  routes: readonly Route[];
  access: Access;
  admission: Admission;
  around: Surroundings;
  log: Log;
  /** Folder with panel.html and what it loads; null: no page. */
  cardFolder: string | null;
  /** A client that takes nothing of an answer for so long is let go. */
  stalledMs: number;
}>;

const MOST_BODY_BYTES = 1024 * 1024;
const REFUSALS = new Set([401, 403, 429]);
const SECURITY_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss: blob: data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
};

/** The HTTP side: who asks, may they, is it well-formed; then the route, then its answer. Not listening yet. */
export function createHttp(parts: HttpParts): Server {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", false);
  app.use(measure(parts));
  app.use(letGoOfStalled(parts));
  for (const route of parts.routes) addRoute(app, route, parts);
  if (parts.access.kind === "token") addLogin(app, parts.access.token, parts.admission);
  if (parts.cardFolder !== null) addPage(app, parts.cardFolder, parts);
  app.use(() => {
    throw new RequestRefused("NOT_FOUND", "There is nothing at this address, or not with this method");
  });
  app.use(answerError(parts));
  const server = createServer(app);
  server.headersTimeout = 10 * MS_PER_SECOND;
  server.requestTimeout = 60 * MS_PER_SECOND;
  server.maxConnections = 2_000;
  return server;
}

const measure = ({ around: { metrics } }: HttpParts): RequestHandler => {
  const requests = metrics.counter("hypervolt_http_requests_total", "Requests by route and status.");
  const seconds = metrics.histogram("hypervolt_http_request_seconds", "Time to answer, by route.");
  return (req, res, next) => {
    res.set(SECURITY_HEADERS);
    const startMs = performance.now();
    res.on("finish", () => {
      const route = String(res.locals["route"] ?? "other");
      requests.add(1, {
        method: METHODS.has(req.method) ? req.method : "other",
        route,
        status: String(res.statusCode),
      });
      seconds.observe((performance.now() - startMs) / MS_PER_SECOND, { route });
    });
    next();
  };
};
/** Half an answer is held in memory for nobody; while the answer is still being made, the client is not to blame. */
const letGoOfStalled = ({ around: { metrics }, stalledMs }: HttpParts): RequestHandler => {
  const stalled = metrics.counter("hypervolt_http_stalled_total", "Clients let go because they took no more.");
  return (_, res, next) => {
    let takenBefore = -1;
    const look = setInterval(() => {
      const { socket } = res;
      const waiting = socket?.writableLength ?? 0;
      const taken = waiting === 0 ? -1 : (socket?.bytesWritten ?? 0) - waiting;
      if (taken >= 0 && taken === takenBefore) {
        stalled.add();
        socket?.destroy();
      }
      takenBefore = taken;
    }, stalledMs).unref();
    res.once("close", () => clearInterval(look));
    next();
  };
};

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

const callerOf = (res: Response): Caller => (res.locals["caller"] as Caller | undefined) ?? ANYBODY;

/** Lets in who may come in; the caller is in `res.locals`. */
const door =
  ({ admission }: HttpParts, role: UserRole, takesToken = false): RequestHandler =>
  async (req, res, next) => {
    const caller = await admission.who(req, role, takesToken ? queryOf(req).get("token") : null);
    res.locals["caller"] = caller;
    admission.assertAdmitted(caller, req, role);
    next();
  };

const noteOf = (req: Request, res: Response, outcome: AuditNote["outcome"], detail: string | null): AuditNote => {
  const { user, role } = callerOf(res);
  return { who: user ?? addressOf(req), role, action: req.method, target: req.path.slice(0, 300), outcome, detail };
};

const parseJson = express.json({ limit: MOST_BODY_BYTES, strict: false, inflate: false });

function addRoute(app: Express, route: Route, parts: HttpParts): void {
  const { around, access, log } = parts;
  const writes = route.method !== "get";
  const place: RequestHandler = (_, res, next) => {
    res.locals["route"] = route.path;
    res.locals["writes"] = writes;
    next();
  };
  const run: RequestHandler = async (req, res) => {
    const caller = callerOf(res);
    const query = parseRequest(route.query ?? NO_QUERY, plainQuery(queryOf(req)));
    const body = route.body && parseRequest(route.body, bodyOf(req));
    if (route.roleFor) assertMay(caller, route.roleFor(body));
    const params = req.params as Record<string, string>;
    const answer = await route.handle({ params, query, body, caller }, around);
    const failed = answer instanceof Reply && answer.status >= 400;
    if (writes) around.audit.note(noteOf(req, res, failed ? "failed" : "done", null));
    if (answer instanceof Streamed) return sendStream(res, answer, log);
    if (answer instanceof Reply) {
      res.status(answer.status);
      return void (answer.body === undefined ? res.end() : res.json(answer.body));
    }
    res.status(route.status);
    if (!route.paged) return void res.json(answer);
    const { results, ...page } = answer as { count: number; results: readonly unknown[] };
    const asked = query as { page: number; page_size: number };
    return void res.json({ ...page, ...linksOf(req, access, asked, page.count), results });
  };
  app[route.method](route.path.replaceAll(/\{(\w+)\}/g, ":$1"), place, door(parts, route.role), parseJson, run);
}

function addLogin(app: Express, token: string, { holdRate }: Admission): void {
  app.post("/login", express.urlencoded({ extended: false, limit: 4_096, inflate: false }), (req, res) => {
    holdRate(`login ${addressOf(req)}`);
    const shown = (req.body as Record<string, unknown> | undefined)?.["token"];
    if (typeof shown === "string" && sameText(shown.trim(), token))
      return res.set("Set-Cookie", sessionCookie(token)).redirect(303, "./");
    return void res.status(401).type("html").send(loginPage(true));
  });
}

function addPage(app: Express, cardFolder: string, parts: HttpParts): void {
  const { access } = parts;
  const headers = { "Cache-Control": "no-cache" };
  app.get("/", door(parts, "viewer", true), (req, res, next) => {
    res.locals["route"] = "/";
    if (access.kind === "token" && queryOf(req).has("token"))
      return res.set("Set-Cookie", sessionCookie(access.token)).redirect(303, "./");
    return res.sendFile("panel.html", { root: cardFolder, cacheControl: false, headers }, (error) => {
      if (error !== undefined && error !== null && !res.headersSent) next(error);
    });
  });
  const files = express.static(cardFolder, {
    index: false,
    redirect: false,
    etag: true,
    cacheControl: false,
    setHeaders: (res) => void res.setHeader("Cache-Control", "no-cache"),
  });
  app.use(door(parts, "viewer"), files);
}

/** The last word on everything that was thrown: the answer, the log for what is ours, the audit log for refusals. */
const answerError =
  ({ access, around: { audit }, log }: HttpParts): ErrorRequestHandler =>
  (thrown, req, res, next) => {
    const error = asRefusal(thrown);
    const { status, body } = errorAnswer(error);
    if (status === 500) {
      const stack = error instanceof Error ? error.stack : undefined;
      log.error("A request failed", { method: req.method, path: req.path, error: String(error), stack });
    }
    const writes = res.locals["writes"] === true;
    if (REFUSALS.has(status) || writes) audit.note(noteOf(req, res, status >= 500 ? "failed" : "refused", body.code));
    if (res.headersSent) return next(error);
    if (status === 429) res.set("Retry-After", body.fields?.["retry_after_s"] ?? "1");
    // What is left of a refused body is not read to its end.
    if (status === 413) res.set("Connection", "close");
    if (status === 401) {
      res.set("WWW-Authenticate", 'Bearer realm="HyperVolt"');
      if (access.kind === "token" && req.path === "/" && req.accepts(["json", "html"]) === "html")
        return void res
          .status(401)
          .type("html")
          .send(loginPage(queryOf(req).has("token")));
    }
    return void res.status(status).json(body);
  };

const queryOf = (req: Request): URLSearchParams => new URLSearchParams(req.originalUrl.split("?", 2)[1] ?? "");

/** A field that is given more than once is a list. */
function plainQuery(query: URLSearchParams): Record<string, string | string[]> {
  const names = [...new Set(query.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

function bodyOf(req: Request): unknown {
  const sent = Number(req.headers["content-length"] ?? 0) > 0 || req.headers["transfer-encoding"] !== undefined;
  if (sent && req.body === undefined)
    throw new RequestRefused("REQUEST_INVALID", "The body is expected as Content-Type: application/json");
  return req.body as unknown;
}
