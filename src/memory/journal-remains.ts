import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import type { Delivered } from "./deliveries.ts";
import type { SensorKey } from "./journal.ts";
import { ByteReader, ByteWriter } from "./varint.ts";

/** What has to be known of journal segments that are gone: sensors' names, and what was delivered under which packet id. */
export type JournalRemains = Readonly<{ keys: readonly SensorKey[]; delivered: readonly Delivered[] }>;

const NAME = "remains.bin";
const MAGIC = new TextEncoder().encode("HVRMNS1\n");
const HEAD = MAGIC.length + 4;

/**
 * Replaces what is kept beside the journal, as a whole or not at all: some 11 bytes for each of the broker's packet ids.
 * @param delivered by packet id
 * @throws the file system's error; what was kept before is then still there
 */
export function keepRemains(folder: string, { keys, delivered }: JournalRemains): void {
  const out = new ByteWriter(delivered.length * 12 + keys.length * 24 + HEAD);
  out.bytes(MAGIC);
  out.bytes(new Uint8Array(4));
  out.varint(keys.length);
  for (const [key, sensorId] of keys) {
    const name = new TextEncoder().encode(sensorId);
    out.varint(key);
    out.varint(name.length);
    out.bytes(name);
  }
  let previousId = 0;
  for (const { packetId, key, value } of delivered) {
    out.varint(packetId - previousId);
    out.varint(key);
    out.float64(value);
    previousId = packetId;
  }
  out.uint32At(MAGIC.length, crc32(out.view(HEAD)));
  const name = path.join(folder, NAME);
  const file = openSync(`${name}.new`, "w");
  try {
    for (let at = 0; at < out.length;) at += writeSync(file, out.view(at));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${name}.new`, name);
}

/** What was kept; nothing where the file is missing or not whole. */
export function keptRemains(folder: string): JournalRemains {
  const nothing = { keys: [], delivered: [] };
  let bytes: Buffer;
  try {
    bytes = readFileSync(path.join(folder, NAME));
  } catch {
    return nothing;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD || MAGIC.some((byte, i) => bytes[i] !== byte)) return nothing;
  if (crc32(bytes.subarray(HEAD)) !== view.getUint32(MAGIC.length, true)) return nothing;
  const from = new ByteReader(bytes, HEAD);
  const keys: SensorKey[] = [];
  for (let left = from.varint(); left > 0; left--) {
    const key = from.varint();
    keys.push([key, new TextDecoder().decode(from.bytes(from.varint()))]);
  }
  const delivered: Delivered[] = [];
  let packetId = 0;
  while (from.left > 0) {
    packetId += from.varint();
    delivered.push({ packetId, key: from.varint(), value: from.float64() });
  }
  return { keys, delivered };
}
