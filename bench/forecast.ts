/**
 * Accuracy and time of the forecaster on real homes: node bench/forecast.ts [--only NAME,...] [--homes N] [--before] [--time] [--models DIR | --folds DIR]
 *
 * Day-ahead forecasts issued at each local midnight of a window, scored as the forecast contract is: nMAE and pinball
 * loss of the quantiles, RMSE of the mean; each candidate on the same days. `--before` uses as many days directly
 * before each window: choose hyper-parameters there, never on the window itself.
 * `--time` says instead how long all signals of a home take, and how long the nets' two engines do.
 * `--models DIR` takes the models of another folder than the shipped one; `--folds DIR` takes, for each home, models
 * that never saw it.
 * Needs the data folder (HYPERVOLT_DATA, default ../shared/data).
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { parseHomeHistory } from "../src/domain/home-history-file.ts";
import type { HomeHistory } from "../src/domain/home-history.ts";
import { MS_PER_DAY, MS_PER_MINUTE } from "../src/domain/units.ts";
import { benchSets, type BenchSet } from "./forecast-sets.ts";
import { createForecaster } from "../src/forecasting/forecaster.ts";
import { loadModels, NO_MODELS, type LearnedModels } from "../src/forecasting/model-files.ts";
import { timeOfAllSignals } from "./forecast-time.ts";
import { printNetTimes, timeNetEngines } from "./net-engines.ts";
import { scoreWindow, type WindowScore } from "./forecast-score.ts";

const DATA = process.env["HYPERVOLT_DATA"] ?? path.resolve(import.meta.dirname, "../../shared/data");

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      homes: { type: "string" },
      before: { type: "boolean" },
      time: { type: "boolean" },
      models: { type: "string" },
      folds: { type: "string" },
    },
  });
  if (!existsSync(path.join(DATA, "series"))) {
    console.log(`skipped: no data in ${DATA}; set HYPERVOLT_DATA`);
    return;
  }
  if (values.time === true) return await printTimes(values.models);
  const wanted = values.only?.split(",");
  const results = benchSets()
    .filter((set) => !wanted || wanted.includes(set.name))
    .map((set) => run(set, Number(values.homes ?? 1000), values.before === true, values.models, values.folds));
  console.log(JSON.stringify({ kind: "hypervolt/bench-forecast/v1", before: values.before === true, results }));
}

/** Homes with half-hourly load and sun, and with hourly load, sun, price and carbon. */
const TIMED = ["emhass-home", "citylearn-01"] as const;

async function printTimes(modelsDir: string | undefined): Promise<void> {
  const models = loadModels(modelsDir, (text) => console.error(text));
  console.log("| home | signals, 48 h | the first time, learning included, ms | at another hour, ms | slowest, ms |");
  console.log("| --- | --- | --- | --- | --- |");
  const results = TIMED.map((home) => ({
    home,
    ...timeOfAllSignals(load(path.join(DATA, "series", `${home}.csv`)), models),
  }));
  for (const { home, signals, firstMs, laterMs, slowestMs } of results)
    console.log(
      `| ${home} | ${signals.join(", ")} | ${[firstMs, laterMs, slowestMs].map((ms) => ms.toFixed(0)).join(" | ")} |`,
    );
  console.log();
  const nets = await timeNetEngines();
  printNetTimes(nets);
  console.log(JSON.stringify({ kind: "hypervolt/bench-forecast-time/v1", results, nets }));
}

function run(
  set: BenchSet,
  most: number,
  before: boolean,
  modelsDir: string | undefined,
  foldsDir: string | undefined,
): Record<string, unknown> {
  const files = globSync(path.join(DATA, "series", `${set.files}.csv`)).sort();
  const every = Math.max(1, Math.floor(files.length / most));
  const homes = files.filter((_, k) => k % every === 0).slice(0, most);
  const scores: { home: string; score: WindowScore }[] = [];
  const warn = (text: string): void => console.error(text);
  const folds = foldsDir === undefined ? [loadModels(modelsDir, warn)] : foldModels(foldsDir, warn);
  const beganMs = performance.now();
  for (const file of homes) {
    const history = load(file);
    const [fromMs, toMs] = before ? daysBefore(history, set.window(history)) : set.window(history);
    scores.push({
      home: path.basename(file, ".csv"),
      score: scoreWindow(
        createForecaster({ models: withoutHome(folds, path.basename(file, ".csv"), foldsDir) }),
        history,
        set,
        fromMs,
        toMs,
      ),
    });
    console.error(`${set.name} ${path.basename(file, ".csv")} ${line(set, scores.at(-1)?.score)}`);
  }
  const seconds = (performance.now() - beganMs) / 1000;
  const ids = [...new Set(scores.flatMap(({ score }) => Object.keys(score.candidates)))];
  const mean = (pick: (score: WindowScore) => number | undefined): number => {
    const known = scores.map(({ score }) => pick(score)).filter((value) => value !== undefined);
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  console.log(`\n## ${set.name}: ${set.title}; ${homes.length} homes, ${seconds.toFixed(0)} s`);
  console.log(
    `| candidate | ${set.measure === "rmse" ? "RMSE, W" : set.measure === "nmae" ? "nMAE %" : "share of yesterday's error"} | nRMSE % |`,
  );
  console.log("| --- | --- | --- |");
  const rows = ids.map((id) => ({
    id,
    main: mean((score) => score.candidates[id] && pick(set, score.candidates[id], score)),
    nRmse: mean((score) => score.candidates[id]?.nRmse),
  }));
  rows.push({
    id: "**forecast**",
    main: mean((score) => pick(set, score.final, score)),
    nRmse: mean((score) => score.final.nRmse),
  });
  for (const { id, main, nRmse } of rows.sort((a, b) => b.main - a.main))
    console.log(`| ${id} | ${shown(set, main)} | ${(100 * nRmse).toFixed(1)} |`);
  const better = scores.filter(({ score }) => score.final.nMae < (score.candidates["median-28"]?.nMae ?? 0)).length;
  console.log(
    `bands: coverage ${(100 * mean((score) => score.coverage)).toFixed(1)} %, pinball ${(100 * mean((score) => score.nPinball)).toFixed(2)} % of the mean; ` +
      `better than the 28-day median in ${better} of ${homes.length}; ${((1000 * seconds) / mean((score) => score.issues) / homes.length).toFixed(0)} ms an issue`,
  );
  return { set: set.name, seconds, scores };
}

const pick = (set: BenchSet, one: { nMae: number; rmse: number; mae: number }, score: WindowScore): number =>
  set.measure === "rmse"
    ? one.rmse
    : set.measure === "nmae"
      ? one.nMae
      : one.mae / (score.candidates["seasonal-naive"]?.mae ?? 1);
const shown = (set: BenchSet, value: number): string =>
  set.measure === "rmse" ? value.toFixed(0) : set.measure === "nmae" ? (100 * value).toFixed(2) : value.toFixed(3);
const line = (set: BenchSet, score: WindowScore | undefined): string =>
  score ? `${shown(set, pick(set, score.final, score))} coverage ${(100 * score.coverage).toFixed(1)}` : "";

function load(file: string): HomeHistory {
  const site = file.replace(/csv$/, "json");
  return parseHomeHistory(readFileSync(file, "utf8"), readFileSync(site, "utf8"), { csv: file, site }).history;
}

/** Models of every subfolder of a folder: `hypervolt train --fold 0/2 --out DIR/0`, `--fold 1/2 --out DIR/1`. */
const foldModels = (folder: string, warn: (text: string) => void): LearnedModels[] =>
  globSync(path.join(folder, "*"))
    .sort()
    .map((fold) => loadModels(fold, warn));

/** Of each model, the fold that did not learn from a home. */
function withoutHome(folds: readonly LearnedModels[], home: string, foldsDir: string | undefined): LearnedModels {
  if (foldsDir === undefined) return folds[0] ?? NO_MODELS;
  const strangers = <T extends { name: string; homes: readonly string[] }>(models: readonly T[]): T[] => [
    ...new Map(models.filter(({ homes }) => !homes.includes(home)).map((one) => [one.name, one])).values(),
  ];
  return {
    trees: strangers(folds.flatMap((fold) => fold.trees)),
    nets: strangers(folds.flatMap((fold) => fold.nets ?? [])),
  };
}

/** As many days directly before a window. */
function daysBefore(history: HomeHistory, [fromMs, toMs]: readonly [number, number]): [number, number] {
  const { zone } = history;
  const days = Math.round((toMs - fromMs) / MS_PER_DAY);
  const first = Math.max(zone.dayNumber(fromMs) - days, zone.dayNumber(history.startMs) + 35);
  return [zone.instantMs(first, 0), fromMs - MS_PER_MINUTE];
}

await main();
