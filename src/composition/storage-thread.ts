import { Worker } from "node:worker_threads";
import { HyperVoltError } from "../domain/errors.ts";
import type { StorageCommands, StorageTask } from "./storage-commands.ts";
import type { StorageAnswer, StorageRequest } from "./storage-worker.ts";

/** Decides battery commands in a worker thread; one that dies is started again at the next call. */
export interface StorageThread {
  /** @throws HyperVoltError WORKER_FAILED */
  decide(task: StorageTask): Promise<StorageCommands>;
  close(): Promise<void>;
}

type Waiting = Readonly<{ resolve: (decided: StorageCommands) => void; reject: (error: Error) => void }>;

export function createStorageThread(): StorageThread {
  let worker: Worker | undefined;
  let nextId = 1;
  const waiting = new Map<number, Waiting>();
  const lose = (lost: Worker, why: string): void => {
    if (worker !== lost) return;
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new HyperVoltError("WORKER_FAILED", `battery commands: ${why}`));
    waiting.clear();
  };
  const started = (): Worker => {
    if (worker) return worker;
    const made = new Worker(new URL("./storage-worker.ts", import.meta.url));
    made.on("message", (answer: StorageAnswer) => {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ("decided" in answer) asked?.resolve(answer.decided);
      else asked?.reject(new HyperVoltError("WORKER_FAILED", `battery commands: ${answer.failed}`));
    });
    made.on("error", (error) => lose(made, error.message));
    made.on("exit", (code) => lose(made, `exit ${code}`));
    worker = made;
    return made;
  };
  return {
    decide: (task) =>
      new Promise((resolve, reject) => {
        const request: StorageRequest = { id: nextId++, task };
        waiting.set(request.id, { resolve, reject });
        started().postMessage(request);
      }),
    async close() {
      const last = worker;
      if (!last) return;
      lose(last, "closed");
      await last.terminate();
    },
  };
}
