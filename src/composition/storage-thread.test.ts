import { expect, it } from "vitest";
import type { StorageTask } from "./storage-commands.ts";
import { createStorageThread } from "./storage-thread.ts";

const STEP_MS = 15 * 60_000;
/** A home that was known for an hour: its battery follows what it uses, and nothing else is looked at. */
const task = {
  history: { timezone: "UTC", startMs: 0, stepMs: STEP_MS, length: 4, columns: new Map() },
  batteries: [{ id: "home", maxChargeW: 5_000, maxDischargeW: 4_000 }],
} as unknown as StorageTask;

it("decides in its thread, and starts none after it was closed", async () => {
  const thread = createStorageThread();
  const { commands } = await thread.decide(task);
  expect(commands["home"]).toEqual({ kind: "follow", maxChargeW: 5_000, maxDischargeW: 4_000 });
  await thread.close();
  await expect(thread.decide(task)).rejects.toThrow("WORKER_FAILED");
  await thread.close();
});

it("fails what was asked when it was closed meanwhile", async () => {
  const thread = createStorageThread();
  const asked = expect(thread.decide(task)).rejects.toThrow("WORKER_FAILED");
  await thread.close();
  await asked;
});
