/** Random numbers in [0, 1) that are the same on every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Ways to draw from a stream of random numbers; `between` and `whole` include their lower and upper ends. */
export type Draw = Readonly<{
  random: () => number;
  between: (low: number, high: number) => number;
  whole: (low: number, high: number) => number;
  maybe: (chance: number) => boolean;
  oneOf: <T>(choices: readonly T[]) => T;
}>;

export function drawing(random: () => number): Draw {
  const between = (low: number, high: number): number => low + (high - low) * random();
  return {
    random,
    between,
    whole: (low, high) => Math.floor(between(low, high + 1)),
    maybe: (chance) => random() < chance,
    oneOf: (choices) => choices[Math.floor(random() * choices.length)]!,
  };
}
