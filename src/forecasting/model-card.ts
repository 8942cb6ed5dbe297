/** Errors on the days of one home that a model has not seen, as shares of the mean. */
export type HeldOutScore = Readonly<{
  home: string;
  weightedMedian: number;
  nMae: number;
  nRmse: number;
  days: number;
}>;

export type CardFacts = Readonly<{
  name: string;
  what: string;
  homes: readonly Readonly<{ id: string; licence: string }>[];
  share: number;
  examples: number;
  megabytes: number;
  date: string;
  command: string;
  scores: readonly HeldOutScore[];
}>;

const percent = (value: number): string => (100 * value).toFixed(1);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The model's CARD.md: data, licence, metric, date, how to train it again. */
export function modelCard(facts: CardFacts): string {
  const { scores } = facts;
  const licences = [...new Set(facts.homes.map(({ licence }) => licence))].join("; ");
  const rows = scores.map(
    ({ home, days, weightedMedian, nMae, nRmse }) =>
      `| ${home} | ${days} | ${percent(weightedMedian)} | ${percent(nMae)} | ${percent(nRmse)} |`,
  );
  return `# ${facts.name}

${facts.what}. Boosted trees on features that are relative to each home's own level, so that they serve homes they have
never seen. ${facts.megabytes.toFixed(2)} MB.

- Learned from ${facts.examples} examples of ${facts.homes.length} homes: the first ${percent(facts.share)} % of the days of ${facts.homes.map(({ id }) => id).join(", ")}.
- Licences of the data: ${licences}.
- Made on ${facts.date} with \`${facts.command}\`; the same data gives the same bytes.
- Metric: mean absolute error of the median forecast, issued at local midnight for 24 hours, as a share of the mean;
  on days after those it learned from, of homes it learned from. Errors on homes it has never seen, as far as measured, are in
  decision 15 (\`bench/forecast.ts --folds\` with models learned with \`--fold\`).

| home | days | weighted median, nMAE % | these trees, nMAE % | nRMSE % |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
| **mean** | | ${percent(mean(scores.map((one) => one.weightedMedian)))} | ${percent(mean(scores.map((one) => one.nMae)))} | ${percent(mean(scores.map((one) => one.nRmse)))} |
`;
}
