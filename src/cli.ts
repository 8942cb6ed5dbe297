#!/usr/bin/env node
import { beginSmall, staySmall } from "./commands/stay-small.ts";
import { HyperVoltError } from "./domain/errors.ts";

type Command = Readonly<{
  summary: string;
  load: () => Promise<(argv: readonly string[]) => Promise<number>>;
  /** Runs for months beside Home Assistant: it begins with little memory and keeps to it. */
  small?: true;
}>;

/** Every command lives in one file of src/commands/ and is loaded when it is called. */
const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    summary: "the engine",
    load: () => import("./commands/run.ts").then((m) => m.runRunCommand),
    small: true,
  },
  ingest: {
    summary: "takes its share of the readings, beside the engine",
    load: () => import("./commands/ingest.ts").then((m) => m.runIngestCommand),
    small: true,
  },
  demo: {
    summary: "a simulated home, nothing needed",
    load: () => import("./commands/demo.ts").then((m) => m.runDemoCommand),
    small: true,
  },
  plan: {
    summary: "a planning problem in, a plan out",
    load: () => import("./commands/plan.ts").then((m) => m.runPlanCommand),
  },
  forecast: {
    summary: "a history in, forecasts out",
    load: () => import("./commands/forecast.ts").then((m) => m.runForecastCommand),
  },
  backtest: {
    summary: "what HyperVolt would have done on a history",
    load: () => import("./commands/backtest.ts").then((m) => m.runBacktestCommand),
  },
  train: {
    summary: "learns the shipped models from a folder of homes",
    load: () => import("./commands/train.ts").then((m) => m.runTrainCommand),
  },
  replay: {
    summary: "publishes a recorded home as Pis would",
    load: () => import("./commands/replay.ts").then((m) => m.runReplayCommand),
  },
  doctor: {
    summary: "says what is right and wrong with a set-up",
    load: () => import("./commands/doctor.ts").then((m) => m.runDoctorCommand),
  },
  backup: {
    summary: "makes the history safe to copy",
    load: () => import("./commands/backup.ts").then((m) => m.runBackupCommand),
  },
};

const USAGE = `hypervolt <command> [options]

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)
  .join("\n")}

hypervolt <command> --help says more.
`;

const REFUSED_INPUT = new Set(["OPTIONS_INVALID", "PROBLEM_INVALID", "SERIES_INVALID", "USAGE"]);

/** Whoever read the result, as `head` does, has seen enough of it. */
function endWithoutReader(error: NodeJS.ErrnoException): never {
  if (error.code === "EPIPE") process.exit(1);
  throw error;
}

/** @returns the exit status: 0 done, 2 the input was refused, 1 anything else */
async function main([name, ...argv]: readonly string[]): Promise<number> {
  const command = name === undefined ? undefined : COMMANDS[name];
  if (!command) {
    const asked = name === undefined || name === "help" || name === "--help" || name === "-h";
    (asked ? process.stdout : process.stderr).write(
      asked ? USAGE : `hypervolt: there is no command "${name}"\n\n${USAGE}`,
    );
    return asked ? 0 : 2;
  }
  try {
    if (name === "run" && !argv.includes("--help")) beginSmall(argv);
    else if (command.small) staySmall();
    else process.stdout.on("error", endWithoutReader);
    const run = await command.load();
    return await run(argv);
  } catch (error) {
    process.stderr.write(
      `hypervolt ${name}: ${error instanceof HyperVoltError ? error.message : (error as Error).stack}\n`,
    );
    return error instanceof HyperVoltError && REFUSED_INPUT.has(error.code) ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
