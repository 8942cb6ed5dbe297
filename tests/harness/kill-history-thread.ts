import type { Worker } from "node:worker_threads";

/** Loaded into an engine before anything else: SIGUSR2 kills the thread of its history, as a fault in it would. */
const threads = new Set<Worker>();
process.on("worker", (worker: Worker) => {
  if (worker.threadName !== "history") return;
  threads.add(worker);
  worker.once("exit", () => threads.delete(worker));
});
process.on("SIGUSR2", () => {
  for (const thread of threads) void thread.terminate();
});
