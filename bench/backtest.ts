import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { backtest, type BacktestResult } from "../src/commands/backtest.ts";
import { prepareHome } from "../src/commands/backtest-home.ts";
import { parsePlant } from "../src/commands/backtest-plant.ts";
import { parseHomeHistory } from "../src/domain/home-history-file.ts";
import type { HomeHistory } from "../src/domain/home-history.ts";

/**
 * What HyperVolt saves on recorded homes, home by home, against no control, the rule that always follows the net load,
 * and perfect foresight; also with another battery or another price of carbon than those of the table.
 * `node bench/backtest.ts [--homes 1,4] [--from T --to T] [--carbon PRICE] [--capacity FACTOR] [--efficiency ONE_WAY] [--json]`
 */
const { values } = parseArgs({
  options: {
    homes: { type: "string", default: "1,2,3,4,5,6,7,8,9,10" },
    from: { type: "string", default: "2016-10-01T00:00:00Z" },
    to: { type: "string", default: "2017-07-31T00:00:00Z" },
    carbon: { type: "string", default: "1.9" },
    capacity: { type: "string", default: "1" },
    efficiency: { type: "string" },
    study: { type: "boolean", default: true },
    json: { type: "boolean", default: false },
  },
  allowNegative: true,
});
const DATA = path.resolve(import.meta.dirname, process.env["HYPERVOLT_DATA"] ?? "../../shared/data", "series");
const options = { foresight: "none", replanSteps: 1, tickMs: () => performance.now() } as const;

function readHome(id: string): HomeHistory {
  const read = (end: string): string => readFileSync(path.join(DATA, `${id}.${end}`), "utf8");
  return parseHomeHistory(read("csv"), read("json"), { csv: `${id}.csv`, site: `${id}.json` }).history;
}

const sharesOf = (result: BacktestResult) => {
  const savable = result.noControl.objective - result.perfect.objective;
  const share = (objective: number): number => (result.noControl.objective - objective) / savable;
  return { rule: share(result.rule.objective), hypervolt: share(result.hypervolt.objective) };
};

async function californianHomes(): Promise<void> {
  const results: BacktestResult[] = [];
  for (const home of values.homes.split(",")) {
    const history = readHome(`citylearn-${home.padStart(2, "0")}`);
    const oneWay = values.efficiency === undefined ? undefined : Number(values.efficiency);
    const battery = {
      id: "home",
      ...history.site.battery,
      capacityWh: (history.site.battery?.["capacityWh"] ?? 0) * Number(values.capacity),
      ...(oneWay !== undefined && { chargeEfficiency: oneWay, dischargeEfficiency: oneWay }),
    };
    const objective = { carbonPricePerKg: Number(values.carbon) };
    const plant = parsePlant(JSON.stringify({ objective, batteries: [battery] }), "plant");
    const cpuBefore = process.cpuUsage();
    const result = await backtest(prepareHome(history, Date.parse(values.from), Date.parse(values.to)), plant, options);
    const cpu = process.cpuUsage(cpuBefore);
    const row = { ...result, cpuMs: (cpu.user + cpu.system) / 1_000 };
    if (values.json) console.log(JSON.stringify(row));
    else {
      const shares = sharesOf(row);
      const money = (total: { objective: number }): string => total.objective.toFixed(2).padStart(9);
      console.log(
        `${row.site}  ${money(row.noControl)} ${money(row.rule)} ${money(row.hypervolt)} ${money(row.perfect)}   ` +
          `${shares.rule.toFixed(4)}  ${shares.hypervolt.toFixed(4)}   ${row.planMsMedian.toFixed(2)} ms/plan  ${(row.cpuMs / 1_000).toFixed(1)} s cpu`,
      );
    }
    results.push(row);
  }
  const mean = (of: (result: BacktestResult) => number): number =>
    results.reduce((sum, result) => sum + of(result), 0) / results.length;
  if (!values.json)
    console.log(
      `mean${" ".repeat(51)}${mean((r) => sharesOf(r).rule).toFixed(4)}  ${mean((r) => sharesOf(r).hypervolt).toFixed(4)}\n`,
    );
}

/** The published study: a battery without PV and export, each of 14 local days from 0.6 back to 0.6. */
async function publishedStudy(): Promise<void> {
  const recorded = readHome("emhass-home");
  const columns = new Map([...recorded.columns].filter(([name]) => !name.startsWith("pv")));
  const history = { ...recorded, columns };
  const plant = parsePlant(
    JSON.stringify({
      grid: { maxExportW: 0 },
      batteries: [
        {
          id: "home",
          capacityWh: 5_000,
          initialSoc: 0.6,
          finalMinSoc: 0.6,
          minSoc: 0.3,
          maxSoc: 0.9,
          maxChargeW: 1_000,
          maxDischargeW: 950,
          chargeEfficiency: 0.95,
          dischargeEfficiency: 0.95,
        },
      ],
    }),
    "plant",
  );
  const { zone } = history;
  const firstDay = zone.dayNumber(Date.parse("2025-02-14T12:00:00+01:00"));
  const sum = { noControl: 0, hypervolt: 0, perfect: 0, leastFinalSoc: 1 };
  for (let day = firstDay; day < firstDay + 14; day++) {
    let soc = 0;
    const result = await backtest(prepareHome(history, zone.instantMs(day, 0), zone.instantMs(day + 1, 0)), plant, {
      ...options,
      onStep: ({ flows }) => void (soc = flows?.socs[0] ?? soc),
    });
    sum.noControl += result.noControl.cost;
    sum.hypervolt += result.hypervolt.cost;
    sum.perfect += result.perfect.cost;
    sum.leastFinalSoc = Math.min(sum.leastFinalSoc, soc);
  }
  if (values.json) console.log(JSON.stringify({ study: "emhass-home", ...sum }));
  else
    console.log(
      `emhass-home, 14 days: no battery ${sum.noControl.toFixed(4)}, HyperVolt ${sum.hypervolt.toFixed(4)}, perfect ` +
        `${sum.perfect.toFixed(4)} EUR (published: 81.8763, rolling 79.70 to 79.71, 79.7017); least final charge ${sum.leastFinalSoc}`,
    );
}

if (!existsSync(DATA)) console.log(`bench/backtest: skipped, no recorded homes in ${DATA} (set HYPERVOLT_DATA)`);
else {
  if (!values.json)
    console.log("home          noControl      rule HyperVolt   perfect     rule  HyperVolt (share of what is savable)");
  await californianHomes();
  if (values.study) await publishedStudy();
}
