import { HyperVoltError } from "../domain/errors.ts";
import { RequestRefused } from "./request-refused.ts";

/** What express and its body parser throw, in our words; anything else stays what it is. */
export function asRefusal(thrown: unknown): unknown {
  if (thrown instanceof HyperVoltError || !(thrown instanceof Error)) return thrown;
  const { status, type } = thrown as Error & { status?: unknown; type?: unknown };
  if (status === 413) return new RequestRefused("BODY_TOO_LARGE", "The body is over 1 MiB");
  if (status === 404) return new RequestRefused("NOT_FOUND", "There is nothing at this address");
  if (typeof status !== "number" || status < 400 || status > 499) return thrown;
  const detail = type === "entity.parse.failed" ? "The body is not JSON" : thrown.message.slice(0, 200);
  return new RequestRefused("REQUEST_INVALID", detail);
}
