import path from "node:path";
import v8 from "node:v8";
import { parseArgs } from "node:util";
import { keepCompiled } from "./keep-compiled.ts";

/** Set in a process that has begun anew. */
const ANEW = "HYPERVOLT_BEGUN_SMALL";
/**
 * The young generation of each thread stays at a few MB. V8 would let it grow to 48, most of it empty at rest: for a
 * home's few hundred short-lived objects a second that is memory for nothing, and small collections are short ones.
 */
const NODE_ARGS = ["--max-semi-space-size=2"];
/**
 * Threads share the C library's pools of memory, instead of each keeping its own; larger pieces, such as a day's
 * features, are not of a pool and go back as soon as they are free.
 */
const POOLS = { MALLOC_ARENA_MAX: "2", MALLOC_MMAP_THRESHOLD_: "10240", MALLOC_TRIM_THRESHOLD_: "131072" };

/**
 * The engine runs for months beside Home Assistant, on a small machine: it begins anew, in the same process, with
 * settings of memory that Node takes at its start only, and with the program as it was compiled before. Where that
 * cannot be, it goes on as it is, only larger. Returns when there is nothing (more) to change.
 * @param argv the engine's arguments: its data folder is the only one it writes to
 */
export function beginSmall(argv: readonly string[]): void {
  if (process.env[ANEW] !== undefined || process.execve === undefined) return staySmall();
  const { values } = parseArgs({ args: [...argv], strict: false, options: { data: { type: "string" } } });
  const folder = path.join(typeof values["data"] === "string" ? values["data"] : "/data", "compiled");
  const nodeArgs = [...process.execArgv, ...NODE_ARGS];
  const env = { ...POOLS, ...process.env, ...keepCompiled(folder, nodeArgs), [ANEW]: "1" };
  // it says that execve is experimental; nobody who reads the engine's log can do anything about it
  process.removeAllListeners("warning");
  try {
    process.execve(process.execPath, [process.execPath, ...nodeArgs, ...process.argv.slice(1)], env);
  } catch {
    staySmall();
  }
}

/** The young generations of all threads stay as they are now. */
export function staySmall(): void {
  v8.setFlagsFromString("--semi-space-growth-factor=1");
}
