import { writeFile } from "node:fs/promises";
import { runDemo } from "../demo/demo.ts";
import { HyperVoltError } from "../domain/errors.ts";
import { numberArgument, parseArguments } from "./arguments.ts";
import { signalled } from "./run.ts";
import { streamLog } from "./stream-log.ts";
import { version } from "./version.ts";

const USAGE = `hypervolt demo [--port N] [--seed N] [--speed FACTOR] [--headless --for SECONDS --report FILE]

A simulated home with an embedded broker: nothing outside this process is needed. --speed is simulated seconds per
second (default 60), --for wall-clock seconds (default: until Ctrl-C), --report writes what happened as JSON.`;

/** @returns 0 only if nothing was lost and no action failed */
export async function runDemoCommand(argv: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const given = parseArguments(
    argv,
    { port: text, seed: text, speed: text, for: text, report: text, headless: { type: "boolean" }, "log-level": text },
    USAGE,
  );
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const forSeconds = given.for === undefined ? undefined : numberArgument("for", given.for, 0, 0.1, 1e7);
  if (given.headless === true && forSeconds === undefined)
    throw new HyperVoltError("USAGE", `--headless needs --for\n${USAGE}`);
  const least = given["log-level"] ?? "warning";
  if (least !== "debug" && least !== "info" && least !== "warning" && least !== "error")
    throw new HyperVoltError("USAGE", "--log-level takes debug, info, warning or error");
  const report = await runDemo({
    port: numberArgument("port", given.port, given.headless === true ? 0 : 8099, 0, 65_535),
    seed: numberArgument("seed", given.seed, 1, 0, 2 ** 31),
    speed: numberArgument("speed", given.speed, 60, 0.1, 100_000),
    forMs: forSeconds === undefined ? null : forSeconds * 1_000,
    log: streamLog(process.stderr, least, "text", Date.now),
    version: version(),
    lockstep: given.headless === true,
    stopped: signalled(),
    onReady: (url) => {
      if (given.headless !== true) process.stdout.write(`HyperVolt demo: ${url}\n`);
    },
  });
  if (given.report !== undefined) await writeFile(given.report, `${JSON.stringify(report, null, 2)}\n`);
  const { readings, actions } = report;
  process.stderr.write(
    `${report.simulatedHours.toFixed(1)} simulated hours: ${readings.stored} readings stored, ${readings.lost} lost, ${report.plans} plans, ` +
      `${report.decisions} decisions, ${actions.confirmed} of ${actions.sent} actions confirmed, ${actions.failed} failed; ` +
      `${report.cost.toFixed(2)} instead of ${report.baseline.cost.toFixed(2)} EUR, ${report.carbonKg.toFixed(2)} instead of ${report.baseline.carbonKg.toFixed(2)} kg CO2e\n`,
  );
  return readings.lost === 0 && readings.refused === 0 && actions.failed === 0 ? 0 : 1;
}
