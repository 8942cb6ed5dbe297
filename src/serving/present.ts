import type { Forecast } from "../domain/forecast.ts";
import { isoUtc } from "../domain/civil-time.ts";
import type { DependencyState } from "../domain/log.ts";
import type { SensorState } from "../domain/reading.ts";
import { G_PER_KG, MS_PER_MINUTE } from "../domain/units.ts";
import type { LedgerReport } from "../accounting/ledger.ts";
import type { Alert } from "../watching/finding.ts";
import type {
  AlertDto,
  DecisionDto,
  DependencyDto,
  ForecastDto,
  HealthDto,
  LedgerDto,
  LedgerTotalsDto,
  ReadingDto,
  SensorDto,
} from "./messages.ts";
import type { RecordedDecision, StoredReading } from "./views.ts";

/** How things of the domain are told to clients (contract http.md). */
export function sensorDto({ sensor, value, atMs, available }: SensorState): SensorDto {
  return {
    sensor_id: sensor.sensorId,
    unique_id: sensor.uniqueId,
    source: sensor.source,
    sensor_type: sensor.sensorType,
    name: sensor.name,
    device: sensor.device,
    location: sensor.location,
    value: available ? value : null,
    unit: sensor.unit,
    timestamp: atMs === null ? null : isoUtc(atMs),
    available,
    ...(sensor.role !== undefined && { role: sensor.role }),
    ...(sensor.confidence !== undefined && { confidence: sensor.confidence }),
    ...(sensor.entityId !== undefined && { entity_id: sensor.entityId }),
  };
}

export function readingDto({ id, sensorId, atMs, value, sensor }: StoredReading): ReadingDto {
  return {
    id,
    sensor_id: sensorId,
    sensor_type: sensor?.sensorType ?? "other",
    value,
    unit: sensor?.unit ?? "",
    location: sensor?.location ?? null,
    timestamp: isoUtc(atMs),
  };
}

export function decisionDto({ decision, source }: RecordedDecision): DecisionDto {
  const { action } = decision;
  return {
    id: decision.decisionId,
    timestamp: isoUtc(decision.atMs),
    device: decision.deviceId,
    entity_id: decision.entityId,
    action: action.kind,
    value: action.kind === "set_brightness" ? action.level : null,
    reason: decision.reason,
    alternative: decision.alternative,
    status: decision.status,
    status_detail: decision.statusDetail,
    source,
  };
}

/** Rounded to what the figures are worth: the JSON is a third of the size. */
const rounded = (values: Float64Array): number[] =>
  Array.from(values, (value) => (Math.abs(value) >= 100 ? Math.round(value * 10) / 10 : Math.round(value * 1e5) / 1e5));

export function forecastDto(forecast: Forecast): ForecastDto {
  return {
    signal: forecast.signal as ForecastDto["signal"],
    unit: forecast.unit,
    issued_at: isoUtc(forecast.issuedAtMs),
    model: forecast.model,
    start: isoUtc(forecast.startMs),
    step_minutes: forecast.stepMs / MS_PER_MINUTE,
    mean: rounded(forecast.mean),
    p10: rounded(forecast.p10),
    p50: rounded(forecast.p50),
    p90: rounded(forecast.p90),
    skill: Object.fromEntries(Object.entries(forecast.skill).map(([model, { maeW }]) => [model, { mae: maeW }])),
  };
}

/** `down` where something HyperVolt cannot do without is down, `degraded` where anything else is not well. */
export function healthDto(dependencies: readonly DependencyState[], version: string): HealthDto {
  const states = dependencies.map(({ state }) => state);
  return {
    status: states.includes("down") ? "down" : states.includes("degraded") ? "degraded" : "ok",
    version,
    dependencies: dependencies.map(({ name, state, sinceMs, detail, todo }): DependencyDto => ({
      name,
      state,
      since: isoUtc(sinceMs),
      detail,
      todo,
    })),
  };
}

/** The ledger's report; carbon in kg. Empty totals span no time: they begin and end with `nowMs`. */
export function ledgerDto(report: LedgerReport, nowMs: number): LedgerDto {
  const totals = (one: LedgerReport["today"], stored: LedgerReport["stored"]["today"]): LedgerTotalsDto => ({
    saved_cost: one.savedCost,
    saved_carbon_kg: one.savedCarbonG / G_PER_KG,
    cost: one.cost,
    carbon_kg: one.carbonG / G_PER_KG,
    baseline_cost: one.baselineCost,
    baseline_carbon_kg: one.baselineCarbonG / G_PER_KG,
    stored: { energy_wh: stored.energyWh, cost: stored.cost, carbon_kg: stored.carbonG / G_PER_KG },
    from: isoUtc(one.fromMs ?? nowMs),
    to: isoUtc(one.toMs ?? nowMs),
  });
  const { currency, advisory, method, methodKind, verified, stored } = report;
  return {
    today: totals(report.today, stored.today),
    total: totals(report.total, stored.total),
    currency,
    advisory,
    method,
    method_kind: methodKind,
    verified,
  };
}

export const alertDto = ({ id, matter, sinceMs, severity, title, detail, todo }: Alert): AlertDto => ({
  id,
  ...matter,
  since: isoUtc(sinceMs),
  severity,
  title,
  detail,
  todo,
});
