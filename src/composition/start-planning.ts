import path from "node:path";
import type { HomeHistory } from "../domain/home-history.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { Context } from "../context/context.ts";
import { createForecastService } from "../forecasting/forecast-service.ts";
import { createNightLearner } from "../forecasting/home-nets/learning-thread.ts";
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
import { HomeRegimeBook } from "./home-regime.ts";
import { longHistory } from "./long-history.ts";
import { startNightLearning } from "./night-learning.ts";
import { createPlanningCycle, FORECAST_STEP_MINUTES, type PlanningCycle } from "./planning-cycle.ts";
import { transferSwitchOf } from "./power-sources.ts";
import { RunBook, type RunState } from "./run-book.ts";
import { saidNotice, type SaidNotice } from "./said-notice.ts";
import type { StartInput } from "./start-input.ts";
import { createStorageThread } from "./storage-thread.ts";

export type HomePlanning = AsyncDisposable &
  Readonly<{
    planning: PlanningCycle;
    runs: RunBook;
    keepRuns: () => Promise<void>;
    /** What people seem to be doing. */
    regimes: HomeRegimeBook;
    /** What a person should know of forecasts: what was learned last night, and what of it could not be used. */
    said: () => readonly SaidNotice[];
  }>;

const LEARNED = ["import_price", "export_price", "carbon_g_kwh", "pv_forecast_w"] as const;
const MOST_WARNINGS = 3;

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
  const warnings = new Set<string>();
  const warn = (text: string): void => {
    input.log.warning(text);
    if (warnings.size < MOST_WARNINGS) warnings.add(text);
  };
  const homeNetsDir = input.dataFolder === null ? null : path.join(input.dataFolder, "models");
  const forecasts = opened.use(
    createForecastService({ onWarning: warn, ...(homeNetsDir !== null && { homeNetsDir }) }),
  );
  const planner = opened.adopt(await createPlanner(), (one) => one.close());
  const storage = opened.adopt(createStorageThread(), (one) => one.close());
  const runs = new RunBook(around.zone);
  runs.restore(((await memory.history.preference("runs")) ?? {}) as Record<string, RunState>);
  const pastUntil = (endMs: number): Promise<HomeHistory> =>
    home.model.history(
      endMs,
      home.planned().map(({ deviceId }) => devicePowerId(deviceId)),
      (startMs, stepMs, length) => learnedColumns(memory.history, startMs, stepMs, length, LEARNED),
    );
  const learning =
    homeNetsDir === null || options.learn_minutes === 0
      ? null
      : opened.use(
          await startNightLearning({
            clock: input.clock,
            log: input.log,
            zone: around.zone,
            quietHours: () => memory.preferences.current().quietHours,
            budgetMs: options.learn_minutes * MS_PER_MINUTE,
            history: (nowMs, fromMs) => longHistory(pastUntil, nowMs, fromMs),
            slotMinutes: FORECAST_STEP_MINUTES,
            learner: createNightLearner({ folder: homeNetsDir, onWarning: warn }),
            store: memory.history,
            onLearned: () => {
              warnings.clear();
              forecasts.renew();
            },
          }),
        );
  const regimes = new HomeRegimeBook({
    clock: input.clock,
    log: input.log,
    sensors: home.sensors,
    store: memory.history,
    tell: (history, seenMs) => forecasts.regime(history, seenMs),
  });
  const planning = createPlanningCycle({
    clock: input.clock,
    log: input.log,
    zone: around.zone,
    currency: () => around.site().currency,
    context,
    history: pastUntil,
    onHistory: (history) => regimes.look(history),
    forecasts,
    planner,
    storage,
    batteries: home.batteries.planned,
    transferSwitch: (nowMs, stepMs) =>
      transferSwitchOf(options, (entityId) => around.homeAssistant.entity(entityId), nowMs, stepMs),
    devices: home.devices,
    lights: (startMs, stepMs, length) =>
      lightOutlook(
        {
          store: memory.history,
          zone: around.zone,
          lights: home.planned().filter(({ kind }) => kind === "light"),
          powerId: devicePowerId,
          floorPct: memory.preferences.current().lightFloorPct,
          comfortPerHour: memory.preferences.current().lightComfortPerHour,
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
    regimes,
    said: () => {
      const learned = learning?.said() ?? null;
      return [
        ...[...warnings, learning?.failed() ?? null]
          .filter((detail) => detail !== null)
          .map((detail) => saidNotice("forecast-part", "Forecasts", detail, "warning")),
        ...(learned === null ? [] : [saidNotice("learned", "Learned at night", learned, "info")]),
      ];
    },
    keepRuns: () => memory.history.setPreferences({ runs: runs.snapshot() }),
    async [Symbol.asyncDispose]() {
      planning.close();
      await closing.disposeAsync();
    },
  };
}
