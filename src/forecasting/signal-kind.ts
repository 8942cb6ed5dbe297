/** What a column is, as far as forecasting it goes. */
export type SignalKind = Readonly<{
  name: "load" | "pv" | "price" | "carbon" | "other";
  unit: string;
  /** Least value there can be. */
  leastValue: number;
}>;

/** The kind of a column by its name; any other column ending in `_w` is a power that is never negative. */
export function signalKind(signal: string, currency: string): SignalKind {
  if (signal === "pv_w") return { name: "pv", unit: "W", leastValue: 0 };
  if (signal.endsWith("_price"))
    return { name: "price", unit: `${currency}/kWh`, leastValue: Number.NEGATIVE_INFINITY };
  if (signal === "carbon_g_kwh") return { name: "carbon", unit: "gCO2e/kWh", leastValue: 0 };
  if (signal.endsWith("_w")) return { name: "load", unit: "W", leastValue: 0 };
  return { name: "other", unit: unitOf(signal), leastValue: Number.NEGATIVE_INFINITY };
}

function unitOf(signal: string): string {
  if (signal.endsWith("_c")) return "°C";
  if (signal.endsWith("_pct")) return "%";
  return signal.endsWith("_lx") ? "lx" : "";
}
