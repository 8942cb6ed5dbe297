import type { Packet } from "mqtt-packet";
import type { Clock } from "../../domain/clock.ts";
import { MS_PER_SECOND } from "../../domain/units.ts";
import type { Asked, Changes, Subscriptions } from "./subscriptions.ts";

const FILTERS_PER_PACKET = 200;
/** Newcomers to a filter that was asked for already wait so long: one question answers all of them. */
const GATHER_MS = MS_PER_SECOND;
const REFUSED = 0x80;

/** An open connection, as much of it as is needed to ask for filters. */
export type AskingLink = Readonly<{ version: 4 | 5; send: (packet: Packet) => void; packetId: () => number }>;

/** Asks the broker for what is subscribed to: what comes in one turn of the event loop at once. */
export class Asking {
  readonly #clock: Clock;
  readonly #subscriptions: Subscriptions;
  readonly #onRefused: (filters: readonly string[]) => void;
  readonly #waiting = new Map<number, readonly string[]>();
  #link: AskingLink | undefined;
  #soon: NodeJS.Immediate | undefined;
  #again: { cancel(): void } | undefined;

  constructor(clock: Clock, subscriptions: Subscriptions, onRefused: (filters: readonly string[]) => void) {
    this.#clock = clock;
    this.#subscriptions = subscriptions;
    this.#onRefused = onRefused;
  }

  /** A connection is open: asks for everything. */
  begin(link: AskingLink): void {
    this.end();
    this.#link = link;
    const { ask, end } = this.#subscriptions.everything();
    // What an earlier session of ours asked for and is covered now must not come twice.
    this.#unsubscribe(end);
    this.#subscribe(ask);
  }

  /** The connection is lost. */
  end(): void {
    this.#link = undefined;
    this.#waiting.clear();
    clearImmediate(this.#soon);
    this.#soon = undefined;
    this.#again?.cancel();
    this.#again = undefined;
  }

  /** Something has changed. */
  soon(): void {
    if (this.#link) this.#soon ??= setImmediate(() => this.now());
  }

  /** Asks before anything else is sent. */
  now(): void {
    clearImmediate(this.#soon);
    this.#soon = undefined;
    if (!this.#link) return;
    const { ask, end }: Changes = this.#subscriptions.changes();
    this.#subscribe(ask);
    this.#unsubscribe(end);
    if (this.#subscriptions.wantsRetained)
      this.#again ??= this.#clock.after(GATHER_MS, () => {
        this.#again = undefined;
        this.#subscribe(this.#subscriptions.retainedWanted());
      });
  }

  /** Whether something waits for `now`. */
  get isWaiting(): boolean {
    return this.#soon !== undefined;
  }

  /** @param body  of a SUBACK */
  answered(body: Buffer): void {
    const filters = this.#waiting.get(body.readUInt16BE(0)) ?? [];
    this.#waiting.delete(body.readUInt16BE(0));
    const codes = body.subarray(2 + (this.#link?.version === 5 ? 1 + (body[2] ?? 0) : 0));
    const refused = filters.filter((_, i) => (codes[i] ?? 0) >= REFUSED);
    if (refused.length === 0) return;
    for (const filter of refused) this.#subscriptions.refuse(filter);
    this.#onRefused(refused);
    this.soon();
  }

  #subscribe(asked: readonly Asked[]): void {
    const wild = asked.filter(({ id }) => id > 1);
    const plain = asked.filter(({ id }) => id === 1);
    for (const batch of [...wild.map((one) => [one]), ...batches(plain)]) {
      const link = this.#link;
      if (!link) return;
      const messageId = link.packetId();
      this.#waiting.set(
        messageId,
        batch.map(({ filter }) => filter),
      );
      link.send({
        cmd: "subscribe",
        messageId,
        subscriptions: batch.map(({ filter, qos }) => ({ topic: filter, qos })),
        ...(link.version === 5 && { properties: { subscriptionIdentifier: batch[0]?.id ?? 1 } }),
      });
    }
  }

  #unsubscribe(filters: readonly string[]): void {
    for (const unsubscriptions of batches(filters))
      this.#link?.send({ cmd: "unsubscribe", messageId: this.#link.packetId(), unsubscriptions: [...unsubscriptions] });
  }
}

function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += FILTERS_PER_PACKET) yield all.slice(i, i + FILTERS_PER_PACKET);
}
