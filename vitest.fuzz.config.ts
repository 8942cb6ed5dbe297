import { defineConfig } from "vitest/config";

/** Hostile cases by the million, in processes of their own: FUZZ_RUNS says how many. */
export default defineConfig({
  test: { include: ["tests/fuzz/**/*.test.ts"], pool: "forks", disableConsoleIntercept: true },
});
