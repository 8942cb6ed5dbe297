import { defineConfig } from "vitest/config";

/** Where a browser or a real Home Assistant takes part, a test that fails is tried once more, and CI lists it. */
const withOthers = [
  "tests/e2e/card/**/*.test.ts",
  "tests/e2e/home-assistant/**/*.test.ts",
  "tests/e2e/{container,ingress,main-path,mqtt-io,setup-page}.test.ts",
];

/** What the machine gives is measured, or an answer within seconds is promised: CI runs nothing beside these. */
const quiet = [
  "tests/e2e/memory.test.ts",
  "tests/e2e/card/page-{appetite,frames}.test.ts",
  "tests/e2e/home-assistant/transfer-switch.test.ts",
];

/** The same, without a second try. */
const quietOnce = ["tests/e2e/crash.test.ts"];

/** Minutes in which little happens: CI runs these beside the unit tests. */
const waiting = ["tests/e2e/slow-clients.test.ts", "tests/e2e/home-assistant/power-source.test.ts"];

/** Tests against real services: one file at a time; CI runs two side by side. */
export default defineConfig({
  test: {
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 20_000 } },
    pool: "forks",
    maxWorkers: 1,
    fileParallelism: false,
    teardownTimeout: 30_000,
    projects: [
      // What was lost, or is wrong, once in two runs is lost: no second try.
      {
        extends: true,
        test: {
          name: "alone",
          include: ["tests/e2e/**/*.test.ts"],
          exclude: [...withOthers, ...waiting, ...quiet, ...quietOnce],
        },
      },
      { extends: true, test: { name: "waiting", include: waiting, retry: 1 } },
      { extends: true, test: { name: "with others", include: withOthers, exclude: [...waiting, ...quiet], retry: 1 } },
      { extends: true, test: { name: "quiet", include: quiet, retry: 1 } },
      { extends: true, test: { name: "quiet, once", include: quietOnce } },
    ],
  },
});
