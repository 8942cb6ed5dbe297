import type { IncomingMessage } from "node:http";
import { MS_PER_SECOND } from "../domain/units.ts";
import { mayDo, type Access, type Caller, type UserRole } from "./access.ts";
import { FOR_HOME_ASSISTANT, identify } from "./identify.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { RequestRefused } from "./request-refused.ts";

/** Nobody that is known. */
export const ANYBODY: Caller = { user: null, role: "guest", via: "none" };
const NOT_SAID = "Home Assistant did not say who asks";
const SAY_WHO = "Say who asks: send the header Authorization: Bearer with the token";

export type Admission = Readonly<{
  /**
   * Who asks, where they may come in at all. `token` is from the address, where a route takes one there.
   * @throws RequestRefused UNAUTHENTICATED, FORBIDDEN, TOO_MANY_REQUESTS
   */
  who: (req: IncomingMessage, role: UserRole, token?: string | null) => Promise<Caller>;
  /** @throws RequestRefused UNAUTHENTICATED, FORBIDDEN, TOO_MANY_REQUESTS */
  assertAdmitted: (caller: Caller, req: IncomingMessage, role: UserRole) => void;
  /** @throws RequestRefused TOO_MANY_REQUESTS */
  holdRate: (key: string) => void;
}>;

/** The door: who asks, how often, and whether the role suffices. */
export function createAdmission(access: Access, limiter: RateLimiter): Admission {
  const holdRate = (key: string): void => {
    const waitMs = limiter.take(key);
    if (waitMs <= 0) return;
    const seconds = String(Math.ceil(waitMs / MS_PER_SECOND));
    throw new RequestRefused("TOO_MANY_REQUESTS", "Too many requests", { retry_after_s: seconds });
  };
  return {
    holdRate,
    who: async (req, role, token = null) => {
      try {
        const { method = "GET", headers, socket } = req;
        return await identify(access, { method, headers, remoteAddress: socket.remoteAddress, token });
      } catch (error) {
        // What anybody may see must not fail over a stale token.
        if (role === "guest" && error instanceof RequestRefused && error.code === "UNAUTHENTICATED") return ANYBODY;
        holdRate(addressOf(req));
        throw error;
      }
    },
    assertAdmitted: (caller, req, role) => {
      if (role !== "guest") holdRate(caller.user === null ? addressOf(req) : `user ${caller.user}`);
      assertMay(caller, role);
    },
  };
}

/** @throws RequestRefused UNAUTHENTICATED for nobody that is known, FORBIDDEN for a role that does not suffice */
export function assertMay(caller: Caller, role: UserRole): void {
  if (mayDo(caller.role, role)) return;
  if (caller.via === "inside") throw new RequestRefused("FORBIDDEN", FOR_HOME_ASSISTANT);
  if (caller.user === null) throw new RequestRefused("UNAUTHENTICATED", caller.via === "ingress" ? NOT_SAID : SAY_WHO);
  throw new RequestRefused("FORBIDDEN", `This needs the role ${role}; yours is ${caller.role}`);
}

/** Where a request comes from, for the audit log and for the rate of those nobody knows. */
export const addressOf = (req: IncomingMessage): string => `address ${req.socket.remoteAddress ?? "unknown"}`;
