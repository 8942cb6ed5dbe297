import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { version } from "./version.ts";

const AHEAD = path.resolve(import.meta.dirname, "compile-ahead.ts");
const CLI = path.resolve(import.meta.dirname, "../cli.ts");
const LONGEST_MS = 60_000;

/**
 * Keeps the program as Node has compiled it, so that no thread need turn TypeScript into JavaScript: what does that
 * takes 12 MB in every thread, for ever, and a good part of a start. The first start with a version compiles in
 * processes of their own.
 * @param folder   below the data folder
 * @param nodeArgs those the compiled program will run with: code compiled under other flags is not taken
 * @returns the environment that makes Node use it; nothing where the folder cannot be written
 */
export function keepCompiled(folder: string, nodeArgs: readonly string[]): Readonly<Record<string, string>> {
  const use = { NODE_COMPILE_CACHE: folder };
  const ready = path.join(folder, `ready-${version()}-${process.version}-${process.arch}`);
  try {
    if (existsSync(ready)) return use;
    mkdirSync(folder, { recursive: true });
    for (const old of readdirSync(folder)) rmSync(path.join(folder, old), { recursive: true, force: true });
    for (const program of [[AHEAD], [CLI, "--help"]]) {
      const env = { ...process.env, ...use };
      const args = [...nodeArgs, ...program];
      if (spawnSync(process.execPath, args, { env, stdio: "ignore", timeout: LONGEST_MS }).status !== 0) return {};
    }
    writeFileSync(ready, "");
    return use;
  } catch {
    // a data folder that cannot be written is told where it matters: by the history
    return {};
  }
}
