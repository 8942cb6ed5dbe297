import { parentPort, workerData } from "node:worker_threads";
import type { ReadingRows } from "./reading-rows.ts";
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
  { unpacked: number; notices: readonly string[] } & (
    | { id: number; value: unknown }
    /** `passing`: the same call may succeed later. */
    | { id: number; error: string; code: string; passing: boolean }
  )
>;
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
  const maintained: EngineAnswer[] = [];
  const post = (answer: EngineAnswer): void =>
    port.postMessage(answer, transferable("value" in answer ? answer.value : null));
  const work = (): void => {
    try {
      working = engine.work();
    } catch (error) {
      working = engine.recover(error, nowMs);
    }
    if (working) setImmediate(work);
    else for (const answer of maintained.splice(0)) post({ ...answer, unpacked: engine.unpackedReadings() });
  };
  port.on("message", (call: EngineCall) => {
    const answer = answerTo(engine, call);
    if (call.op === "maintain" && "value" in answer) maintained.push(answer);
    else post(answer);
    if (call.op === "append" && options.syncEveryMs > 0)
      syncing ??= setTimeout(() => {
        syncing = null;
        engine.sync();
      }, options.syncEveryMs).unref();
    if (call.op === "close") port.close();
    else if ((call.op === "append" || call.op === "maintain") && !working) {
      working = true;
      setImmediate(work);
    }
  });
}

function answerTo(engine: SqliteEngine, call: EngineCall): EngineAnswer {
  const { id } = call;
  const around = () => ({ unpacked: engine.unpackedReadings(), notices: engine.takeNotices() });
  try {
    return { id, value: invoke(engine, call), ...around() };
  } catch (first) {
    let error = first;
    try {
      if (engine.recover(first, call.nowMs)) return { id, value: invoke(engine, call), ...around() };
    } catch (second) {
      error = second;
    }
    return { id, error: String(error), code: codeOf(error), passing: isPassing(error), ...around() };
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
  return [];
}
