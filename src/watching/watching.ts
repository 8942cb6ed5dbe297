import type { Clock } from "../domain/clock.ts";
import type { Zone } from "../domain/civil-time.ts";
import type { Decision } from "../domain/decision.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { DependencyState } from "../domain/log.ts";
import type { Reading, Sensor, SensorState } from "../domain/reading.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { AlertBook, type AlertChange } from "./alert-book.ts";
import { AnomalyLimits, type Anomaly, type Limits } from "./anomaly-limits.ts";
import { BalanceSamples } from "./balance-samples.ts";
import { energyBalance, type BalanceSample } from "./energy-balance.ts";
import { ForecastMemory } from "./forecast-memory.ts";
import type { Alert, Finding } from "./finding.ts";
import {
  actionFindings,
  forecastFindings,
  planFindings,
  refusedFindings,
  unknownCharge,
  type UnusedSwitchFinding,
  unusedSwitches,
} from "./plan-rules.ts";
import type { ForecastCheck, PlanStanding, RefusedMessages } from "./plan-rules.ts";
import { nameAndPlace, SensorSilence } from "./sensor-silence.ts";

export type { Alert, Finding } from "./finding.ts";
export type { AlertChange } from "./alert-book.ts";
export type { Anomaly, Limits } from "./anomaly-limits.ts";
export type { PlanStanding, RefusedMessages } from "./plan-rules.ts";

/** What the watch looks at. */
export interface Watched {
  /** Listed sensors with their newest value and their role. */
  sensors(): readonly SensorState[];
  /** -1 for a sensor that counts the other way round and is known to. */
  signOf(sensor: Sensor): 1 | -1;
  /** A sensor's 5-minute means of the past, oldest first. */
  past(sensorId: string, fromMs: number, toMs: number): Promise<readonly Readonly<{ startMs: number; mean: number }>[]>;
  plan(): PlanStanding;
  /**
   * Forecasts in force of what a sensor measures: `pv_w`, and `load_w` where it is of the whole load. They are held
   * against what came of them hours later.
   */
  forecasts(): readonly Forecast[];
  /** Decisions of the last hours. */
  decisions(): readonly Decision[];
  refused(): readonly RefusedMessages[];
  dependencies(): readonly DependencyState[];
  /** Names of batteries of which nothing says how full they are. */
  batteriesOfUnknownCharge(): readonly string[];
  /** Switches that are named to steer something, and are not used. */
  unusedSwitches(): readonly UnusedSwitchFinding[];
  /** Whether the home as a whole draws unusually much for hours: powers and currents above their limits are then no news. */
  unusualLoad(): boolean;
}

export interface Watch {
  /** Every reading as it comes, in time order for each sensor; cheap. */
  observe(reading: Reading): void;
  /** Looks at everything; call it every half minute or so. */
  check(): AlertChange;
  alerts(): readonly Alert[];
  /** Resolves when every sensor seen so far has learnt from its past. */
  learnt(): Promise<void>;
  /** What is usual for a sensor at this time of day; null while too little is known. */
  limits(sensorId: string, atMs: number): Limits | null;
}

/** Types whose values have a usual range; what is on or off, counts up or is unknown has none. */
const RANGED = new Set(["power", "current", "voltage", "temperature", "humidity", "co2", "carbon_dioxide"]);
/** What rises when more people are at home, and how far it may, in times the robust spread. */
const DRAWN = new Set(["power", "current"]);
const EXPLAINED_Z = 12;
const ANOMALY_LASTS_MS = MS_PER_HOUR / 4;
/** What measures what is forecast. */
const MEASURED: Record<string, keyof BalanceSample> = { pv_w: "pvW", load_w: "loadW" };
const LEARN_MS = 28 * MS_PER_DAY;

/** Finds what a person should know: silent and stuck sensors, energy that does not add up, odd values, old plans. */
export function createWatch({ watched, clock, zone }: Readonly<{ watched: Watched; clock: Clock; zone: Zone }>): Watch {
  const silence = new SensorSilence();
  const limits = new AnomalyLimits(zone);
  const book = new AlertBook();
  const balance = new BalanceSamples((sensor) => watched.signOf(sensor));
  const memory = new ForecastMemory();
  const odd = new Map<string, Anomaly>();
  /** Sensors with limits, and those of them that have learnt from their past. */
  let wanted: ReadonlySet<string> = new Set();
  const ranged = new Set<string>();

  const anomalies = (sensors: readonly SensorState[], nowMs: number): Finding[] => {
    const byId = new Map(sensors.map(({ sensor }) => [sensor.sensorId, sensor]));
    for (const [sensorId, { atMs }] of odd)
      if (nowMs - atMs > ANOMALY_LASTS_MS || !ranged.has(sensorId)) odd.delete(sensorId);
    return [...odd.values()].flatMap((anomaly) => {
      const sensor = byId.get(anomaly.sensorId);
      if (sensor === undefined) return [];
      // Limits twice as wide while the whole home explains it; they are never narrowed by a guess.
      const explained =
        DRAWN.has(sensor.sensorType) && anomaly.z > 0 && anomaly.z < EXPLAINED_Z && watched.unusualLoad();
      return explained ? [] : [oddFinding(anomaly, sensor)];
    });
  };

  const comeOf = (forecast: Forecast): ForecastCheck[] => {
    const part = MEASURED[forecast.signal];
    return part === undefined ? [] : [{ forecast, actual: balance.series(part) }];
  };

  /** One sensor after the other learns from its past; it is watched from then on. */
  let lessons: Promise<void> = Promise.resolve();
  const learn = async (sensorId: string): Promise<void> => {
    const nowMs = clock.nowMs();
    const past = await watched.past(sensorId, nowMs - LEARN_MS, nowMs).catch(() => []);
    for (const { startMs, mean } of past) limits.observe({ sensorId, atMs: startMs, value: mean });
    if (wanted.has(sensorId)) ranged.add(sensorId);
  };
  /** Sensors whose values have a usual range; the others' limits are forgotten. */
  const lookAt = (sensors: readonly SensorState[]): void => {
    const before = wanted;
    wanted = new Set(
      sensors
        .filter(({ sensor: { sensorType, role } }) => RANGED.has(sensorType) && role !== "ignore")
        .map(({ sensor }) => sensor.sensorId),
    );
    for (const sensorId of wanted) if (!before.has(sensorId)) lessons = lessons.then(() => learn(sensorId));
    for (const sensorId of before) {
      if (wanted.has(sensorId)) continue;
      ranged.delete(sensorId);
      limits.forget(sensorId);
    }
  };
  lookAt(watched.sensors());

  return {
    observe: (reading) => {
      silence.observe(reading);
      const anomaly = ranged.has(reading.sensorId) ? limits.observe(reading) : null;
      if (anomaly !== null) odd.set(reading.sensorId, anomaly);
    },
    check: () => {
      const nowMs = clock.nowMs();
      const sensors = watched.sensors();
      lookAt(sensors);
      balance.take(sensors, nowMs);
      memory.keep(watched.forecasts());
      const findings = [
        ...watched.dependencies().flatMap(dependencyFindings),
        ...silence.findings(sensors, nowMs),
        ...anomalies(sensors, nowMs),
        ...energyBalance(balance.samples()),
        ...watched.batteriesOfUnknownCharge().map(unknownCharge),
        ...watched.unusedSwitches().map(unusedSwitches),
        ...planFindings(watched.plan(), nowMs),
        ...forecastFindings(memory.due(nowMs).flatMap(comeOf), nowMs),
        ...actionFindings(watched.decisions(), nowMs),
        ...refusedFindings(watched.refused(), nowMs),
      ];
      return book.update(findings, nowMs);
    },
    alerts: () => book.alerts(),
    learnt: () => lessons,
    limits: (sensorId, atMs) => limits.limits(sensorId, atMs),
  };
}

const dependencyFindings = ({ name, state, detail, todo }: DependencyState): Finding[] =>
  state === "ok" || state === "off"
    ? []
    : [
        {
          id: `dependency:${name}`,
          matter: {
            kind: state === "down" ? "dependency-down" : "dependency-degraded",
            values: { name, detail: detail ?? "", todo: todo ?? "" },
          },
          severity: state === "down" ? "problem" : "warning",
          title: state === "down" ? `${name} is down` : `${name} is not well`,
          detail: detail ?? "No more is known.",
          todo,
        },
      ];

const oddFinding = ({ sensorId, value, low, high }: Anomaly, sensor: Sensor): Finding => {
  const { unit } = sensor;
  const name = nameAndPlace(sensor);
  return {
    id: `odd:${sensorId}`,
    matter: { kind: "sensor-odd", values: { name, value, low, high, unit } },
    severity: "info",
    title: `${name} is unusual`,
    detail: `${figure(value)} ${unit}; at this time of day it has been between ${figure(low)} and ${figure(high)} ${unit}.`,
    todo: null,
  };
};
const figure = (value: number): string => (Math.abs(value) >= 100 ? String(Math.round(value)) : value.toPrecision(3));
