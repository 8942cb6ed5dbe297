import { stat } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { isoUtc, type Zone } from "../domain/civil-time.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { Forecast } from "../domain/forecast.ts";
import { HISTORY_COLUMNS } from "../domain/home-history.ts";
import { instantOf } from "../domain/iso-instant.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { createForecaster, MOST_HOURS } from "../forecasting/forecaster.ts";
import { loadModels } from "../forecasting/model-files.ts";
import { readHistory } from "./read-history.ts";
import { sayWarnings } from "./say-warnings.ts";

const HELP = `hypervolt forecast --series CSV --site JSON --signal COLUMN --from T [--to T]
                   [--every MINUTES] [--hours N] [--step MINUTES] [--models-dir DIR]

Forecasts one column of a home's history; one JSON line per issue on standard output.

  --series CSV        the history
  --site JSON         what is known of the home: time zone, step, place
  --signal COLUMN     load_w, pv_w, import_price, carbon_g_kwh, or any other column
  --from T            first issue, ISO-8601 with an offset: 2025-02-14T00:00:00+01:00
  --to T              no issue at or after this instant; absent: one issue only
  --every MINUTES     minutes between two issues (default 1440: the same wall-clock time each day)
  --hours N           hours to forecast, up to 72 (default 24)
  --step MINUTES      length of a step (default: that of the site)
  --models-dir DIR    what was learned elsewhere (default: the shipped models)
`;

type Request = Readonly<{
  series: string;
  site: string;
  signal: string;
  fromMs: number;
  toMs: number | undefined;
  everyMinutes: number;
  hours: number;
  stepMinutes: number | undefined;
  modelsDir: string | undefined;
}>;

/**
 * `hypervolt forecast` (contract forecast.md).
 * @returns exit status: 0 written, 2 the input was refused, 1 anything else
 */
export async function runForecastCommand(argv: readonly string[]): Promise<number> {
  try {
    if (argv.includes("--help") || argv.includes("-h")) {
      process.stdout.write(HELP);
      return 0;
    }
    const request = parseRequest(argv);
    if ((await stat(request.modelsDir ?? ".").catch(() => undefined))?.isDirectory() === false)
      throw new HyperVoltError("USAGE", `--models-dir ${request.modelsDir}: not a folder`);
    const { history, warnings } = readHistory(request.series, request.site, {
      csv: path.basename(request.series),
      site: path.basename(request.site),
    });
    sayWarnings(warnings);
    const known = new Set<string>(HISTORY_COLUMNS);
    if (!history.columns.has(request.signal)) {
      if (!known.has(request.signal))
        throw new HyperVoltError(
          "USAGE",
          `--signal ${request.signal}: ${path.basename(request.series)} has no such column`,
        );
      process.stderr.write(`warning: ${request.series} has no ${request.signal}: the prior is used\n`);
    }
    const forecaster = createForecaster({
      tickMs: () => performance.now(),
      models: loadModels(request.modelsDir, (text) => process.stderr.write(`warning: ${text}\n`)),
    });
    const stepMinutes = request.stepMinutes ?? history.site.stepMinutes;
    for (const issuedAtMs of issueTimesMs(history.zone, request)) {
      const made = forecaster.forecast(history, request.signal, issuedAtMs, request.hours, stepMinutes);
      await write(`${JSON.stringify(contractLine(made, history.site.id, history.zone))}\n`);
    }
    return 0;
  } catch (error) {
    const refused = error instanceof HyperVoltError && (error.code === "USAGE" || error.code === "SERIES_INVALID");
    process.stderr.write(`${error instanceof HyperVoltError ? error.message : String((error as Error).stack)}\n`);
    return refused ? 2 : 1;
  }
}

/** One line of the contract. Numbers keep six digits after the point. */
export function contractLine(made: Forecast, site: string, zone: Zone): Record<string, unknown> {
  const list = (values: Float64Array): number[] => Array.from(values, round6);
  return {
    kind: "hypervolt/forecast/v1",
    site,
    signal: made.signal,
    unit: made.unit,
    issuedAt: zone.iso(made.issuedAtMs),
    model: made.model,
    stepMinutes: made.stepMs / MS_PER_MINUTE,
    start: isoUtc(made.startMs),
    mean: list(made.mean),
    p10: list(made.p10),
    p50: list(made.p50),
    p90: list(made.p90),
    skill: Object.fromEntries(Object.entries(made.skill).map(([id, { maeW }]) => [id, { maeW: round6(maeW) }])),
    trainMs: round6(made.trainMs),
    forecastMs: round6(made.forecastMs),
  };
}

const round6 = (value: number): number => Math.round(value * 1e6) / 1e6;

/** Issues that are whole days apart keep their wall-clock time across a change of the clocks. */
export function issueTimesMs(zone: Zone, request: Pick<Request, "fromMs" | "toMs" | "everyMinutes">): number[] {
  const { fromMs, toMs, everyMinutes } = request;
  if (toMs === undefined) return [fromMs];
  const times: number[] = [];
  const wholeDays = everyMinutes % 1440 === 0 ? everyMinutes / 1440 : undefined;
  const firstDay = zone.dayNumber(fromMs);
  const minute = zone.minuteOfDay(fromMs);
  const withinMinuteMs = fromMs - zone.instantMs(firstDay, minute);
  for (let k = 0; ; k++) {
    const atMs =
      wholeDays === undefined
        ? fromMs + k * everyMinutes * MS_PER_MINUTE
        : k === 0
          ? fromMs
          : zone.instantMs(firstDay + k * wholeDays, minute) + (withinMinuteMs % MS_PER_MINUTE);
    if (atMs >= toMs) return times;
    times.push(atMs);
  }
}

function parseRequest(argv: readonly string[]): Request {
  const problems: string[] = [];
  const text = { type: "string" } as const;
  let values: Record<string, string | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        series: text,
        site: text,
        signal: text,
        from: text,
        to: text,
        every: text,
        hours: text,
        step: text,
        "models-dir": text,
      },
    }));
  } catch (error) {
    throw new HyperVoltError("USAGE", (error as Error).message);
  }
  const needed = (name: string): string => {
    const value = values[name];
    if (!value) problems.push(`--${name}: missing`);
    return value ?? "";
  };
  const instant = (name: string, value: string | undefined): number | undefined => {
    if (!value) return undefined;
    const atMs = instantOf(value);
    if (Number.isNaN(atMs)) problems.push(`--${name} ${value}: expected ISO-8601 with an offset`);
    return atMs;
  };
  const whole = (name: string, low: number, high: number): number | undefined => {
    const value = values[name];
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!Number.isInteger(number) || number < low || number > high)
      problems.push(`--${name} ${value}: expected a whole number, ${low}..${high}`);
    return number;
  };
  const request: Request = {
    series: needed("series"),
    site: needed("site"),
    signal: needed("signal"),
    fromMs: instant("from", needed("from")) ?? Number.NaN,
    toMs: instant("to", values["to"]),
    everyMinutes: whole("every", 1, 1440 * 366) ?? 1440,
    hours: hoursOf(values["hours"], problems),
    stepMinutes: whole("step", 1, 1440),
    modelsDir: values["models-dir"],
  };
  if (request.modelsDir === "") problems.push("--models-dir: missing");
  if (request.toMs !== undefined && request.toMs <= request.fromMs)
    problems.push(`--to ${values["to"]}: not after --from ${values["from"]}`);
  if (request.stepMinutes && request.hours && (request.hours * 60) % request.stepMinutes !== 0)
    problems.push(`--step ${request.stepMinutes}: --hours ${request.hours} is not a whole number of steps`);
  if (problems.length > 0)
    throw new HyperVoltError("USAGE", problems.length === 1 ? (problems[0] ?? "") : `\n${problems.join("\n")}`);
  return request;
}

function hoursOf(value: string | undefined, problems: string[]): number {
  const hours = value === undefined ? 24 : Number(value);
  if (!(hours > 0 && hours <= MOST_HOURS))
    problems.push(`--hours ${value}: expected a number of hours up to ${MOST_HOURS}`);
  return hours;
}

/** Writes and waits until the reader has taken it. */
const write = (line: string): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(line, (error) => (error ? reject(error) : resolve())));
