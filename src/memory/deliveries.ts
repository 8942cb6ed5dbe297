import type { ReadingBatch } from "./journal.ts";

/** Added to a packet id: the broker sent it before and had no acknowledgement. */
export const REDELIVERED = 2 ** 16;
const PACKET_IDS = 2 ** 16;
/**
 * Messages after which a packet id is forgotten. A broker counts through its ids: one that was used longer ago may
 * belong to a new message, and what is under way at once is less (the session's receive maximum).
 */
const REMEMBERED = PACKET_IDS / 2;

/** A reading that was committed under a packet id. */
export type Delivered = Readonly<{ packetId: number; key: number; value: number }>;

/**
 * What was committed last under each of a broker's packet ids: tells a repeated delivery from a new one. Of one message
 * many sensors may take readings; they come in one batch.
 */
export class Deliveries {
  readonly #keys = new Uint32Array(PACKET_IDS);
  readonly #values = new Float64Array(PACKET_IDS);
  /** Readings of a message after its first. */
  readonly #further = new Map<number, { key: number; value: number }[]>();
  /** The batch in which a packet id was used last, and how many messages had been remembered by then. */
  readonly #batches = new Uint32Array(PACKET_IDS);
  readonly #turns = new Float64Array(PACKET_IDS);
  #batch = 0;
  #turn = 0;

  /** The batch without readings that were committed under the same delivery before. */
  withoutRepeated(batch: ReadingBatch): ReadingBatch {
    const { keys, times, values, deliveries } = batch;
    if (deliveries === undefined) return batch;
    const fresh: number[] = [];
    for (let i = 0; i < keys.length; i++) {
      const delivery: number = deliveries[i] ?? 0;
      const repeated = delivery > REDELIVERED && this.#has(delivery % REDELIVERED, keys[i] ?? 0, values[i] ?? 0);
      if (!repeated) fresh.push(i);
    }
    if (fresh.length === keys.length) return batch;
    return {
      keys: Uint32Array.from(fresh, (i) => keys[i] ?? 0),
      times: Float64Array.from(fresh, (i) => times[i] ?? 0),
      values: Float64Array.from(fresh, (i) => values[i] ?? 0),
      deliveries: Uint32Array.from(fresh, (i) => deliveries[i] ?? 0),
    };
  }

  remember({ keys, values, deliveries }: ReadingBatch): void {
    if (deliveries === undefined) return;
    this.#batch = (this.#batch + 1) >>> 0;
    for (let i = 0; i < keys.length; i++) {
      const packetId = (deliveries[i] ?? 0) % REDELIVERED;
      if (packetId === 0) continue;
      const key = keys[i] ?? 0;
      const value = values[i] ?? 0;
      if (this.#batches[packetId] === this.#batch) {
        const further = this.#further.get(packetId);
        if (further) further.push({ key, value });
        else this.#further.set(packetId, [{ key, value }]);
        continue;
      }
      this.#batches[packetId] = this.#batch;
      this.#turns[packetId] = ++this.#turn;
      if (this.#further.size > 0) this.#further.delete(packetId);
      this.#keys[packetId] = key;
      this.#values[packetId] = value;
    }
  }

  /** What is remembered, by packet id. */
  delivered(): Delivered[] {
    const all: Delivered[] = [];
    for (let packetId = 1; packetId < PACKET_IDS; packetId++) {
      const key = this.#keys[packetId] ?? 0;
      if (key === 0 || this.#isOld(packetId)) continue;
      all.push({ packetId, key, value: this.#values[packetId] ?? 0 });
      for (const further of this.#further.get(packetId) ?? []) all.push({ packetId, ...further });
    }
    return all;
  }

  /** Remembers what another process knew. */
  restore(delivered: readonly Delivered[]): void {
    this.remember({
      keys: Uint32Array.from(delivered, ({ key }) => key),
      times: new Float64Array(delivered.length),
      values: Float64Array.from(delivered, ({ value }) => value),
      deliveries: Uint32Array.from(delivered, ({ packetId }) => packetId),
    });
  }

  #isOld(packetId: number): boolean {
    return this.#turn - (this.#turns[packetId] ?? 0) >= REMEMBERED;
  }

  #has(packetId: number, key: number, value: number): boolean {
    if (this.#isOld(packetId)) return false;
    if (this.#keys[packetId] === key && this.#values[packetId] === value) return true;
    return this.#further.get(packetId)?.some((one) => one.key === key && one.value === value) === true;
  }
}
