import { parentPort, workerData } from "node:worker_threads";
import type { ReadingRows } from "./reading-rows.ts";
import type { SeriesColumns } from "./series-columns.ts";
import { codeOf, isPassing } from "./sqlite-database.ts";
import { type Opened, SqliteEngine, type SqliteEngineOptions } from "./sqlite-engine.ts";

/** The engine's calls that cross the thread. */
export type EngineCalls = Pick<
  SqliteEngine,
  | "append"
  | "maintain"
  | "range"
  | "series"
  | "latest"
  | "windows"
  | "page"
  | "exportNext"
  | "remove"
  | "all"
  | "run"
  | "define"
  | "prepareBackup"
  | "finishBackup"
  | "copyTo"
  | "close"
>;
export type EngineCall = Readonly<{ id: number; op: keyof EngineCalls; args: readonly unknown[]; nowMs: number }>;
export type EngineAnswer = Readonly<
  { unpacked: number; notices: readonly string[]; trouble: string | null } & (
    | { id: number; value: unknown }
    /** `passing`: the same call may succeed later. */
    | { id: number; error: string; code: string; passing: boolean }
  )
>;
/** Answers nobody asked for have this id. */
const UNASKED = 0;
/** How often SQLite is tried again while it cannot be written. */
const RETRY_MS = 1_000;
export type WorkerStart = Readonly<{ options: SqliteEngineOptions; nowMs: number }>;
export type WorkerHello = Readonly<{ opened: Opened }> | Readonly<{ refused: string; code: string }>;

if (parentPort) serve(workerData as WorkerStart, parentPort);

type Port = NonNullable<typeof parentPort>;

function serve({ options, nowMs }: WorkerStart, port: Port): void {
  let engine: SqliteEngine;
  try {
    engine = new SqliteEngine(options, nowMs);
    port.postMessage({ opened: engine.opened() } satisfies WorkerHello);
  } catch (error) {
    port.postMessage({ refused: String(error), code: codeOf(error) } satisfies WorkerHello);
    return;
  }
  let working = false;
  let syncing: NodeJS.Timeout | null = null;
  let retrying: NodeJS.Timeout | null = null;
  let told = { unpacked: engine.unpackedReadings(), trouble: engine.trouble() };
  const maintained: EngineAnswer[] = [];
  const around = () => {
    told = { unpacked: engine.unpackedReadings(), trouble: engine.trouble() };
    return { ...told, notices: engine.takeNotices() };
  };
  const post = (answer: EngineAnswer): void =>
    port.postMessage(answer, transferable("value" in answer ? answer.value : null));
  const work = (): void => {
    working = attempted(() => engine.work());
    if (working) setImmediate(work);
    else for (const answer of maintained.splice(0)) post({ ...answer, ...around() });
    watch();
  };
  const attempted = (write: () => boolean): boolean => {
    try {
      return write();
    } catch (error) {
      return engine.recover(error, nowMs);
    }
  };
  /** What packing changed is told, a trouble and its end at once; meanwhile it is tried again. */
  const watch = (): void => {
    const trouble = engine.trouble();
    const news = trouble !== told.trouble || (!working && engine.unpackedReadings() !== told.unpacked);
    if (news) post({ id: UNASKED, value: undefined, ...around() });
    if (trouble === null) return;
    retrying ??= setTimeout(() => {
      retrying = null;
      if (!working && attempted(() => engine.retry(nowMs))) work();
      else watch();
    }, RETRY_MS).unref();
  };
  port.on("message", (call: EngineCall) => {
    const answer = { ...answerTo(engine, call), ...around() };
    if (call.op === "maintain" && "value" in answer) maintained.push(answer);
    else post(answer);
    if (call.op === "append" && options.syncEveryMs > 0)
      syncing ??= setTimeout(() => {
        syncing = null;
        engine.sync();
      }, options.syncEveryMs).unref();
    if (call.op === "close") return port.close();
    watch();
    if ((call.op === "append" || call.op === "maintain") && !working) {
      working = true;
      setImmediate(work);
    }
  });
}

type Outcome =
  Readonly<{ id: number; value: unknown }> | Readonly<{ id: number; error: string; code: string; passing: boolean }>;

function answerTo(engine: SqliteEngine, call: EngineCall): Outcome {
  const { id } = call;
  try {
    return { id, value: invoke(engine, call) };
  } catch (first) {
    let error = first;
    try {
      if (engine.recover(first, call.nowMs)) return { id, value: invoke(engine, call) };
    } catch (second) {
      error = second;
    }
    return { id, error: String(error), code: codeOf(error), passing: isPassing(error) };
  }
}

function invoke(engine: SqliteEngine, { op, args }: EngineCall): unknown {
  return (engine[op] as (...args: readonly unknown[]) => unknown).apply(engine, [...args]);
}

function transferable(value: unknown): ArrayBuffer[] {
  const rows = (
    value !== null && typeof value === "object" && "rows" in value ? value.rows : value
  ) as ReadingRows | null;
  if (rows?.keys instanceof Uint32Array && rows.keys.length > 0)
    return [rows.keys, rows.times, rows.values].map(({ buffer }) => buffer as ArrayBuffer);
  if (value !== null && typeof value === "object" && "mean" in value)
    return Object.values(value as SeriesColumns).map(({ buffer }) => buffer as ArrayBuffer);
  return [];
}
