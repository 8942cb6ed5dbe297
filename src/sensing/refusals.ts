import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";

/** Why a message was not taken (contract mqtt.md). */
export type RefusalReason =
  | "not_json"
  | "no_value"
  | "unknown_sensor_type"
  | "bad_name"
  | "too_large"
  | "too_many"
  | "timestamp_ahead"
  | "bad_timestamp"
  | "bad_device"
  | "bad_discovery"
  | "bad_sensor_value"
  | "template_failed";

/** What was refused for one reason. `topic`, `detail` and `payload` are of the latest; `payload` is its beginning. */
export type Refusal = Readonly<{
  reason: RefusalReason;
  count: number;
  atMs: number;
  topic: string;
  detail: string;
  payload: string;
}>;

const SHOWN_BYTES = 200;

/** Counts what is refused, keeps the latest of each reason, and logs at most one line a minute for each. */
export class Refusals {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #byReason = new Map<RefusalReason, Refusal>();
  readonly #loggedAtMs = new Map<RefusalReason, number>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  note(reason: RefusalReason, topic: string, detail: string, payload: Uint8Array): void {
    const atMs = this.#clock.nowMs();
    const count = (this.#byReason.get(reason)?.count ?? 0) + 1;
    const shown = Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.byteLength, SHOWN_BYTES)).toString();
    const latest = {
      reason,
      count,
      atMs,
      topic: topic.slice(0, SHOWN_BYTES),
      detail: detail.slice(0, 500),
      payload: shown,
    };
    this.#byReason.set(reason, latest);
    const loggedAtMs = this.#loggedAtMs.get(reason);
    if (loggedAtMs !== undefined && Math.abs(atMs - loggedAtMs) < MS_PER_MINUTE) return;
    this.#loggedAtMs.set(reason, atMs);
    this.#log.warning("message refused", { reason, topic: latest.topic, detail: latest.detail, count });
  }

  all(): readonly Refusal[] {
    return [...this.#byReason.values()];
  }
}
