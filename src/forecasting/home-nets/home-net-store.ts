import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync } from "node:fs";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { AdamState } from "../nets/kernel.ts";
import { readNet, writeNet, type SharedNet } from "../nets/net-file.ts";
import { readModelFile } from "../read-model-file.ts";
import { HomeNetRecord } from "./home-net-record.ts";

/** The newest state of a training under way, enough to go on to the same bits. */
export type Checkpoint = Readonly<{
  /** The edition it will be. */
  untilDay: number;
  basedOn: string;
  /** Identifies the days that are learned from. */
  digest: string;
  stepsDone: number;
  weights: Float32Array;
  adam: AdamState;
}>;

const RECORD = "record.json";
const CHECKPOINT = "training.bin";
/** What is being written; whatever is found under such a name was never finished. */
const ASIDE = ".new";
const Header = z.strictObject({
  untilDay: z.int(),
  basedOn: z.string(),
  digest: z.string(),
  stepsDone: z.int().nonnegative(),
  adamSteps: z.int().nonnegative(),
  count: z.int().positive(),
});
const CHECKSUM_BYTES = 32;

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
/** Names the weights a home's net began from. */
export const weightsId = (weights: Float32Array): string =>
  sha256(new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength)).toString("hex");

/**
 * Where one home's own nets lie: `record.json`, a folder for each edition, and the training under way. Everything is
 * written aside, forced onto the disk and renamed, so that a name always stands for something whole; what was damaged
 * later is told by its checksum.
 */
export class HomeNetStore {
  readonly #folder: string;

  /** @param folder below the data folder, one for each net; made at the first write */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What was learned so far; null where there is nothing, or nothing that can be read (told in a warning). */
  record(onWarning: (text: string) => void): HomeNetRecord | null {
    const file = path.join(this.#folder, RECORD);
    if (!existsSync(file)) return null;
    const refuse = (why: string): null => {
      onWarning(`${file} is broken or foreign (${why}); the shipped net is used`);
      return null;
    };
    try {
      const parsed = HomeNetRecord.safeParse(JSON.parse(readModelFile(file).toString("utf8")));
      if (parsed.success) return parsed.data;
      return refuse(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "));
    } catch (error) {
      return refuse(firstLine(error));
    }
  }

  putRecord(record: HomeNetRecord): void {
    this.#put(RECORD, [Buffer.from(`${JSON.stringify(record, null, 1)}\n`)]);
    const kept = new Set(record.editions.map(({ untilDay }) => String(untilDay)));
    for (const name of readdirSync(this.#folder))
      if (/^\d+(\.new)?$/.test(name) && !kept.has(name))
        rmSync(path.join(this.#folder, name), { recursive: true, force: true });
  }

  /** @throws HyperVoltError MODEL_INVALID when it is missing, broken, or made for others */
  edition(untilDay: number): SharedNet {
    return readNet(path.join(this.#folder, String(untilDay)));
  }

  putEdition(untilDay: number, net: SharedNet): void {
    const [folder, aside] = [path.join(this.#folder, String(untilDay)), path.join(this.#folder, `${untilDay}${ASIDE}`)];
    rmSync(aside, { recursive: true, force: true });
    try {
      writeNet(aside, net);
      for (const name of readdirSync(aside)) force(path.join(aside, name));
    } catch (error) {
      rmSync(aside, { recursive: true, force: true });
      throw error;
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
    force(this.#folder);
  }

  /** The training that was interrupted; null where there is none, or it is damaged. */
  checkpoint(): Checkpoint | null {
    const file = path.join(this.#folder, CHECKPOINT);
    if (!existsSync(file)) return null;
    try {
      const bytes = readModelFile(file);
      const body = bytes.subarray(CHECKSUM_BYTES);
      if (!sha256(body).equals(bytes.subarray(0, CHECKSUM_BYTES))) return null;
      const end = body.indexOf(10);
      const { count, adamSteps, ...header } = Header.parse(JSON.parse(body.subarray(0, end).toString("utf8")));
      const floats = new Float32Array(new Uint8Array(body.subarray(end + 1)).buffer);
      if (floats.length !== 3 * count) return null;
      const part = (k: number): Float32Array => floats.slice(k * count, (k + 1) * count);
      return { ...header, weights: part(0), adam: { steps: adamSteps, first: part(1), second: part(2) } };
    } catch {
      return null;
    }
  }

  putCheckpoint({ weights, adam, ...header }: Checkpoint): void {
    const text = JSON.stringify({ ...header, count: weights.length, adamSteps: adam.steps });
    const body = Buffer.concat([
      Buffer.from(`${text}\n`),
      ...[weights, adam.first, adam.second].map((one) => new Uint8Array(one.buffer, one.byteOffset, one.byteLength)),
    ]);
    this.#put(CHECKPOINT, [sha256(body), body]);
  }

  dropCheckpoint(): void {
    rmSync(path.join(this.#folder, CHECKPOINT), { force: true });
  }

  #put(name: string, parts: readonly Uint8Array[]): void {
    mkdirSync(this.#folder, { recursive: true });
    const file = path.join(this.#folder, name);
    try {
      const to = openSync(`${file}${ASIDE}`, "w");
      try {
        // writes on until all is written: a disk that fills up takes a part without a word
        for (const part of parts) writeFileSync(to, part);
        fsyncSync(to);
      } finally {
        closeSync(to);
      }
    } catch (error) {
      rmSync(`${file}${ASIDE}`, { force: true });
      throw error;
    }
    renameSync(`${file}${ASIDE}`, file);
  }
}

/** Forces a file or a folder onto the disk. */
function force(file: string): void {
  const open = openSync(file, "r");
  try {
    fsyncSync(open);
  } finally {
    closeSync(open);
  }
}

const firstLine = (error: unknown): string => String((error as Error).message).split("\n")[0] ?? "";
