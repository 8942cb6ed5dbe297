import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Access, Caller } from "./access.ts";
import { RequestRefused } from "./request-refused.ts";

/** What of a request tells who asks. `token` is from the address, where a route takes one there. */
export type Knock = Readonly<{
  method: string;
  headers: IncomingHttpHeaders;
  remoteAddress: string | undefined;
  token?: string | null;
}>;

export const FOR_HOME_ASSISTANT = "This port is for Home Assistant only; open HyperVolt from its sidebar";
const COOKIE = "hypervolt_session";
const NOBODY: Caller = { user: null, role: "guest", via: "none" };
const LOOPBACK = new Set(["127.0.0.1", "::1"]);
const UNSAFE = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * Who asks. A guest is nobody that is known; what a guest may see is for the route to say.
 * @throws RequestRefused FORBIDDEN where the request should not have come at all, UNAUTHENTICATED for a wrong token
 */
export async function identify(access: Access, knock: Knock): Promise<Caller> {
  switch (access.kind) {
    case "ingress":
      return behindIngress(access, knock);
    case "token":
      return withToken(access.token, knock);
    case "open":
      return onLoopback(knock);
  }
}

async function behindIngress(access: Extract<Access, { kind: "ingress" }>, knock: Knock): Promise<Caller> {
  const from = plainAddress(knock.remoteAddress);
  if (from !== access.supervisorAddress) {
    if (LOOPBACK.has(from)) return { ...NOBODY, via: "inside" };
    throw new RequestRefused("FORBIDDEN", FOR_HOME_ASSISTANT);
  }
  const user = knock.headers["x-remote-user-id"];
  if (typeof user !== "string" || user === "") return { ...NOBODY, via: "ingress" };
  const role = await access.roleOf(user);
  if (role === null) return { user, role: "guest", via: "ingress" };
  return { user, role, via: "ingress" };
}

function withToken(token: string, knock: Knock): Caller {
  const bearer = /^Bearer +(\S+) *$/i.exec(knock.headers.authorization ?? "")?.[1] ?? knock.token ?? undefined;
  if (bearer !== undefined) {
    if (!sameText(bearer, token)) throw new RequestRefused("UNAUTHENTICATED", "The token is wrong");
    return { user: "token", role: "admin", via: "bearer" };
  }
  const session = cookieOf(knock.headers.cookie, COOKIE);
  if (session === undefined || !sameText(session, sessionOf(token))) return NOBODY;
  assertSameOrigin(knock);
  return { user: "token", role: "admin", via: "cookie" };
}

function onLoopback(knock: Knock): Caller {
  const host = hostName(knock.headers.host);
  if (!LOOPBACK.has(plainAddress(knock.remoteAddress)) || !(LOOPBACK.has(host) || host === "localhost"))
    throw new RequestRefused("FORBIDDEN", "The demo is open on this computer only, as localhost");
  assertSameOrigin(knock);
  return { user: "demo", role: "admin", via: "open" };
}

/**
 * A page of another site can make a browser send our cookie, or speak to our loopback: what such a page may not do is
 * write, or open the WebSocket. Browsers say where a request comes from; programs say nothing and are let through.
 */
function assertSameOrigin({ method, headers }: Knock): void {
  const upgrade = headers.upgrade !== undefined;
  if (!UNSAFE.has(method) && !upgrade) return;
  const { origin } = headers;
  const foreign =
    origin === undefined
      ? headers["sec-fetch-site"] === "cross-site"
      : !URL.canParse(origin) || new URL(origin).host !== headers.host;
  if (foreign) throw new RequestRefused("FORBIDDEN", "A page of another site may not do this");
}

/** The cookie for a person's browser: made from the token, so that it outlives a restart and ends with the token. */
export const sessionCookie = (token: string): string =>
  `${COOKIE}=${sessionOf(token)}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${30 * 24 * 3_600}`;

/** True where both are the same, in a time that does not tell how much of it is. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

const sessionOf = (token: string): string =>
  createHmac("sha256", token).update("hypervolt browser session 1").digest("base64url");

const cookieOf = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(";")
    .map((one) => one.trim())
    .find((one) => one.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** IPv4 without the prefix it has on a socket that takes both. */
const plainAddress = (address: string | undefined): string => (address ?? "").replace(/^::ffff:/i, "");

const hostName = (host: string | undefined): string =>
  (host ?? "")
    .replace(/:\d+$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
