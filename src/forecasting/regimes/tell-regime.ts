import type { HomeHistory } from "../../domain/home-history.ts";
import { MS_PER_DAY } from "../../domain/units.ts";
import { askForest, trainForest, type Forest } from "./random-forest.ts";
import { REGIME_FEATURES, regimeFeatures } from "./regime-features.ts";
import { QUARTERS_A_DAY, regimeQuarters, type RegimeQuarters } from "./regime-quarters.ts";
import { REGIMES, type RegimeGuess } from "./regime.ts";
import { LABEL_REACH_MS, UNLABELLED, weakLabels } from "./weak-labels.ts";

/** Days learned from, and the fewest that make a guess worth having. */
const MOST_DAYS = 28;
const FEWEST_DAYS = 10;

/** Tells what a home is doing from its load so far; it learns anew once a day. Deterministic. */
export class RegimeTeller {
  #forest: Forest | undefined;
  #learnedDay = -1;

  /**
   * @param history load on quarters of an hour, up to now
   * @param seenMs  starts of quarters in which somebody was seen; null where the home has no such sensor
   * @returns null while too little is known
   */
  tell(history: HomeHistory, seenMs: ReadonlySet<number> | null): RegimeGuess | null {
    const quarters = regimeQuarters(history, seenMs);
    if (!quarters) return null;
    const last = quarters.loadW.length - 1;
    const atMs = quarters.startMs + (last + 1) * quarters.stepMs;
    const day = history.zone.dayNumber(atMs);
    if (this.#learnedDay !== day || !this.#forest) {
      this.#forest = learnRegimes(quarters);
      this.#learnedDay = day;
    }
    if (!this.#forest || Number.isNaN(quarters.loadW[last])) return null;
    const votes = askForest(this.#forest, regimeFeatures(quarters, last, last + 1));
    const best = votes.reduce((most, share, k) => (share > (votes[most] ?? 0) ? k : most), 0);
    return { regime: REGIMES[best] ?? "home", certainty: votes[best] ?? 0, atMs };
  }
}

/** A forest that has learned from the labelled quarters of the last weeks; undefined where there are too few. */
export function learnRegimes(quarters: RegimeQuarters): Forest | undefined {
  const length = quarters.loadW.length - LABEL_REACH_MS / quarters.stepMs;
  const from = Math.max(QUARTERS_A_DAY, Math.floor(length - (MOST_DAYS * MS_PER_DAY) / quarters.stepMs));
  if (length - from < (FEWEST_DAYS - 1) * QUARTERS_A_DAY) return undefined;
  const labels = weakLabels(quarters);
  const all = regimeFeatures(quarters, from, length);
  const width = REGIME_FEATURES.length;
  const rows = Array.from({ length: length - from }, (_, k) => k).filter((k) => labels[from + k] !== UNLABELLED);
  const features = new Float32Array(rows.length * width);
  for (const [k, row] of rows.entries()) features.set(all.subarray(row * width, (row + 1) * width), k * width);
  return trainForest(
    features,
    Uint8Array.from(rows, (row) => labels[from + row] as number),
    width,
    REGIMES.length,
  );
}
