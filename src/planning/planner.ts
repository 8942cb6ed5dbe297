import { Worker } from "node:worker_threads";
import { HyperVoltError } from "../domain/errors.ts";
import type { PlanOptions } from "./plan-once.ts";
import type { PlanAnswer, PlanRequest } from "./planner-worker.ts";
import type { RichPlan, RichProblem } from "./rich-problem.ts";

export type { PlanOptions } from "./plan-once.ts";
export type { RichPlan, RichProblem } from "./rich-problem.ts";

/** Plans in warm worker threads. */
export interface Planner {
  /**
   * The best plan for a problem: a PlanProblem (contract plan.md) or a RichProblem. There is always a plan; what had
   * to give way is in `relaxed`. Same problem and limits, same plan, unless a time limit cut the search short.
   * @throws HyperVoltError PLAN_INCORRECT, WORKER_FAILED
   */
  plan(problem: RichProblem, options?: PlanOptions): Promise<RichPlan>;
  /** Ends the worker threads; plans under way are rejected with WORKER_FAILED. */
  close(): Promise<void>;
}

type Job = Readonly<{
  request: PlanRequest;
  resolve: (plan: RichPlan) => void;
  reject: (error: Error) => void;
  attempt: number;
}>;

type Thread = { worker: Worker; ready: boolean; job: Job | undefined };

/** Starts a planner; resolves when its first worker thread has the solver loaded. */
export async function createPlanner(options: Readonly<{ workers?: number }> = {}): Promise<Planner> {
  const planner = new WorkerPlanner(Math.max(1, options.workers ?? 1));
  await planner.ready;
  return planner;
}

class WorkerPlanner implements Planner {
  readonly #threads: Thread[] = [];
  readonly #queue: Job[] = [];
  readonly ready: Promise<void>;
  #whenReady: () => void = () => undefined;
  #nextId = 1;
  #closed = false;

  constructor(workers: number) {
    this.ready = new Promise((resolve) => (this.#whenReady = resolve));
    for (let i = 0; i < workers; i++) this.#threads.push(this.#startThread());
  }

  plan(problem: RichProblem, options: PlanOptions = {}): Promise<RichPlan> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new HyperVoltError("WORKER_FAILED", "the planner is closed"));
      this.#queue.push({ request: { requestId: this.#nextId++, problem, options }, resolve, reject, attempt: 1 });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const closed = new HyperVoltError("WORKER_FAILED", "the planner was closed");
    for (const job of this.#queue.splice(0)) job.reject(closed);
    await Promise.all(
      this.#threads.splice(0).map(async (thread) => {
        thread.job?.reject(closed);
        thread.job = undefined;
        await thread.worker.terminate();
      }),
    );
  }

  #dispatch(): void {
    for (const thread of this.#threads) {
      if (!thread.ready || thread.job) continue;
      const job = this.#queue.shift();
      if (!job) return;
      thread.job = job;
      thread.worker.postMessage(job.request);
    }
  }

  #startThread(): Thread {
    const worker = new Worker(new URL("./planner-worker.ts", import.meta.url));
    const thread: Thread = { worker, ready: false, job: undefined };
    worker.on("message", (answer: PlanAnswer) => this.#receive(thread, answer));
    worker.on("error", (error: Error) => this.#lost(thread, error));
    worker.on("exit", () => this.#lost(thread, new Error("the worker thread ended")));
    return thread;
  }

  #receive(thread: Thread, answer: PlanAnswer): void {
    if (answer.kind === "ready") {
      thread.ready = true;
      this.#whenReady();
    } else {
      const { job } = thread;
      thread.job = undefined;
      if (answer.kind === "planned") job?.resolve(answer.plan);
      else job?.reject(new HyperVoltError("SOLVER_FAILED", answer.detail));
    }
    this.#dispatch();
  }

  /** A thread that crashed is replaced; its job is solved again from cold, once. */
  #lost(thread: Thread, error: Error): void {
    const index = this.#threads.indexOf(thread);
    if (index < 0 || this.#closed) return;
    const { job } = thread;
    thread.job = undefined;
    this.#threads[index] = this.#startThread();
    if (!job) return;
    if (job.attempt >= 2) job.reject(new HyperVoltError("WORKER_FAILED", error.message, { cause: error }));
    else this.#queue.unshift({ ...job, attempt: job.attempt + 1 });
    this.#dispatch();
  }
}
