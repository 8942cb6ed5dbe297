import type { Candidate } from "./candidate.ts";
import { adaptedTrees } from "./candidates/adapted-trees.ts";
import { arima } from "./candidates/arima.ts";
import { clearSkyClearness, clearSkyEnvelope, clearSkyYesterday } from "./candidates/clear-sky.ts";
import { DAY_RIDGES } from "./candidates/day-ridge.ts";
import { homeLstm } from "./candidates/home-lstm.ts";
import { habitAnalogs } from "./candidates/habit-analogs.ts";
import { habitRegression } from "./candidates/habit-regression.ts";
import { homeTrees } from "./candidates/home-trees.ts";
import { LEARS } from "./candidates/lear.ts";
import { learTrees } from "./candidates/lear-trees.ts";
import { lstm } from "./candidates/lstm.ts";
import { PROFILE_CANDIDATES } from "./candidates/profiles.ts";
import { correctedForecast, givenForecast } from "./candidates/pv-forecast.ts";
import { ridge } from "./candidates/ridge.ts";
import { seasonalTrend } from "./candidates/seasonal-trend.ts";
import { sharedTrees } from "./candidates/shared-trees.ts";
import { SKY_ANALOGS } from "./candidates/sky-analogs.ts";
import type { LearnedModels } from "./model-files.ts";

/** Every model that takes part, in the order in which `skill` lists them. */
export function candidatesWith(models: LearnedModels): readonly Candidate[] {
  return [
    ...PROFILE_CANDIDATES,
    seasonalTrend,
    arima,
    ridge,
    ...DAY_RIDGES,
    ...LEARS,
    learTrees,
    habitRegression,
    habitAnalogs,
    homeTrees,
    sharedTrees(models),
    adaptedTrees(models),
    lstm(models),
    homeLstm(models),
    clearSkyEnvelope,
    clearSkyYesterday,
    clearSkyClearness,
    ...SKY_ANALOGS,
    givenForecast,
    correctedForecast,
  ];
}
