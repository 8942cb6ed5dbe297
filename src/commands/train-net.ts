import { writeFileSync } from "node:fs";
import path from "node:path";
import { lstm } from "../forecasting/candidates/lstm.ts";
import { scoreCandidate } from "../forecasting/tournament/held-out-score.ts";
import type { HeldOutScore } from "../forecasting/model-card.ts";
import { writeNet, type SharedNet } from "../forecasting/nets/net-file.ts";
import { NET_TRAINING, trainNets } from "../forecasting/nets/train-nets.ts";
import type { Home } from "./train.ts";

/** The nets that are learned. */
export const NET_PLANS = [
  { name: "lstm-load-30", signal: "load", column: "load_w", slotMinutes: 30, units: NET_TRAINING.units },
  { name: "lstm-load-60", signal: "load", column: "load_w", slotMinutes: 60, units: NET_TRAINING.units },
] as const;

/** Learns one net, writes it with its manifest and CARD.md, and prints how it does on the days it has not seen. */
export function learnNet(
  plan: (typeof NET_PLANS)[number],
  homes: readonly Home[],
  out: string,
  share: number,
  argv: readonly string[],
): void {
  const beganMs = performance.now();
  const learned = trainNets(
    homes.map(({ history, untilMs }) => ({ history, signal: plan.column, untilMs })),
    plan.slotMinutes,
    { ...NET_TRAINING, units: plan.units },
    (text) => process.stderr.write(`${plan.name}: ${text}\n`),
  );
  const { name, signal, slotMinutes } = plan;
  const { net, scaling } = learned;
  const made: SharedNet = { name, signal, slotMinutes, homes: homes.map(({ id }) => id), net, scaling };
  const candidate = lstm({ trees: [], nets: [made] });
  const scores = homes.flatMap(({ id, history, untilMs }) => {
    const score = scoreCandidate(candidate, slotMinutes, history, plan.column, untilMs);
    return score ? [{ home: id, ...score }] : [];
  });
  const folder = path.join(out, name);
  writeNet(folder, made);
  const command = `hypervolt train ${argv.map((word) => (path.isAbsolute(word) ? "DIR" : word)).join(" ")}`;
  const card = cardOf(made, homes, share, learned.days, scores, command);
  writeFileSync(path.join(folder, "CARD.md"), card);
  process.stdout.write(`${card}\nwritten to ${folder} in ${Math.round((performance.now() - beganMs) / 1000)} s\n`);
}

const percent = (value: number): string => (100 * value).toFixed(1);

/** The net's CARD.md: data, licence, metric, date, how to train it again. */
function cardOf(
  made: SharedNet,
  homes: readonly Home[],
  share: number,
  days: number,
  scores: readonly HeldOutScore[],
  command: string,
): string {
  const { units } = made.net.shape;
  const mean = (pick: (score: HeldOutScore) => number): string =>
    percent(scores.reduce((sum, score) => sum + pick(score), 0) / scores.length);
  const rows = scores.map(
    (one) =>
      `| ${one.home} | ${one.days} | ${percent(one.weightedMedian)} | ${percent(one.nMae)} | ${percent(one.nRmse)} |`,
  );
  return `# ${made.name}

Day-ahead forecast of the ${made.signal} in slots of ${made.slotMinutes} minutes: 10, 50 and 90 % quantiles and mean. A TensorFlow.js
layers model: an LSTM of ${units} units that reads the day slot by slot in both directions, with a dense head on it. It says how
far weighted profiles of the last weeks are off, relative to each home's own level, so that it serves homes it has never
seen. ${((4 * made.net.weights.length) / 1e6).toFixed(2)} MB.

- Learned from ${days} days of ${made.homes.length} homes: the first ${percent(share)} % of the days of ${made.homes.join(", ")}.
- Licences of the data: ${[...new Set(homes.map(({ licence }) => licence))].join("; ")}.
- Made on ${new Date(Date.now()).toISOString().slice(0, 10)} with \`${command}\`; the same data gives the same bytes.
- Pinball loss for the quantiles, squared error for the mean; ${NET_TRAINING.epochs} times through all days, Adam.
- Metric: mean absolute error of the median forecast, issued at local midnight for 24 hours, as a share of the mean;
  on days after those it learned from, of homes it learned from. Errors on homes it has never seen, as far as measured, are in
  decision 15 (\`bench/forecast.ts --folds\` with models learned with \`--fold\`).

| home | days | weighted median, nMAE % | this net, nMAE % | nRMSE % |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
| **mean** | | ${mean((one) => one.weightedMedian)} | ${mean((one) => one.nMae)} | ${mean((one) => one.nRmse)} |
`;
}
