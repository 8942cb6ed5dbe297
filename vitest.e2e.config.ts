import { defineConfig } from "vitest/config";

/** Tests against real services: one file at a time, as they share ports, processes and two cores. */
export default defineConfig({
  test: {
    include: ["tests/e2e/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 20_000 } },
    pool: "forks",
    fileParallelism: false,
    teardownTimeout: 30_000,
  },
});
