/** An incoming PUBLISH. `payload` is a view into the socket's buffer: copy what must outlive the call. */
export type IncomingPublish = Readonly<{
  topic: string;
  payload: Uint8Array;
  qos: 0 | 1 | 2;
  retain: boolean;
  redelivered: boolean;
  /** 0 at QoS 0. */
  packetId: number;
  /** Which of our subscriptions it was sent for, where the broker says so (MQTT 5). */
  subscriptionIds: readonly number[];
}>;

export type PacketSink = Readonly<{
  publish(message: IncomingPublish): void;
  /** A PUBLISH of more than is taken, without its payload. */
  tooLarge(message: Pick<IncomingPublish, "topic" | "qos" | "packetId">, bytes: number): void;
  /** Any other packet: its type (4 upper bits of the first byte) and its body. */
  other(type: number, body: Buffer): void;
}>;

const PUBLISH = 3;
const NOTHING = Buffer.alloc(0);
const NO_IDS: readonly number[] = [];
const SUBSCRIPTION_ID = 0x0b;

/**
 * Cuts a byte stream into MQTT packets. PUBLISH is decoded in place, without an object per header field or a copy of
 * the payload: this is where a client library costs more than the work it hands over.
 * @see MQTT 3.1.1 §2.2 and §3.3, MQTT 5 §2.2 and §3.3
 */
export class PacketReader {
  readonly #sink: PacketSink;
  readonly #maxPacketBytes: number;
  #rest: Buffer = NOTHING;
  #needBytes = 0;
  #parts: Buffer[] = [];
  #partsBytes = 0;
  /** Of a packet that is not taken, still to come. */
  #skipBytes = 0;
  /** 5 when the packets carry properties. */
  protocolVersion: 4 | 5 = 5;

  constructor(sink: PacketSink, maxPacketBytes: number) {
    this.#sink = sink;
    this.#maxPacketBytes = maxPacketBytes;
  }

  /** Takes what the socket gave. Throws RangeError where the stream is no MQTT; the connection is then of no use. */
  push(chunk: Buffer): void {
    let data = chunk;
    if (this.#skipBytes > 0) {
      const skipped = Math.min(this.#skipBytes, chunk.length);
      this.#skipBytes -= skipped;
      data = chunk.subarray(skipped);
      if (data.length === 0) return;
    }
    if (this.#partsBytes > 0) {
      this.#parts.push(data);
      this.#partsBytes += data.length;
      if (this.#partsBytes < this.#needBytes) return;
      data = Buffer.concat(this.#parts, this.#partsBytes);
      this.#parts = [];
      this.#partsBytes = 0;
    }
    let at = 0;
    for (;;) {
      const left = data.length - at;
      if (left < 2) {
        this.#keep(data, at, 2);
        return;
      }
      let length = 0;
      let shift = 0;
      let cursor = at + 1;
      let complete = false;
      while (cursor < data.length) {
        const byte = data[cursor++] ?? 0;
        length |= (byte & 0x7f) << shift;
        if ((byte & 0x80) === 0) {
          complete = true;
          break;
        }
        shift += 7;
        if (shift > 21) throw new RangeError("remaining length over four bytes");
      }
      if (!complete) {
        this.#keep(data, at, left + 1);
        return;
      }
      const end = cursor + length;
      if (length > this.#maxPacketBytes) {
        const headerEnd = this.#passOver(data, at, cursor, length);
        if (headerEnd > data.length) {
          this.#keep(data, at, headerEnd - at);
          return;
        }
        if (end >= data.length) {
          this.#skipBytes = end - data.length;
          return;
        }
        at = end;
        continue;
      }
      if (end > data.length) {
        this.#keep(data, at, end - at);
        return;
      }
      const first = data[at] ?? 0;
      if (first >> 4 === PUBLISH) this.#publish(first, data, cursor, end);
      else this.#sink.other(first >> 4, data.subarray(cursor, end));
      at = end;
      if (at === data.length) return;
    }
  }

  #keep(data: Buffer, from: number, needBytes: number): void {
    if (from >= data.length) return;
    this.#rest = data.subarray(from);
    this.#parts = [this.#rest];
    this.#partsBytes = this.#rest.length;
    this.#needBytes = needBytes;
  }

  /**
   * A PUBLISH that is too large costs its own content, not the connection: a retained one would end that again and again.
   * @returns where its header ends; it has been told of where all of that is there
   */
  #passOver(data: Buffer, at: number, start: number, length: number): number {
    const first = data[at] ?? 0;
    if (first >> 4 !== PUBLISH) throw new RangeError(`packet of ${length} bytes`);
    const qos = (first >> 1) & 3;
    if (data.length < start + 2) return start + 2;
    const topicEnd = start + 2 + (((data[start] ?? 0) << 8) | (data[start + 1] ?? 0));
    const headerEnd = topicEnd + (qos > 0 ? 2 : 0);
    if (qos === 3 || headerEnd > start + length) throw new RangeError("PUBLISH cut short");
    if (headerEnd > data.length) return headerEnd;
    const packetId = qos > 0 ? ((data[topicEnd] ?? 0) << 8) | (data[topicEnd + 1] ?? 0) : 0;
    this.#sink.tooLarge({ topic: data.toString("utf8", start + 2, topicEnd), qos: qos as 0 | 1 | 2, packetId }, length);
    return headerEnd;
  }

  #publish(first: number, data: Buffer, start: number, end: number): void {
    const qos = (first >> 1) & 3;
    const topicBytes = ((data[start] ?? 0) << 8) | (data[start + 1] ?? 0);
    let at = start + 2 + topicBytes;
    if (qos === 3 || at + (qos > 0 ? 2 : 0) > end) throw new RangeError("PUBLISH cut short");
    const topic = data.toString("utf8", start + 2, at);
    let packetId = 0;
    if (qos > 0) {
      packetId = ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
      at += 2;
    }
    let subscriptionIds = NO_IDS;
    if (this.protocolVersion === 5) {
      const [properties, propertiesAt] = variableInteger(data, at);
      at = propertiesAt + properties;
      if (at > end) throw new RangeError("PUBLISH properties cut short");
      if (properties > 0) subscriptionIds = readSubscriptionIds(data, propertiesAt, at);
    }
    this.#sink.publish({
      topic,
      payload: data.subarray(at, end),
      qos: qos as 0 | 1 | 2,
      retain: (first & 1) !== 0,
      redelivered: (first & 8) !== 0,
      packetId,
      subscriptionIds,
    });
  }
}

function variableInteger(data: Buffer, from: number): [value: number, next: number] {
  let value = 0;
  let at = from;
  for (let shift = 0; shift <= 21; shift += 7) {
    const byte = data[at++] ?? 0;
    value |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) return [value, at];
  }
  throw new RangeError("variable byte integer over four bytes");
}

/** Reads past what a PUBLISH may carry (MQTT 5 §3.3.2.3) and keeps the subscription identifiers. */
function readSubscriptionIds(data: Buffer, from: number, end: number): readonly number[] {
  const ids: number[] = [];
  const text = (at: number): number => at + 2 + (((data[at] ?? 0) << 8) | (data[at + 1] ?? 0));
  let at = from;
  while (at < end) {
    const property = data[at++];
    if (property === SUBSCRIPTION_ID) {
      const [id, next] = variableInteger(data, at);
      ids.push(id);
      at = next;
    } else if (property === 0x01) at += 1;
    else if (property === 0x02) at += 4;
    else if (property === 0x23) at += 2;
    else if (property === 0x03 || property === 0x08 || property === 0x09) at = text(at);
    else if (property === 0x26) at = text(text(at));
    else throw new RangeError("unknown PUBLISH property");
  }
  return ids;
}
