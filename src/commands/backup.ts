import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { HyperVoltError } from "../domain/errors.ts";
import { openSqliteHistory } from "../memory/sqlite-history.ts";
import { parseArguments } from "./arguments.ts";
import { streamLog } from "./stream-log.ts";
import { systemClock } from "./system-clock.ts";

const USAGE = `hypervolt backup [--data DIR]

Makes the history safe to copy: a running engine holds its files still for the time of a backup, otherwise they are
brought to rest here. Ends when the folder can be copied.`;
const READY_WITHIN_MS = 60_000;
/** Written by the engine when its files stand still. */
export const BACKUP_READY = "backup.ready";

/** @returns 0 when the folder can be copied */
export async function runBackupCommand(argv: readonly string[]): Promise<number> {
  const given = parseArguments(argv, { data: { type: "string" } }, USAGE);
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const folder = given.data ?? "/data";
  const ready = path.join(folder, BACKUP_READY);
  rmSync(ready, { force: true });
  const engine = runningEngine(path.join(folder, "lock.holder"));
  if (engine === null) {
    if (!existsSync(path.join(folder, "history"))) return 0;
    const history = await openSqliteHistory({
      folder: path.join(folder, "history"),
      clock: systemClock,
      log: streamLog(process.stderr, "warning", "text", Date.now),
    });
    await history.prepareBackup();
    await history.close();
    return 0;
  }
  process.kill(engine, "SIGUSR2");
  const untilMs = performance.now() + READY_WITHIN_MS;
  while (!existsSync(ready)) {
    if (performance.now() > untilMs)
      throw new HyperVoltError("HISTORY_UNAVAILABLE", "the engine did not bring its history to rest within a minute");
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  return 0;
}

/** Process id of the engine that works on a folder; null where none does. */
function runningEngine(holderFile: string): number | null {
  try {
    const pid = Number(readFileSync(holderFile, "utf8").trim());
    if (!(pid > 1) || pid === process.pid) return null;
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("cli.ts") ? pid : null;
  } catch {
    return null;
  }
}
