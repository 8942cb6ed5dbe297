import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type Checkpoint, HomeNetStore } from "../../src/forecasting/home-nets/home-net-store.ts";
import { mountSmallDisk } from "../harness/small-disk.ts";

const COUNT = 20_000;
const checkpoint = (stepsDone: number): Checkpoint => ({
  untilDay: 20_000,
  basedOn: "a".repeat(64),
  digest: "b".repeat(64),
  stepsDone,
  weights: new Float32Array(COUNT).fill(stepsDone),
  adam: { steps: stepsDone, first: new Float32Array(COUNT), second: new Float32Array(COUNT) },
});

it("keeps the last whole state of a lesson when the disk fills up while the next is written", ({ skip }) => {
  const folder = mkdtempSync(path.join(tmpdir(), "hypervolt-full-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const disk = mountSmallDisk(folder, 2);
  if (disk === null) return skip("no small disk can be mounted here");
  const store = new HomeNetStore(path.join(folder, "net"));
  store.putCheckpoint(checkpoint(64));
  disk.fill(8_192);
  expect(() => store.putCheckpoint(checkpoint(128))).toThrow(/ENOSPC/);
  expect(store.checkpoint()?.stepsDone).toBe(64);
  // the half that was written does not keep the disk full
  expect(readdirSync(path.join(folder, "net"))).toEqual(["training.bin"]);
  disk.free();
  store.putCheckpoint(checkpoint(128));
  expect(store.checkpoint()?.stepsDone).toBe(128);
});
