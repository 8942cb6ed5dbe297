/** A forecast of one signal, each array one value per step; p10 <= p50 <= p90. Unit as named by `unit`. */
export type Forecast = Readonly<{
  signal: string;
  unit: string;
  issuedAtMs: number;
  /** The model, or the blend, that was used, as shown to the user. */
  model: string;
  startMs: number;
  stepMs: number;
  mean: Float64Array;
  p10: Float64Array;
  p50: Float64Array;
  p90: Float64Array;
  /** Each candidate's error on the days before the issue that chose the model. */
  skill: Readonly<Record<string, Readonly<{ maeW: number }>>>;
  trainMs: number;
  forecastMs: number;
}>;

/**
 * The mean absolute error that what is in use had on the days that chose it, each of them forecast from its own midnight;
 * null while there were none.
 */
export const usualErrorOf = ({ model, skill }: Pick<Forecast, "model" | "skill">): number | null =>
  skill[model]?.maeW ?? (model.startsWith("blend(") ? (skill["blend"]?.maeW ?? null) : null);

/** Joint futures of several signals on one grid: `paths[signal][path][step]`. */
export type Scenarios = Readonly<{
  startMs: number;
  stepMs: number;
  /** How likely each path is; adds up to 1. Absent = equally likely. */
  weights?: Float64Array;
  paths: Readonly<Record<string, readonly Float64Array[]>>;
}>;
