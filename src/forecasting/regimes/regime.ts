/**
 * What a home is doing. `guests` stands for any unusually high and lasting load. In the order of a forest's classes.
 */
export const REGIMES = ["away", "asleep", "home", "guests"] as const;
export type Regime = (typeof REGIMES)[number];

/** The regime a home seems to be in. */
export type RegimeGuess = Readonly<{
  regime: Regime;
  /** Share of the forest's votes, 0..1. */
  certainty: number;
  /** What is known up to here was looked at. */
  atMs: number;
}>;
