import type { Clock } from "../domain/clock.ts";
import { every } from "../domain/clock.ts";
import type { Zone } from "../domain/civil-time.ts";
import type { Decision } from "../domain/decision.ts";
import type { DependencyState } from "../domain/log.ts";
import type { Sensor, SensorState } from "../domain/reading.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { AlertDto } from "../serving/messages.ts";
import { alertDto } from "../serving/present.ts";
import type { UnusedSwitchFinding } from "../watching/plan-rules.ts";
import { createWatch, type RefusedMessages } from "../watching/watching.ts";
import type { SeriesStore } from "./home-model.ts";
import type { PlanOutcome } from "./planning-cycle.ts";

/** What the watch is shown of the house. */
export type WatchingParts = Readonly<{
  clock: Clock;
  zone: Zone;
  sensors: () => readonly SensorState[];
  onSensor: (run: (state: SensorState) => void) => void;
  signOf: (sensor: Sensor) => 1 | -1;
  store: SeriesStore;
  planOutcome: () => PlanOutcome;
  /** The newest decisions. */
  decisions: () => readonly Decision[];
  refused: () => readonly RefusedMessages[];
  dependencies: () => readonly DependencyState[];
  /** Names of batteries of which nothing says how full they are. */
  batteriesOfUnknownCharge: () => readonly string[];
  /** Switches that are named to steer something, and are not used. */
  unusedSwitches: () => readonly UnusedSwitchFinding[];
  /** Guests, or an unusual load. */
  unusualLoad: () => boolean;
  /** All alerts that stand, whenever one came or went. */
  onAlerts: (alerts: readonly AlertDto[]) => void;
}>;

export type HomeWatch = Disposable & Readonly<{ alerts: () => readonly AlertDto[] }>;

const LOOK_MS = MS_PER_MINUTE / 2;
const MEANS_MS = 5 * MS_PER_MINUTE;

/** Watches the house and tells what a person should know. */
export function startWatching(parts: WatchingParts): HomeWatch {
  const { clock, zone, store } = parts;
  const startedMs = clock.nowMs();
  const watch = createWatch({
    clock,
    zone,
    watched: {
      sensors: parts.sensors,
      signOf: parts.signOf,
      past: (sensorId, fromMs, toMs) => store.series(sensorId, fromMs, toMs, MEANS_MS),
      plan: () => {
        const outcome = parts.planOutcome();
        return outcome.kind === "waiting"
          ? { madeMs: null, startedMs, missing: outcome.missing }
          : {
              madeMs: outcome.inForce.createdAtMs,
              startedMs,
              missing: outcome.kind === "stale" ? outcome.because : null,
            };
      },
      forecasts: () => {
        const outcome = parts.planOutcome();
        if (outcome.kind === "waiting") return [];
        // The load that is forecast leaves out what HyperVolt shifts, and no sensor measures that.
        return outcome.inForce.forecasts.filter(({ signal }) => signal === "pv_w");
      },
      decisions: parts.decisions,
      refused: parts.refused,
      dependencies: parts.dependencies,
      batteriesOfUnknownCharge: parts.batteriesOfUnknownCharge,
      unusedSwitches: parts.unusedSwitches,
      unusualLoad: parts.unusualLoad,
    },
  });
  parts.onSensor(({ sensor: { sensorId }, value, atMs }) => {
    if (value !== null && atMs !== null) watch.observe({ sensorId, atMs, value });
  });
  const looking = every(clock, LOOK_MS, () => {
    const { alerts, raised, cleared } = watch.check();
    if (raised.length + cleared.length > 0) parts.onAlerts(alerts.map(alertDto));
  });
  return { alerts: () => watch.alerts().map(alertDto), [Symbol.dispose]: () => looking.cancel() };
}
