import {
  closeSync,
  copyFileSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import { ByteReader, ByteWriter } from "./varint.ts";

/**
 * Readings of many sensors as they arrived; `keys` are the history's short names of sensors. `deliveries`, where any
 * reading has one: the broker's packet id, plus REDELIVERED; 0 for none.
 */
export type ReadingBatch = Readonly<{
  keys: Uint32Array;
  times: Float64Array;
  values: Float64Array;
  deliveries?: Uint32Array | undefined;
}>;
/** A sensor's short name, told before its first reading. */
export type SensorKey = readonly [key: number, sensorId: string];
export type JournalEntry = Readonly<{ defined: readonly SensorKey[]; batch: ReadingBatch }>;

const MAGIC = new TextEncoder().encode("HVJRNL1\n");
const FRAME_HEAD = 8;
const SEGMENT = /^journal-(\d{10})\.log$/;
const segmentName = (number: number): string => `journal-${String(number).padStart(10, "0")}.log`;

/**
 * The write-ahead journal of readings: a batch is committed when its frame has been written, for some 15 bytes a
 * reading where a database would write whole pages. Frames are `length, crc32, entry`, all little-endian; a frame
 * that ends early or fails its checksum was never acknowledged and ends its segment. Survives SIGKILL at any moment;
 * a power cut too once `sync` returned. One writer.
 */
export class Journal {
  readonly #folder: string;
  readonly #frame = new ByteWriter(64 * 1024);
  #file = -1;
  #number = 0;
  #length = 0;
  #unsynced = false;
  #syncing = false;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#number = this.#segments().at(-1) ?? 0;
  }

  /**
   * Gives every whole entry to `onEntry`, oldest first. Only the newest segment may rightly end within an entry, which
   * is then cut off: it will not always be the newest. Of a damaged one a copy is set aside; what was whole stays in
   * the journal, for it is nowhere else yet.
   */
  replay(onEntry: (entry: JournalEntry, segment: number) => void): { damagedSegments: number } {
    let damagedSegments = 0;
    for (const number of this.#segments()) {
      const file = path.join(this.#folder, segmentName(number));
      const bytes = readFileSync(file);
      if (bytes.length < MAGIC.length && bytes.every((byte, i) => byte === MAGIC[i])) {
        rmSync(file);
        continue;
      }
      const { wholeBytes, torn } = readFrames(bytes, (entry) => onEntry(entry, number));
      if (wholeBytes === bytes.length) continue;
      if (number !== this.#number || !torn) {
        damagedSegments++;
        copyFileSync(file, `${file}.damaged`);
      }
      if (wholeBytes === 0) rmSync(file);
      else truncateSync(file, wholeBytes);
    }
    return { damagedSegments };
  }

  /** New segments are numbered after `number`, also where none is left. */
  continueAfter(number: number): void {
    this.#number = Math.max(this.#number, number);
  }

  /** @throws the file system's error; nothing of the entry is then in the journal */
  append(entry: JournalEntry): void {
    if (this.#file < 0) this.#open(this.#number + 1);
    const frame = this.#frame;
    frame.clear();
    frame.bytes(new Uint8Array(FRAME_HEAD));
    writeEntry(frame, entry);
    frame.uint32At(0, frame.length - FRAME_HEAD);
    frame.uint32At(4, crc32(frame.view(FRAME_HEAD)));
    this.#write(frame.view());
    this.#unsynced = true;
  }

  /** What was appended before is now on the disk itself. */
  sync(): void {
    if (!(this.#unsynced || this.#syncing) || this.#file < 0) return;
    fdatasyncSync(this.#file);
    this.#unsynced = false;
  }

  /**
   * As `sync`, while more is appended: a disk may take its time.
   * @param onFailure called with why it could not be done; it is tried again with the next call
   */
  syncMeanwhile(onFailure: (error: Error) => void): void {
    if (!this.#unsynced || this.#syncing || this.#file < 0) return;
    const file = this.#file;
    this.#syncing = true;
    this.#unsynced = false;
    fdatasync(file, (error) => {
      this.#syncing = false;
      // A segment that was closed meanwhile was forced onto the disk before.
      if (error === null || file !== this.#file) return;
      this.#unsynced = true;
      onFailure(error);
    });
  }

  /** Later entries go to a new segment. Returns the number of the newest one closed. */
  rotate(): number {
    this.close();
    return this.#number;
  }

  /** Forgets segments up to and including `number`, but the newest of them that are small enough together. */
  drop(number: number, leaveBytes: number): void {
    let bytes = 0;
    for (const old of this.#segments().toReversed()) {
      if (old > number) continue;
      const name = path.join(this.#folder, segmentName(old));
      bytes += statSync(name).size;
      if (bytes > leaveBytes) rmSync(name);
    }
  }

  close(): void {
    if (this.#file < 0) return;
    this.sync();
    closeSync(this.#file);
    this.#file = -1;
  }

  #open(number: number): void {
    const file = openSync(path.join(this.#folder, segmentName(number)), "wx");
    this.#file = file;
    this.#length = 0;
    this.#number = number;
    try {
      this.#write(MAGIC);
    } catch (error) {
      this.close();
      throw error;
    }
    const folder = openSync(this.#folder, "r");
    fsyncSync(folder);
    closeSync(folder);
  }

  #write(bytes: Uint8Array): void {
    let written = 0;
    try {
      while (written < bytes.length)
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#length + written);
    } catch (error) {
      ftruncateSync(this.#file, this.#length);
      throw error;
    }
    this.#length += bytes.length;
  }

  #segments(): number[] {
    return readdirSync(this.#folder)
      .map((name) => Number(SEGMENT.exec(name)?.[1] ?? Number.NaN))
      .filter((number) => !Number.isNaN(number))
      .sort((a, b) => a - b);
  }
}

/**
 * How many bytes from the start are whole frames, and whether the rest is what a write leaves that was cut short: one
 * frame at most, or the zeros of bytes that a power cut kept from the disk.
 */
function readFrames(bytes: Uint8Array, onEntry: (entry: JournalEntry) => void): { wholeBytes: number; torn: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const zeros = (from: number): boolean => bytes.subarray(from).every((byte) => byte === 0);
  if (bytes.length < MAGIC.length || MAGIC.some((byte, i) => bytes[i] !== byte))
    return { wholeBytes: 0, torn: zeros(0) };
  let at = MAGIC.length;
  while (at + FRAME_HEAD <= bytes.length) {
    const length = view.getUint32(at, true);
    const frame = bytes.subarray(at + FRAME_HEAD, at + FRAME_HEAD + length);
    if (frame.length < length || length === 0 || crc32(frame) !== view.getUint32(at + 4, true))
      return { wholeBytes: at, torn: at + FRAME_HEAD + length >= bytes.length || zeros(at) };
    onEntry(readEntry(new ByteReader(frame)));
    at += FRAME_HEAD + length;
  }
  return { wholeBytes: at, torn: true };
}

function writeEntry(out: ByteWriter, { defined, batch }: JournalEntry): void {
  out.varint(defined.length);
  for (const [key, sensorId] of defined) {
    const name = new TextEncoder().encode(sensorId);
    out.varint(key);
    out.varint(name.length);
    out.bytes(name);
  }
  const count = batch.keys.length;
  out.varint(count);
  out.byte(batch.deliveries ? 1 : 0);
  let previousMs = 0;
  for (let i = 0; i < count; i++) {
    const atMs = batch.times[i] ?? 0;
    out.varint(batch.keys[i] ?? 0);
    out.zigzag(atMs - previousMs);
    out.float64(batch.values[i] ?? 0);
    if (batch.deliveries) out.varint(batch.deliveries[i] ?? 0);
    previousMs = atMs;
  }
}

function readEntry(from: ByteReader): JournalEntry {
  const defined: SensorKey[] = [];
  for (let left = from.varint(); left > 0; left--) {
    const key = from.varint();
    defined.push([key, new TextDecoder().decode(from.bytes(from.varint()))]);
  }
  const count = from.varint();
  const deliveries = from.byte() === 1 ? new Uint32Array(count) : undefined;
  const batch = {
    keys: new Uint32Array(count),
    times: new Float64Array(count),
    values: new Float64Array(count),
    ...(deliveries && { deliveries }),
  };
  let atMs = 0;
  for (let i = 0; i < count; i++) {
    batch.keys[i] = from.varint();
    atMs += from.zigzag();
    batch.times[i] = atMs;
    batch.values[i] = from.float64();
    if (deliveries) deliveries[i] = from.varint();
  }
  return { defined, batch };
}
