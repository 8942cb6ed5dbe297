import type { BrokerMessage } from "../../domain/broker.ts";
import type { Clock } from "../../domain/clock.ts";
import { MS_PER_SECOND } from "../../domain/units.ts";

/** How long, and how many, messages wait. */
const WAIT_MS = 20 * MS_PER_SECOND;
const MOST = 20_000;

/**
 * QoS 1 messages of an earlier session that come before anybody has subscribed to them again: a sensor's readings
 * before its retained announcement. They wait a while, and are then acknowledged unread.
 */
export class Unclaimed {
  readonly #clock: Clock;
  readonly #onDropped: (count: number) => void;
  #messages: BrokerMessage[] = [];
  #untilMs = 0;
  #timer: { cancel(): void } | undefined;

  constructor(clock: Clock, onDropped: (count: number) => void) {
    this.#clock = clock;
    this.#onDropped = onDropped;
  }

  /** A session begins. */
  begin(): void {
    this.#untilMs = this.#clock.nowMs() + WAIT_MS;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(WAIT_MS, () => this.#release());
  }

  /** Whether the message is kept; its payload must be its own. */
  keeps(message: BrokerMessage): boolean {
    if (message.retain || this.#clock.nowMs() >= this.#untilMs || this.#messages.length >= MOST) return false;
    this.#messages.push({ ...message, payload: Uint8Array.from(message.payload) });
    return true;
  }

  /** Hands out what somebody wants now. */
  claim(
    partition: (messages: readonly BrokerMessage[]) => [mine: BrokerMessage[], others: BrokerMessage[]],
  ): readonly BrokerMessage[] {
    if (this.#messages.length === 0) return [];
    const [mine, others] = partition(this.#messages);
    this.#messages = others;
    return mine;
  }

  /** The session is over: the broker will send them again. */
  forget(): void {
    this.#messages = [];
  }

  close(): void {
    this.#timer?.cancel();
    this.forget();
  }

  #release(): void {
    if (this.#clock.nowMs() < this.#untilMs) return;
    const dropped = this.#messages;
    this.#messages = [];
    for (const { acknowledge } of dropped) acknowledge();
    if (dropped.length > 0) this.#onDropped(dropped.length);
  }
}
