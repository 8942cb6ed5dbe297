import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { HyperVoltError } from "../domain/errors.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import { modelCard, type HeldOutScore } from "../forecasting/model-card.ts";
import { FEATURE_NAMES } from "../forecasting/features.ts";
import { scoreHeldOut } from "../forecasting/tournament/held-out-score.ts";
import { SHIPPED_MODELS } from "../forecasting/model-files.ts";
import { SHARED_PARTS, type SharedTrees, type SharedTreesManifest } from "../forecasting/trees/shared-trees.ts";
import { homeExamples, trainSharedTrees } from "../forecasting/trees/train-shared-trees.ts";
import { readHistory } from "./read-history.ts";
import { learnNet, NET_PLANS } from "./train-net.ts";
import { encodeTrees, shapeOf } from "../forecasting/trees/tree-weights.ts";

const HELP = `hypervolt train --data DIR [--out DIR] [--only NAME,...] [--leave PATTERN,...] [--fold K/N] [--share 0.8]

Learns the models that HyperVolt ships from a folder of homes (<id>.csv with <id>.json), and writes each with its
manifest and CARD.md. Prints how each does on the days it has not seen.

  --data DIR      the homes
  --out DIR       where to write (default: models/ of this installation)
  --only NAME     load-30, load-60, carbon-60; lstm-load-30, lstm-load-60
  --leave PATTERN homes to leave out, such as citylearn-*
  --fold K/N      leave out every N-th home, beginning with the K-th (K from 0): for honest figures on those
  --share S       share of each home's days to learn from; the rest is for the table (default 0.8)
`;

/** What is learned, in which order. Shares keep the number of examples within the memory of a small machine. */
const PLANS = [
  { name: "load-30", signal: "load", column: "load_w", slotMinutes: 30, share: 0.6 },
  { name: "load-60", signal: "load", column: "load_w", slotMinutes: 60, share: 1 },
  { name: "carbon-60", signal: "carbon", column: "carbon_g_kwh", slotMinutes: 60, share: 1 },
] as const;
type Plan = (typeof PLANS)[number];

/** A home of the folder, and the end of what may be learned from it. */
export type Home = Readonly<{ id: string; history: HomeHistory; licence: string; untilMs: number }>;

/**
 * `hypervolt train`.
 * @returns exit status: 0 done, 2 the input was refused, 1 anything else
 */
export async function runTrainCommand(argv: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        data: { type: "string" },
        out: { type: "string" },
        only: { type: "string" },
        leave: { type: "string" },
        fold: { type: "string" },
        share: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    if (!values.data) throw new HyperVoltError("USAGE", `--data is missing\n${HELP}`);
    const share = Number(values.share ?? 0.8);
    if (!(share > 0.1 && share <= 1)) throw new HyperVoltError("USAGE", `--share ${values.share}: expected 0.1..1`);
    const fold = /^(\d+)\/(\d+)$/.exec(values.fold ?? "0/1");
    if (!fold) throw new HyperVoltError("USAGE", `--fold ${values.fold}: expected K/N`);
    const [k, n] = [Number(fold[1]), Number(fold[2])];
    if (k >= n) throw new HyperVoltError("USAGE", `--fold ${values.fold}: expected K from 0 to N - 1`);
    const only = values.only?.split(",");
    const plans = [...PLANS, ...NET_PLANS];
    const unknown = only?.filter((name) => !plans.some((plan) => plan.name === name)) ?? [];
    if (unknown.length > 0)
      throw new HyperVoltError(
        "USAGE",
        `--only ${unknown.join(",")}: expected ${plans.map(({ name }) => name).join(", ")}`,
      );
    const left = (values.leave ?? "").split(",").filter(Boolean);
    const files = globSync(path.join(values.data, "*.csv")).sort();
    if (files.length === 0) throw new HyperVoltError("USAGE", `--data ${values.data}: no <id>.csv there`);
    let learned = 0;
    for (const plan of plans.filter(({ name }) => !only || only.includes(name))) {
      const chosen = files
        .filter((file) => !left.some((pattern) => path.matchesGlob(path.basename(file, ".csv"), pattern)))
        .filter((_, index) => n === 1 || index % n !== k)
        .map((file) => load(file, share))
        .filter((home) => home.history.columns.has(plan.column) && fits(home.history, plan));
      if (chosen.length === 0) {
        process.stderr.write(`${plan.name}: no home to learn from\n`);
        continue;
      }
      learned++;
      if ("units" in plan) learnNet(plan, chosen, values.out ?? SHIPPED_MODELS, share, argv);
      else await learn(plan, chosen, values.out ?? SHIPPED_MODELS, share, argv);
    }
    if (learned === 0)
      throw new HyperVoltError("USAGE", `--data ${values.data}: no home there has what these models learn from`);
    return 0;
  } catch (error) {
    const refused =
      (error instanceof HyperVoltError && ["USAGE", "SERIES_INVALID"].includes(error.code)) ||
      (error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS"));
    process.stderr.write(`${error instanceof Error ? (refused ? error.message : error.stack) : String(error)}\n`);
    return refused ? 2 : 1;
  }
}

function load(file: string, share: number): Home {
  const siteFile = file.replace(/csv$/, "json");
  if (!existsSync(siteFile)) throw new HyperVoltError("USAGE", `${file}: ${siteFile} is missing`);
  const siteText = readFileSync(siteFile, "utf8");
  const { history } = readHistory(file, siteFile, { csv: file, site: siteFile });
  const { zone, startMs, stepMs, length } = history;
  const firstDay = zone.dayNumber(startMs);
  const days = zone.dayNumber(startMs + length * stepMs - 1) - firstDay + 1;
  const { licence } = JSON.parse(siteText) as { licence?: string };
  const untilMs = zone.instantMs(firstDay + days - Math.floor(days * (1 - share) + 1e-9), 0);
  return { id: history.site.id, history, licence: licence ?? "unknown", untilMs };
}

/** A home can teach a model whose slots are whole steps of its history. */
const fits = (history: HomeHistory, plan: Pick<Plan, "slotMinutes">): boolean =>
  (plan.slotMinutes * 60_000) % history.stepMs === 0;

async function learn(
  plan: Plan,
  homes: readonly Home[],
  out: string,
  share: number,
  argv: readonly string[],
): Promise<void> {
  const beganMs = performance.now();
  const tables = homes.map(({ history, untilMs }, seed) =>
    homeExamples({ history, signal: plan.column, untilMs }, plan.slotMinutes, plan.share, seed + 1),
  );
  const ids = homes.map(({ id }) => id);
  const examples = tables.reduce((sum, { rows }) => sum + rows, 0);
  process.stderr.write(`${plan.name}: ${examples} examples of ${homes.length} homes\n`);
  const made = trainSharedTrees(plan.name, plan.signal, plan.slotMinutes, ids, tables, (part) =>
    process.stderr.write(`${plan.name}: ${part}\n`),
  );
  const scores: HeldOutScore[] = homes.flatMap(({ id, history, untilMs }) => {
    const score = scoreHeldOut(made, history, plan.column, untilMs);
    return score ? [{ home: id, ...score }] : [];
  });
  const bytes = encodeTrees(SHARED_PARTS.map((part) => made.parts[part]));
  const manifest: SharedTreesManifest = {
    kind: "hypervolt/boosted-trees/v1",
    name: plan.name,
    signal: plan.signal,
    slotMinutes: plan.slotMinutes,
    features: [...FEATURE_NAMES],
    homes: ids,
    parts: shapes(made),
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
  const folder = path.join(out, plan.name);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "weights.bin"), bytes);
  await writeFile(path.join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
  const seconds = Math.round((performance.now() - beganMs) / 1000);
  const date = new Date(Date.now()).toISOString().slice(0, 10);
  const command = `hypervolt train ${argv.map((word) => (path.isAbsolute(word) ? "DIR" : word)).join(" ")}`;
  const card = modelCard({
    name: plan.name,
    what: `Day-ahead forecast of ${plan.column} in slots of ${plan.slotMinutes} minutes: 10, 50 and 90 % quantiles and mean`,
    homes,
    share,
    examples,
    megabytes: bytes.length / 1e6,
    date,
    command,
    scores,
  });
  await writeFile(path.join(folder, "CARD.md"), card);
  process.stdout.write(`${card}\nwritten to ${folder} in ${seconds} s\n`);
}

const shapes = (made: SharedTrees): SharedTreesManifest["parts"] =>
  Object.fromEntries(SHARED_PARTS.map((part) => [part, shapeOf(made.parts[part])])) as SharedTreesManifest["parts"];
