import { generate } from "mqtt-packet";
import { expect, it } from "vitest";
import { PacketReader } from "./packet-reader.ts";

const MOST_BYTES = 100;

function reader() {
  const seen: string[] = [];
  const one = new PacketReader(
    {
      publish: ({ topic, payload }) => seen.push(`${topic} ${payload.toString()}`),
      tooLarge: ({ topic, qos, packetId }, bytes) => seen.push(`${topic} qos ${qos} id ${packetId}: ${bytes} bytes`),
      other: (type) => seen.push(`type ${type}`),
    },
    MOST_BYTES,
  );
  one.protocolVersion = 4;
  return { one, seen };
}
const publish = (topic: string, payload: string, qos: 0 | 1 = 0): Buffer =>
  generate({ cmd: "publish", topic, payload, qos, dup: false, retain: false, ...(qos === 1 && { messageId: 7 }) });

it.each([1, 2, 3, 5, 50, 101, 1_000])(
  "passes over a message that is too large, however it is cut (pieces of %i bytes), and reads what follows",
  (pieceBytes) => {
    const { one, seen } = reader();
    const stream = Buffer.concat([
      publish("a", "before"),
      publish("large", "x".repeat(300), 1),
      publish("b", "between", 1),
      publish("large/too", "y".repeat(MOST_BYTES)),
      publish("c", "after"),
    ]);
    for (let at = 0; at < stream.length; at += pieceBytes) one.push(stream.subarray(at, at + pieceBytes));
    expect(seen).toEqual([
      "a before",
      "large qos 1 id 7: 309 bytes",
      "b between",
      "large/too qos 0 id 0: 111 bytes",
      "c after",
    ]);
  },
);

it("takes what is no message and too large for no MQTT at all", () => {
  expect(() => reader().one.push(Buffer.from([0x90, 0xff, 0x01]))).toThrow(RangeError);
});
