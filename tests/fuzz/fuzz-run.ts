import assert from "node:assert/strict";

/** Tries so many cases; throws with a counterexample. The same seed gives the same cases. */
export type FuzzRun = (cases: number, seed: number) => void | Promise<void>;

/** No case may keep the process from everything else for this long, however slow the machine. */
const LONGEST_CASE_MS = 5_000;
const PROTOTYPES: readonly object[] = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
const properties = (): number => PROTOTYPES.reduce((total, one) => total + Reflect.ownKeys(one).length, 0);

/** A case that ends in time and leaves the prototypes as they were. */
export function timely<Args extends readonly unknown[]>(check: (...args: Args) => void): (...args: Args) => void {
  const before = properties();
  return (...args) => {
    const startedMs = performance.now();
    check(...args);
    assert.ok(performance.now() - startedMs < LONGEST_CASE_MS, "a case took too long");
    assert.equal(properties(), before, "a prototype was polluted");
  };
}
