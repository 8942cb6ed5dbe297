/**
 * Imports everything the engine and its threads run, so that a process with a compile cache leaves it compiled
 * (`keep-compiled.ts`). Nothing runs on import.
 */
await Promise.all([
  import("./run.ts"),
  import("../composition/storage-worker.ts"),
  import("../forecasting/forecast-worker.ts"),
  import("../forecasting/home-nets/learning-worker.ts"),
  import("../memory/sqlite-worker.ts"),
  import("../planning/planner-worker.ts"),
]);
process.exitCode = 0;
