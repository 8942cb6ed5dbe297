/** What is known of the world outside, by signal; units in the names. */
export const SIGNAL_UNITS = {
  import_price: "per kWh",
  export_price: "per kWh",
  carbon_g_kwh: "gCO2e/kWh",
  temperature_c: "°C",
  cloud_cover_pct: "%",
  pv_forecast_w: "W",
} as const;
export type Signal = keyof typeof SIGNAL_UNITS;

/** A value that holds from `fromMs` (inclusive) to `toMs` (exclusive). */
export type Interval = Readonly<{ fromMs: number; toMs: number; value: number }>;

/** One source of one or more signals. A new source is one file that makes one of these. */
export type ContextSource = Readonly<{
  id: string;
  /** As shown to the user. */
  name: string;
  /** Made up for the demo, and labelled so wherever it is shown. */
  sample?: boolean;
  /**
   * Asks the source for what it knows around now.
   * @throws HyperVoltError SOURCE_UNAVAILABLE where it does not answer as expected
   */
  refresh(nowMs: number): Promise<Partial<Record<Signal, readonly Interval[]>>>;
}>;

/** Gets JSON; rejects on a status that is not 2xx and after a time limit. Passed in by the composition root. */
export type GetJson = (url: string, headers?: Readonly<Record<string, string>>) => Promise<unknown>;
