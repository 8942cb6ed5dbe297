/**
 * How well a random forest tells whether a room is occupied, against a threshold on its light: node bench/regimes.ts
 *
 * One room, a week at one minute (`sensors/room-minute.csv`, CC BY 4.0). Both learn from the first days and are tested
 * on the later ones; the threshold is the one that was best on the first. The same without light tells what the forest
 * adds where there is no lux sensor. Needs the data folder (HYPERVOLT_DATA, default ../shared/data).
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { askForest, trainForest } from "../src/forecasting/regimes/random-forest.ts";

const DATA = process.env["HYPERVOLT_DATA"] ?? path.resolve(import.meta.dirname, "../../shared/data");
const FILE = path.join(DATA, "sensors/room-minute.csv");

/** Minutes looked back on for a trend. */
const TREND = 15;
const SHARE = 0.6;

type Row = Readonly<{ hour: number; weekend: number; values: readonly number[]; occupied: number }>;

function rowsOf(text: string): Row[] {
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [time = "", ...numbers] = line.split(",");
      const at = new Date(time);
      const values = numbers.map(Number);
      return {
        hour: at.getUTCHours() + at.getUTCMinutes() / 60,
        weekend: at.getUTCDay() % 6 === 0 ? 1 : 0,
        values: values.slice(0, 4),
        occupied: values[4] ?? 0,
      };
    });
}

function features(rows: readonly Row[], columns: readonly number[], withClock: boolean): Float32Array {
  const width = 2 * columns.length + (withClock ? 3 : 0);
  const out = new Float32Array(rows.length * width);
  for (const [i, { hour, weekend, values }] of rows.entries()) {
    const before = rows[Math.max(0, i - TREND)] as Row;
    const row = columns.flatMap((k) => [values[k] ?? NaN, (values[k] ?? NaN) - (before.values[k] ?? NaN)]);
    const turn = (2 * Math.PI * hour) / 24;
    out.set(withClock ? [...row, Math.sin(turn), Math.cos(turn), weekend] : row, i * width);
  }
  return out;
}

const scoreOf = (said: readonly number[], rows: readonly Row[], from: number) => {
  let [right, hits, misses, falseAlarms] = [0, 0, 0, 0];
  for (let i = from; i < rows.length; i++) {
    const truth = rows[i]?.occupied ?? 0;
    if (said[i] === truth) right++;
    if (truth === 1 && said[i] === 1) hits++;
    else if (truth === 1) misses++;
    else if (said[i] === 1) falseAlarms++;
  }
  return {
    accuracyPct: Math.round((10_000 * right) / (rows.length - from)) / 100,
    missedPct: Math.round((10_000 * misses) / Math.max(1, hits + misses)) / 100,
    falseMinutes: falseAlarms,
  };
};

function main(): void {
  if (!existsSync(FILE)) {
    console.log(`skipped: no ${FILE}; set HYPERVOLT_DATA`);
    return;
  }
  const rows = rowsOf(readFileSync(FILE, "utf8"));
  const from = Math.floor(SHARE * rows.length);
  const learned = rows.slice(0, from);
  const results: Record<string, ReturnType<typeof scoreOf> & { trainMs?: number; askUs?: number }> = {};

  const lights = [...new Set(learned.map(({ values }) => values[0] ?? 0))].sort((a, b) => a - b);
  const rightAt = (lux: number): number =>
    learned.filter(({ values, occupied }) => ((values[0] ?? 0) > lux ? 1 : 0) === occupied).length;
  const threshold = lights
    .filter((_, i) => i % 5 === 0)
    .reduce((best, lux) => (rightAt(lux) > rightAt(best) ? lux : best), 0);
  results[`light above ${threshold} lx`] = scoreOf(
    rows.map(({ values }) => ((values[0] ?? 0) > threshold ? 1 : 0)),
    rows,
    from,
  );
  results["always empty"] = scoreOf(
    rows.map(() => 0),
    rows,
    from,
  );

  for (const [name, columns, withClock] of [
    ["forest on everything", [0, 1, 2, 3], true],
    ["forest without the clock", [0, 1, 2, 3], false],
    ["forest without light", [1, 2, 3], true],
    ["forest on the clock and CO2", [3], true],
  ] as const) {
    const all = features(rows, columns, withClock);
    const width = all.length / rows.length;
    const beganMs = performance.now();
    const labels = Uint8Array.from(learned, ({ occupied }) => occupied);
    const forest = trainForest(all.slice(0, from * width), labels, width, 2);
    const trainedMs = performance.now();
    const said = rows.map((_, i) => ((askForest(forest, all, i)[1] ?? 0) > 0.5 ? 1 : 0));
    results[name] = {
      ...scoreOf(said, rows, from),
      trainMs: Math.round(trainedMs - beganMs),
      askUs: Math.round((1_000 * (performance.now() - trainedMs)) / rows.length),
    };
  }
  console.log(`${rows.length} minutes, learned from the first ${from}, tested on the rest\n`);
  console.log("| | right % | occupied minutes missed % | empty minutes called occupied |\n| --- | --- | --- | --- |");
  for (const [name, one] of Object.entries(results))
    console.log(`| ${name} | ${one.accuracyPct} | ${one.missedPct} | ${one.falseMinutes} |`);
  console.log(JSON.stringify({ kind: "hypervolt/bench-regimes/v1", testedFrom: from, results }));
}

main();
