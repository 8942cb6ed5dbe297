import type { ReadingBatch } from "./journal.ts";

/** Added to a packet id: the broker sent it before and had no acknowledgement. */
export const REDELIVERED = 2 ** 16;
const PACKET_IDS = 2 ** 16;

/** What was committed last under each of a broker's packet ids: tells a repeated delivery from a new one. */
export class Deliveries {
  readonly #keys = new Uint32Array(PACKET_IDS);
  readonly #values = new Float64Array(PACKET_IDS);

  /** The batch without readings that were committed under the same delivery before. */
  withoutRepeated(batch: ReadingBatch): ReadingBatch {
    const { keys, times, values, deliveries } = batch;
    if (deliveries === undefined) return batch;
    const fresh: number[] = [];
    for (let i = 0; i < keys.length; i++) {
      const delivery: number = deliveries[i] ?? 0;
      const packetId: number = delivery % REDELIVERED;
      const repeated =
        delivery > REDELIVERED && this.#keys[packetId] === keys[i] && this.#values[packetId] === values[i];
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
    for (let i = 0; i < keys.length; i++) {
      const packetId = (deliveries[i] ?? 0) % REDELIVERED;
      if (packetId === 0) continue;
      this.#keys[packetId] = keys[i] ?? 0;
      this.#values[packetId] = values[i] ?? 0;
    }
  }
}
