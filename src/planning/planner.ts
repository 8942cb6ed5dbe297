import { Worker } from "node:worker_threads";
import { HyperVoltError } from "../domain/errors.ts";
import { DEFAULT_TIME_LIMIT_MS, planOnce, type PlanOptions } from "./plan-once.ts";
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
  /** performance.now() at which its time is over. */
  deadlineMs: number;
  attempt: number;
}>;

type Thread = { worker: Worker; ready: boolean; job: Job | undefined; overdue: NodeJS.Timeout | undefined };

/** A solver that does not stop at its time limit is stopped after this much more, ms, or this share of the limit. */
const GRACE_MS = 1_500;
const GRACE_SHARE = 0.4;
const ATTEMPTS = 2;

/** Starts a planner; resolves when its first worker thread is warm. @throws HyperVoltError WORKER_FAILED */
export async function createPlanner(options: Readonly<{ workers?: number; workerUrl?: URL }> = {}): Promise<Planner> {
  const url = options.workerUrl ?? new URL("./planner-worker.ts", import.meta.url);
  const planner = new WorkerPlanner(Math.max(1, options.workers ?? 1), url);
  await planner.ready;
  return planner;
}

class WorkerPlanner implements Planner {
  readonly #url: URL;
  readonly #threads: Thread[] = [];
  readonly #queue: Job[] = [];
  readonly ready: Promise<void>;
  #settleReady: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #nextId = 1;
  #closed = false;

  constructor(workers: number, url: URL) {
    this.#url = url;
    this.ready = new Promise((resolve, reject) => (this.#settleReady = { resolve, reject }));
    for (let i = 0; i < workers; i++) this.#threads.push(this.#startThread());
  }

  plan(problem: RichProblem, options: PlanOptions = {}): Promise<RichPlan> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new HyperVoltError("WORKER_FAILED", "the planner is closed"));
      const request = { requestId: this.#nextId++, problem, options };
      const deadlineMs = performance.now() + (options.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS);
      this.#queue.push({ request, resolve, reject, deadlineMs, attempt: 1 });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const closed = new HyperVoltError("WORKER_FAILED", "the planner was closed");
    for (const job of this.#queue.splice(0)) job.reject(closed);
    await Promise.all(
      this.#threads.splice(0).map(async (thread) => {
        take(thread)?.reject(closed);
        await thread.worker.terminate();
      }),
    );
  }

  #dispatch(): void {
    for (const thread of this.#threads) {
      if (!thread.ready || thread.job) continue;
      const job = this.#queue.shift();
      if (!job) return;
      const { problem, options } = job.request;
      const left = Math.max(0, job.deadlineMs - performance.now());
      const timeLimitMs = job.attempt === 1 ? (options.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS) : left;
      thread.job = job;
      thread.overdue = setTimeout(
        () => void thread.worker.terminate(),
        timeLimitMs + Math.max(GRACE_MS, GRACE_SHARE * timeLimitMs),
      );
      const cold = job.attempt === 1 ? options : withoutPrevious(options);
      thread.worker.postMessage({ ...job.request, problem, options: { ...cold, timeLimitMs } } satisfies PlanRequest);
    }
  }

  #startThread(): Thread {
    const worker = new Worker(this.#url);
    const thread: Thread = { worker, ready: false, job: undefined, overdue: undefined };
    let cause = new Error("the worker thread ended");
    worker.on("message", (answer: PlanAnswer) => this.#receive(thread, answer));
    worker.on("error", (error: Error) => (cause = error));
    worker.on("exit", () => this.#lost(thread, cause));
    return thread;
  }

  #receive(thread: Thread, answer: PlanAnswer): void {
    if (answer.kind === "ready") {
      thread.ready = true;
      this.#settleReady?.resolve();
    } else {
      const job = take(thread);
      if (answer.kind === "planned") job?.resolve(answer.plan);
      else job?.reject(new HyperVoltError("PLAN_INCORRECT", answer.detail));
    }
    this.#dispatch();
  }

  /** A thread that crashed or did not stop is replaced; its job is solved again from cold, then without the solver. */
  #lost(thread: Thread, cause: Error): void {
    const index = this.#threads.indexOf(thread);
    if (index < 0 || this.#closed) return;
    const job = take(thread);
    if (!thread.ready) {
      this.#threads.splice(index, 1);
      const failed = new HyperVoltError("WORKER_FAILED", `the solver does not start: ${cause.message}`, { cause });
      this.#settleReady?.reject(failed);
      if (this.#threads.length === 0) for (const waiting of this.#queue.splice(0)) answerWithoutSolver(waiting);
      return;
    }
    this.#threads[index] = this.#startThread();
    if (!job) return;
    if (job.attempt < ATTEMPTS && performance.now() < job.deadlineMs)
      this.#queue.unshift({ ...job, attempt: job.attempt + 1 });
    else answerWithoutSolver(job);
    this.#dispatch();
  }
}

function take(thread: Thread): Job | undefined {
  clearTimeout(thread.overdue);
  const { job } = thread;
  thread.job = undefined;
  return job;
}

function withoutPrevious(options: PlanOptions): PlanOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name !== "previous"));
}

/** The last resort: the search without the solver, in this thread, takes milliseconds. */
function answerWithoutSolver({ request, resolve, reject }: Job): void {
  try {
    resolve(planOnce(undefined, request.problem, request.options));
  } catch (error) {
    reject(error as Error);
  }
}
