type Dependency = { name: string; detail: string; todo: string };
type MeterFault = { gap_w: number; meter: "grid" | "solar" | "battery" | "load" };

/**
 * What alerts are about and the values in their texts, so that a reader of another language can be told the same.
 * A kind keeps its meaning and its values: what says something else is another kind. Names say the unit: `_s` seconds,
 * `_w` watts; `detail`, `missing` and `why` are sentences in English, empty where there is nothing to say.
 */
export type AlertValues = {
  "dependency-down": Dependency;
  "dependency-degraded": Dependency;
  "sensor-unavailable": { name: string };
  "sensor-silent": { name: string; usual_s: number; quiet_s: number };
  "sensor-stuck": { name: string; value: number; unit: string; still_s: number; count: number };
  "sensor-odd": { name: string; value: number; low: number; high: number; unit: string };
  /** Energy does not add up, and no single meter explains it. */
  "energy-balance": { gap_w: number };
  "energy-balance-sign": MeterFault;
  "energy-balance-kilo": MeterFault;
  "energy-balance-milli": MeterFault;
  "energy-balance-twice": MeterFault;
  "energy-balance-half": MeterFault;
  /** The load meter leaves out what this meter counts. */
  "energy-balance-left-out": MeterFault;
  "charge-unknown": { battery: string };
  "battery-not-allowed": { battery: string; entities: string };
  "battery-not-switchable": { battery: string; entities: string };
  "transfer-not-allowed": { entities: string };
  "transfer-not-switchable": { entities: string };
  "transfer-one-source": { entities: string };
  "plan-missing": { ran_s: number };
  "plan-missing-waiting": { ran_s: number; missing: string };
  "plan-stale": { age_s: number };
  "plan-stale-waiting": { age_s: number; missing: string };
  "forecast-off": { signal: string; span_s: number; error: number; usual: number; unit: string };
  "action-failed": { name: string; count: number; why: string };
  "messages-refused": { count: number; reason: string; topic: string; detail: string };
  /** A device did not answer, is gone, or its source cannot be changed. */
  "device-attention": { detail: string };
  /** What the first look at the home found. */
  "home-issue": { detail: string };
  /** Part of what forecasts go by is broken; they go on without it. */
  "forecast-part": { detail: string };
  /** What was learned at night. */
  learned: { detail: string };
};
export type AlertKind = keyof AlertValues;

/** A kind with its values. */
export type AlertMatter = { [Kind in AlertKind]: { kind: Kind; values: Readonly<AlertValues[Kind]> } }[AlertKind];
