import { z } from "zod";

/** What a home's own net was found to be worth, on days that none of the editions judged had seen. */
const Verdict = z.strictObject({
  /** Local day number of the judgement. */
  day: z.int(),
  /** Days judged on. */
  days: z.int().positive(),
  /** Mean absolute error of the blend without and with the home's own net, in the signal's unit. */
  without: z.number().nonnegative(),
  with: z.number().nonnegative(),
  /** Of the shipped net and of the home's own, each alone. */
  shipped: z.number().nonnegative(),
  own: z.number().nonnegative(),
});
export type Verdict = Readonly<z.infer<typeof Verdict>>;

/** What a home has learned of one net; lies beside its editions as `record.json`. */
export const HomeNetRecord = z.strictObject({
  kind: z.literal("hypervolt/home-net/v1"),
  name: z.string(),
  /** SHA-256 of the shipped net's weights that it began from. */
  basedOn: z.string().length(64),
  /** Local day numbers: an edition has seen the days before its own. */
  editions: z.array(z.strictObject({ untilDay: z.int(), days: z.int().positive() })),
  verdict: Verdict.nullable(),
});
export type HomeNetRecord = Readonly<z.infer<typeof HomeNetRecord>>;

/** A gain below this share of the error is chance, and less than a person would be told as a figure. */
const LEAST_GAIN = 0.001;

/** Whether the home's own net takes part: only where the blend is better with it. */
export const isUsed = ({ verdict }: Pick<HomeNetRecord, "verdict">): boolean =>
  verdict !== null && verdict.with < (1 - LEAST_GAIN) * verdict.without;

/** The days an edition is kept for: those that blends and gates look back on, and a week more. */
const LOOK_BACK_DAYS = 70;
const EDITION_EVERY_DAYS = 7;
/** Rows that a net cannot learn from, because they have too little past, and the fewest it should learn from. */
const FIRST_ROWS = 20;
const FEWEST_LEARNED_DAYS = 35;

/**
 * The editions a home should have: one for each seventh day of the calendar, so that each of the last weeks can be
 * forecast by a net that has not seen it. Oldest first; empty while there is too little history.
 * @param firstDay first local day of the history
 * @param today    local day number; the days before it are over
 */
export function wantedEditions(firstDay: number, today: number): number[] {
  const earliest = Math.max(today - LOOK_BACK_DAYS, firstDay + FIRST_ROWS + FEWEST_LEARNED_DAYS);
  const wanted: number[] = [];
  const newest = today - (((today % EDITION_EVERY_DAYS) + EDITION_EVERY_DAYS) % EDITION_EVERY_DAYS);
  for (let day = newest; day >= earliest; day -= EDITION_EVERY_DAYS) wanted.unshift(day);
  return wanted;
}
