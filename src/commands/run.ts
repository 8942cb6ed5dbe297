import { writeFile } from "node:fs/promises";
import path from "node:path";
import { getJson } from "../composition/get-json.ts";
import { parseOptions } from "../options/options.ts";
import { start } from "../main.ts";
import { numberArgument, parseArguments } from "./arguments.ts";
import { BACKUP_READY } from "./backup.ts";
import { readOptionsFile } from "./options-file.ts";
import { streamLog } from "./stream-log.ts";
import { systemClock } from "./system-clock.ts";
import { version } from "./version.ts";

const USAGE = `hypervolt run [--options FILE] [--data DIR] [--port N]

The engine. --options (default /data/options.json), --data (default /data) the only folder it writes to,
--port (default 8099) the page and the API.`;
const END_WITHIN_MS = 10_000;
const FIRST_PLAN_MS = 5_000;

/** Runs until SIGTERM or SIGINT. @returns exit status */
export async function runRunCommand(argv: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const given = parseArguments(argv, { options: text, data: text, port: text }, USAGE);
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const beganMs = performance.now();
  const raw = await readOptionsFile(given.options ?? "/data/options.json", given.options !== undefined);
  const { log_level, log_format } = parseOptions(raw);
  const log = streamLog(process.stderr, log_level, log_format, Date.now);
  const stopped = signalled();
  const stopping = new AbortController();
  void stopped.then(() => stopping.abort());
  process.on("unhandledRejection", (error) =>
    log.error("Something failed that nobody waited for", {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  );

  const supervisorToken = process.env["SUPERVISOR_TOKEN"] || null;
  const starting = start({
    options: raw,
    dataFolder: given.data ?? "/data",
    port: numberArgument("port", given.port, 8099, 0, 65_535),
    host: "0.0.0.0",
    clock: systemClock,
    wireClock: systemClock,
    log,
    steadyMs: () => performance.now(),
    getJson,
    version: version(),
    stopping: stopping.signal,
    supervisorToken,
    ...(process.env["SUPERVISOR_URL"] && { supervisorUrl: process.env["SUPERVISOR_URL"] }),
    machineTimezone: process.env["TZ"] || Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
  });
  const engine = await starting.catch((error: unknown) => {
    if (stopping.signal.aborted) return null;
    throw error;
  });
  if (engine === null) {
    log.info("Ended before it was ready", { signal: await stopped });
    return 0;
  }
  log.info(`ready in ${Math.round(performance.now() - beganMs)} ms on port ${engine.port}`);
  const first = setTimeout(() => void engine.replan("start"), FIRST_PLAN_MS);

  process.on("SIGUSR2", () => {
    engine
      .prepareBackup()
      .then(() => writeFile(path.join(given.data ?? "/data", BACKUP_READY), ""))
      .catch((error: unknown) =>
        log.error("The history could not be brought to rest for a backup", { error: String(error) }),
      );
  });

  const signal = await stopped;
  clearTimeout(first);
  log.info("Ending", { signal });
  const late = setTimeout(() => {
    log.error("Not everything could be ended in time");
    process.exit(0);
  }, END_WITHIN_MS - 500);
  // All that was opened is closed also where one part cannot write its last word any more.
  try {
    await engine[Symbol.asyncDispose]();
  } catch (error) {
    log.error("Something could not be ended as it should", { error: String(error) });
  }
  clearTimeout(late);
  return 0;
}

/** The first SIGTERM or SIGINT; a second one ends the process at once. */
export function signalled(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve(signal);
      });
  });
}
