import { parentPort } from "node:worker_threads";
import { type StorageCommands, storageCommands, type StorageTask } from "./storage-commands.ts";

export type StorageRequest = Readonly<{ id: number; task: StorageTask }>;
export type StorageAnswer = Readonly<{ id: number } & ({ decided: StorageCommands } | { failed: string })>;

parentPort?.on("message", ({ id, task }: StorageRequest) => {
  let answer: StorageAnswer;
  try {
    answer = { id, decided: storageCommands(task) };
  } catch (error) {
    answer = { id, failed: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
