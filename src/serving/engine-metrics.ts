import type { DependencyState } from "../domain/log.ts";
import { MS_PER_SECOND } from "../domain/units.ts";
import type { Counter, Labels, Metrics } from "./metrics.ts";

/** What the engine counts, as totals since its start unless a name says otherwise. Null: not known (yet). */
export type EngineFigures = Readonly<{
  readingsReceived: number;
  readingsCommitted: number;
  /** Appended and not yet committed, now. */
  readingsPending: number;
  /** Committed and not yet packed, now. */
  readingsUnpacked: number;
  failedCommits: number;
  /** From append to commit of the newest batch. */
  commitMs: number;
  refused: readonly Readonly<{ reason: string; count: number }>[];
  sensors: number;
  windowReadings: number;
  plans: number;
  /** Age of the plan in force. */
  planAgeMs: number | null;
  /** Of the newest forecasts, all signals. */
  forecastMs: number | null;
  alerts: number;
  dependencies: readonly DependencyState[];
}>;

const STATES = ["ok", "degraded", "down", "off"] as const;

/** Registers the engine's figures; they are read at each scrape. */
export function measureEngine(metrics: Metrics, read: () => EngineFigures): void {
  const received = total(metrics.counter("hypervolt_readings_received_total", "Readings that came in."));
  const committed = total(metrics.counter("hypervolt_readings_committed_total", "Readings in the history."));
  const refused = total(metrics.counter("hypervolt_messages_refused_total", "Messages not taken, by reason."));
  const failed = total(metrics.counter("hypervolt_commits_failed_total", "Commits that were tried again."));
  const plans = total(metrics.counter("hypervolt_plans_total", "Plans made."));
  const pending = metrics.gauge("hypervolt_readings_pending", "Readings waiting for their commit.");
  const unpacked = metrics.gauge("hypervolt_readings_unpacked", "Readings waiting to be packed.");
  const lag = metrics.gauge("hypervolt_commit_seconds", "From append to commit, newest batch.");
  const sensors = metrics.gauge("hypervolt_sensors", "Sensors known.");
  const window = metrics.gauge("hypervolt_window_readings", "Readings in the hot window.");
  const planAge = metrics.gauge("hypervolt_plan_age_seconds", "Age of the plan in force; NaN without one.");
  const forecast = metrics.gauge("hypervolt_forecast_seconds", "Time the newest forecasts took; NaN without any.");
  const alerts = metrics.gauge("hypervolt_alerts", "Alerts that stand.");
  const states = metrics.gauge("hypervolt_dependency_state", "1 for the state a dependency is in, else 0.");
  metrics.onScrape(() => {
    const now = read();
    received(now.readingsReceived);
    committed(now.readingsCommitted);
    failed(now.failedCommits);
    plans(now.plans);
    for (const { reason, count } of now.refused) refused(count, { reason });
    pending.set(now.readingsPending);
    unpacked.set(now.readingsUnpacked);
    lag.set(now.commitMs / MS_PER_SECOND);
    sensors.set(now.sensors);
    window.set(now.windowReadings);
    planAge.set(now.planAgeMs === null ? Number.NaN : now.planAgeMs / MS_PER_SECOND);
    forecast.set(now.forecastMs === null ? Number.NaN : now.forecastMs / MS_PER_SECOND);
    alerts.set(now.alerts);
    for (const { name, state } of now.dependencies)
      for (const one of STATES) states.set(one === state ? 1 : 0, { name, state: one });
  });
}

/** A counter that is told totals; it never goes down. */
function total(counter: Counter): (value: number, labels?: Labels) => void {
  const known = new Map<string, number>();
  return (value, labels) => {
    const key = JSON.stringify(labels ?? {});
    counter.add(Math.max(0, value - (known.get(key) ?? 0)), labels);
    known.set(key, Math.max(value, known.get(key) ?? 0));
  };
}
