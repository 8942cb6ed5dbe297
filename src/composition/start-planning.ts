import type { Context } from "../context/context.ts";
import { createForecastService } from "../forecasting/forecast-service.ts";
import type { Options } from "../options/options.ts";
import { createPlanner } from "../planning/planner.ts";
import type { HomeSurroundings } from "./connect-surroundings.ts";
import { devicePowerId } from "./engine-tick.ts";
import { learnedColumns } from "./grid-book.ts";
import { gridLimits } from "./energy-sources.ts";
import type { HomeEvents } from "./events.ts";
import type { HomeFacts } from "./home-facts.ts";
import { lightOutlook } from "./light-outlook.ts";
import type { HomeMemory } from "./open-memory.ts";
import { createPlanningCycle, type PlanningCycle } from "./planning-cycle.ts";
import { RunBook, type RunState } from "./run-book.ts";
import type { StartInput } from "./start-input.ts";
import { createStorageThread } from "./storage-thread.ts";

export type HomePlanning = AsyncDisposable &
  Readonly<{ planning: PlanningCycle; runs: RunBook; keepRuns: () => Promise<void> }>;

/** Forecaster and planner, each in a worker thread, and the cycle that turns what is known into a plan in force. */
export async function startPlanning(
  options: Options,
  input: StartInput,
  memory: HomeMemory,
  around: HomeSurroundings,
  home: HomeFacts,
  context: Context,
  events: HomeEvents,
): Promise<HomePlanning> {
  await using opened = new AsyncDisposableStack();
  const forecasts = opened.use(createForecastService({ onWarning: (text) => input.log.warning(text) }));
  const planner = opened.adopt(await createPlanner(), (one) => one.close());
  const storage = opened.adopt(createStorageThread(), (one) => one.close());
  const runs = new RunBook(around.zone);
  runs.restore(((await memory.history.preference("runs")) ?? {}) as Record<string, RunState>);
  const planning = createPlanningCycle({
    clock: input.clock,
    log: input.log,
    zone: around.zone,
    currency: () => around.site().currency,
    context,
    history: (nowMs) =>
      home.model.history(
        nowMs,
        home.planned().map(({ deviceId }) => devicePowerId(deviceId)),
        (startMs, stepMs, length) => learnedColumns(memory.history, startMs, stepMs, length),
      ),
    forecasts,
    planner,
    storage,
    batteries: home.batteries.planned,
    devices: home.devices,
    lights: (startMs, stepMs, length) =>
      lightOutlook(
        {
          store: memory.history,
          zone: around.zone,
          lights: home.planned().filter(({ kind }) => kind === "light"),
          powerId: devicePowerId,
          floorPct: memory.preferences.current().lightFloorPct,
        },
        startMs,
        stepMs,
        length,
      ),
    runs,
    carbonPricePerKg: () => memory.preferences.current().carbonWeight,
    get maxImportW() {
      return gridLimits(options, memory.preferences.current().energySources).maxImportW;
    },
    get maxExportW() {
      return gridLimits(options, memory.preferences.current().energySources).maxExportW;
    },
    steadyMs: input.steadyMs,
    onPlan: (inForce) => events.tell({ kind: "plan", inForce }),
  });
  const closing = opened.move();
  return {
    planning,
    runs,
    keepRuns: () => memory.history.setPreferences({ runs: runs.snapshot() }),
    async [Symbol.asyncDispose]() {
      planning.close();
      await closing.disposeAsync();
    },
  };
}
