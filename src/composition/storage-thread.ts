import { Worker } from "node:worker_threads";
import { HyperVoltError } from "../domain/errors.ts";
import type { StorageCommands, StorageTask } from "./storage-commands.ts";
import type { StorageAnswer, StorageRequest } from "./storage-worker.ts";

/** Between two re-plans its thread would only keep memory: it ends after so much real time without a question. */
const IDLE_MS = 20_000;

/** Decides battery commands in a worker thread; one that dies, or was idle, is started again at the next call. */
export interface StorageThread {
  /** @throws HyperVoltError WORKER_FAILED */
  decide(task: StorageTask): Promise<StorageCommands>;
  close(): Promise<void>;
}

type Waiting = Readonly<{ resolve: (decided: StorageCommands) => void; reject: (error: Error) => void }>;

export function createStorageThread(): StorageThread {
  let worker: Worker | undefined;
  let nextId = 1;
  let closed = false;
  let idle: NodeJS.Timeout | undefined;
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
      if (waiting.size === 0) idle = setTimeout(() => void rest(), IDLE_MS).unref();
      if ("decided" in answer) asked?.resolve(answer.decided);
      else asked?.reject(new HyperVoltError("WORKER_FAILED", `battery commands: ${answer.failed}`));
    });
    made.on("error", (error) => lose(made, error.message));
    made.on("exit", (code) => lose(made, `exit ${code}`));
    worker = made;
    return made;
  };
  const rest = async (): Promise<void> => {
    clearTimeout(idle);
    const last = worker;
    if (!last) return;
    lose(last, "closed");
    await last.terminate();
  };
  return {
    decide: (task) =>
      new Promise((resolve, reject) => {
        // What was being planned when the engine ended must not start a thread that nobody ends.
        if (closed) throw new HyperVoltError("WORKER_FAILED", "battery commands: closed");
        clearTimeout(idle);
        const request: StorageRequest = { id: nextId++, task };
        waiting.set(request.id, { resolve, reject });
        started().postMessage(request);
      }),
    close() {
      closed = true;
      return rest();
    },
  };
}
