import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import type { BacktestResult } from "../../src/commands/backtest.ts";
import { isThere } from "../harness/local-service.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const SERIES = path.join(process.env["HYPERVOLT_DATA"] ?? path.resolve(ROOT, "../shared/data"), "series");
const HOME = "citylearn-03";
const [FROM, TO] = ["2017-03-01T08:00:00Z", "2017-03-22T08:00:00Z"];
/** Nothing recorded from here on is in the file that was cut. */
const CUT = "2017-03-18T08:00:00Z";
const CARBON_PRICE_PER_KG = 1.9;

const execute = promisify(execFile);
const homeIsThere = isThere(`the recording ${HOME}`, existsSync(path.join(SERIES, `${HOME}.csv`)) ? SERIES : null);

type Row = Readonly<Record<string, string>>;

const rowsOf = (csv: string): Row[] => {
  const [header = "", ...lines] = csv.trim().split("\n");
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i] ?? "", value])));
};
const numberOf = (row: Row | undefined, name: string): number => Number(row?.[name] ?? Number.NaN);

describe.skipIf(!homeIsThere)("a backtest of three weeks of a recorded home", () => {
  async function prepare() {
    const folder = await mkdtemp(path.join(tmpdir(), "backtest-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const csv = await readFile(path.join(SERIES, `${HOME}.csv`), "utf8");
    const siteFile = path.join(SERIES, `${HOME}.json`);
    const { battery } = JSON.parse(await readFile(siteFile, "utf8")) as { battery: Record<string, number> };
    const plantFile = path.join(folder, "plant.json");
    const plant = {
      objective: { carbonPricePerKg: CARBON_PRICE_PER_KG },
      batteries: [{ id: "home", ...battery }],
    };
    await writeFile(plantFile, JSON.stringify(plant));
    const backtest = async (name: string, seriesCsv: string, to: string) => {
      const [seriesFile, stepsFile] = [path.join(folder, `${name}.csv`), path.join(folder, `${name}-steps.csv`)];
      await writeFile(seriesFile, seriesCsv);
      const files = ["--series", seriesFile, "--site", siteFile, "--plant", plantFile, "--steps-out", stepsFile];
      const { stdout } = await execute(process.execPath, [
        path.join(ROOT, "src/cli.ts"),
        "backtest",
        ...files,
        "--from",
        FROM,
        "--to",
        to,
      ]);
      return { result: JSON.parse(stdout) as BacktestResult, steps: rowsOf(await readFile(stepsFile, "utf8")) };
    };
    return { csv, battery, backtest };
  }

  it("adds up: from its steps, in what it captures, and against the rule and perfect foresight", async () => {
    const { csv, battery, backtest } = await prepare();
    const { result, steps } = await backtest("whole", csv, TO);
    expect([result.days, result.missingSteps, steps.length]).toEqual([21, 0, 21 * 24]);

    const recorded = new Map(rowsOf(csv).map((row) => [row["time"], row]));
    let [cost, carbonKg] = [0, 0];
    let bare = { cost: 0, carbonKg: 0 };
    let soc = battery["initialSoc"] ?? Number.NaN;
    let worst = 0;
    for (const step of steps) {
      const then = recorded.get(step["time"]);
      const of = (name: string): number => numberOf(step, name);
      const price = (name: string): number => numberOf(then, name);
      cost += (of("import_w") * price("import_price") - of("export_w") * price("export_price")) / 1_000;
      carbonKg += (of("import_w") * price("carbon_g_kwh")) / 1e6;
      const netW = price("load_w") - price("pv_w");
      bare = {
        cost:
          bare.cost + (Math.max(0, netW) * price("import_price") - Math.max(0, -netW) * price("export_price")) / 1_000,
        carbonKg: bare.carbonKg + (Math.max(0, netW) * price("carbon_g_kwh")) / 1e6,
      };
      const [chargeW, dischargeW] = [Math.max(0, of("home_w")), Math.max(0, -of("home_w"))];
      const keptWh = chargeW * battery["chargeEfficiency"]! - dischargeW / battery["dischargeEfficiency"]!;
      soc += keptWh / battery["capacityWh"]!;
      const faults = [
        of("load_w") - price("load_w"),
        of("pv_w") - price("pv_w"),
        of("import_w") - of("export_w") - netW - of("home_w"),
        Math.min(of("import_w"), of("export_w")),
        1e3 * (of("home_soc") - soc),
        1e3 * Math.max(0, soc - 1, -soc),
      ];
      worst = Math.max(worst, ...faults.map(Math.abs));
    }
    expect(worst).toBeLessThan(1e-3);
    const objective = cost + CARBON_PRICE_PER_KG * carbonKg;
    expect(result.hypervolt.cost).toBeCloseTo(cost, 5);
    expect(result.hypervolt.carbonKg).toBeCloseTo(carbonKg, 5);
    expect(result.hypervolt.objective).toBeCloseTo(objective, 5);
    expect(result.noControl.cost).toBeCloseTo(bare.cost, 5);
    expect(result.noControl.objective).toBeCloseTo(bare.cost + CARBON_PRICE_PER_KG * bare.carbonKg, 5);

    const { noControl, rule, hypervolt, perfect, captured } = result;
    expect(captured).toBeCloseTo(
      (noControl.objective - hypervolt.objective) / (noControl.objective - perfect.objective),
      9,
    );
    expect(hypervolt.objective).toBeLessThanOrEqual(rule.objective);
    expect(perfect.objective).toBeLessThanOrEqual(hypervolt.objective);
    expect(captured).toBeGreaterThan(0.8);
    expect(result.plans).toBe(21 * 24);
  });

  it("commands the same when nothing after a moment was ever recorded", async () => {
    const { csv, backtest } = await prepare();
    const [header = "", ...lines] = csv.trim().split("\n");
    const [whole, cut] = [
      await backtest("whole", csv, TO),
      await backtest("cut", [header, ...lines.filter((line) => line < CUT)].join("\n"), CUT),
    ];
    expect(cut.steps.length).toBe(17 * 24);
    // Its tariff ends with the file, so that the last day before it sees fewer prices ahead.
    const known = cut.steps.length - 48;
    const commands = (steps: readonly Row[]): unknown =>
      steps.slice(0, known).map(({ time, command }) => [time, command]);
    expect(commands(cut.steps)).toEqual(commands(whole.steps));
    expect(new Set(cut.steps.map(({ command }) => command)).size).toBeGreaterThan(2);
  });
});
