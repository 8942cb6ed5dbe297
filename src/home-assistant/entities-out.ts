import type { Broker } from "../domain/broker.ts";
import { isoUtc } from "../domain/civil-time.ts";
import type { Clock } from "../domain/clock.ts";
import type { Decision } from "../domain/decision.ts";
import type { Log } from "../domain/log.ts";
import { seldomLog } from "../domain/seldom-log.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { OutKey } from "./entity-names.ts";
import {
  attributesTopic,
  AVAILABILITY_TOPIC,
  commandTopic,
  type DeviceFacts,
  hypervoltDevice,
  MODES,
  NUMBER_LIMITS,
  POWER_SOURCES,
  type REGIMES,
  stateTopic,
} from "./hypervolt-device.ts";
import { type ForecastSkill, skillAttributes } from "./skill-attributes.ts";
import { type PlanColumns, planAttributes } from "./plan-attributes.ts";
import { type Problem, problemAttributes } from "./problem-attributes.ts";

/** Figures that move with every tick are told to Home Assistant this often at most. */
const SLOW_MS = MS_PER_MINUTE;

/** What HyperVolt shows of itself; `null` is shown as unknown, absent leaves what was there. */
export type OutState = Partial<
  Readonly<{
    mode: (typeof MODES)[number];
    /** Currency per kg CO2e. */
    carbonWeight: number;
    lightTargetLx: number;
    lightFloorPct: number;
    /** What an hour of full light is worth, currency. */
    lightComfortPerHour: number;
    gridIntensityGPerKwh: number | null;
    loadForecastW: number | null;
    /** What made the load's forecast, and how far off it was on the days that chose it. */
    loadForecastSkill: ForecastSkill;
    /** Next action of the plan; null when there is none. */
    nextActionMs: number | null;
    plan: PlanColumns | null;
    /** Since local midnight. */
    savedToday: Readonly<{ carbonKg: number; money: number; sinceMs: number }>;
    savedTotal: Readonly<{ carbonKg: number; money: number }>;
    powerSource: (typeof POWER_SOURCES)[number] | null;
    /** What people seem to be doing; null while nobody knows. `certainty` 0..1. */
    regime: Readonly<{ kind: (typeof REGIMES)[number]; certainty: number }> | null;
    /** In words a user understands, and for readers of other languages; empty: no problem. */
    problems: readonly Problem[];
  }>
>;

/** What a person asked for at one of HyperVolt's entities. */
export type OutCommand =
  | Readonly<{ kind: "mode"; mode: (typeof MODES)[number] }>
  | Readonly<{ kind: "carbon_weight" | "light_target" | "light_floor" | "light_comfort"; value: number }>
  | Readonly<{ kind: "replan" }>;

export interface EntitiesOut {
  /** Publishes what changed; figures that move all the time at most once a minute. */
  show(state: OutState): void;
  /** The event entity: one event per decision. */
  decide(decision: Decision): void;
  /** Announces the device again, when language, currency or page became known. */
  describe(facts: Partial<DeviceFacts>): void;
  close(): void;
}

/**
 * HyperVolt as a Home Assistant device: announced retained at every connection and at Home Assistant's birth message.
 * The broker's will must put `offline` on `AVAILABILITY_TOPIC`; `online` is published here.
 * @param onCommand runs for every valid command; what does not hold is put back by calling `show`
 */
export function announceHyperVolt(
  parts: Readonly<{
    broker: Broker;
    clock: Clock;
    log: Log;
    discoveryPrefix: string;
    facts: DeviceFacts;
    onCommand: (command: OutCommand) => void;
  }>,
): EntitiesOut {
  const { broker, clock, log } = parts;
  /** Whoever may publish at the broker can send commands. */
  const seldom = seldomLog(log, clock);
  let facts = parts.facts;
  const shown = new Map<string, string>();
  const waiting = new Map<string, string>();
  let flush: { cancel(): void } | undefined;
  let connected = false;

  const publish = (topic: string, payload: string, retain = true): void => {
    broker
      .publish(topic, payload, { qos: 1, retain })
      .catch((error: unknown) =>
        log.debug("Not published, will be at the next connection", { topic, error: String(error) }),
      );
  };
  /** Remembered, and published when it differs from what Home Assistant has. */
  const set = (topic: string, payload: string): void => {
    waiting.delete(topic);
    if (shown.get(topic) === payload) return;
    shown.set(topic, payload);
    if (connected) publish(topic, payload);
  };
  const setSlowly = (topic: string, payload: string): void => {
    if (!shown.has(topic)) return set(topic, payload);
    waiting.set(topic, payload);
    flush ??= clock.after(SLOW_MS, () => {
      flush = undefined;
      for (const [late, value] of waiting) set(late, value);
    });
  };
  const announce = (): void => {
    publish(`${parts.discoveryPrefix}/device/hypervolt/config`, JSON.stringify(hypervoltDevice(facts)));
    publish(AVAILABILITY_TOPIC, "online");
    for (const [topic, payload] of shown) publish(topic, payload);
  };
  /** A refused command: the entity shows again what holds. */
  const refuse = (key: OutKey, text: string): void => {
    seldom.warning("A command was refused", { entity: `hypervolt_${key}`, text: text.slice(0, 60) });
    const holds = shown.get(stateTopic(key));
    if (holds !== undefined) publish(stateTopic(key), holds);
  };
  const onMode = (text: string): void => {
    const mode = MODES.find((one) => one === text);
    if (mode) parts.onCommand({ kind: "mode", mode });
    else refuse("mode", text);
  };
  const onNumber = (key: keyof typeof NUMBER_LIMITS, text: string): void => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    const { min, max } = NUMBER_LIMITS[key];
    if (value >= min && value <= max) parts.onCommand({ kind: key, value });
    else refuse(key, text);
  };
  const commands: Partial<Record<OutKey, (text: string) => void>> = {
    mode: onMode,
    carbon_weight: (text) => onNumber("carbon_weight", text),
    light_target: (text) => onNumber("light_target", text),
    light_floor: (text) => onNumber("light_floor", text),
    light_comfort: (text) => onNumber("light_comfort", text),
    replan: () => parts.onCommand({ kind: "replan" }),
  };

  const subscriptions = (Object.keys(commands) as OutKey[]).map((key) =>
    broker.subscribe(commandTopic(key), 1, ({ payload, retain, acknowledge }) => {
      acknowledge();
      // A retained command is an old wish of nobody's: it would be carried out at every start.
      if (!retain) commands[key]?.(Buffer.from(payload).toString("utf8"));
    }),
  );
  subscriptions.push(
    broker.subscribe(`${parts.discoveryPrefix}/status`, 0, ({ payload, acknowledge }) => {
      acknowledge();
      if (Buffer.from(payload).toString("utf8") === "online") announce();
    }),
  );
  broker.onConnect(() => {
    connected = true;
    announce();
  });

  return {
    show(state) {
      if (state.mode !== undefined) set(stateTopic("mode"), state.mode);
      if (state.carbonWeight !== undefined) set(stateTopic("carbon_weight"), String(state.carbonWeight));
      if (state.lightTargetLx !== undefined) set(stateTopic("light_target"), String(state.lightTargetLx));
      if (state.lightFloorPct !== undefined) set(stateTopic("light_floor"), String(state.lightFloorPct));
      if (state.lightComfortPerHour !== undefined) set(stateTopic("light_comfort"), String(state.lightComfortPerHour));
      if (state.gridIntensityGPerKwh !== undefined)
        setSlowly(stateTopic("grid_intensity"), numberText(state.gridIntensityGPerKwh, 0));
      if (state.loadForecastW !== undefined) setSlowly(stateTopic("load_forecast"), numberText(state.loadForecastW, 0));
      if (state.loadForecastSkill !== undefined)
        set(attributesTopic("load_forecast"), JSON.stringify(skillAttributes(state.loadForecastSkill)));
      if (state.nextActionMs !== undefined)
        set(stateTopic("plan"), state.nextActionMs === null ? NOTHING : isoUtc(state.nextActionMs));
      if (state.plan !== undefined)
        set(attributesTopic("plan"), JSON.stringify(state.plan === null ? {} : planAttributes(state.plan)));
      if (state.savedToday !== undefined) {
        const { carbonKg, money, sinceMs } = state.savedToday;
        setSlowly(stateTopic("carbon_saved_today"), savedText(carbonKg, sinceMs));
        setSlowly(stateTopic("money_saved_today"), savedText(money, sinceMs));
      }
      if (state.savedTotal !== undefined) {
        setSlowly(stateTopic("carbon_saved_total"), savedText(state.savedTotal.carbonKg));
        setSlowly(stateTopic("money_saved_total"), savedText(state.savedTotal.money));
      }
      if (state.powerSource !== undefined) setSlowly(stateTopic("power_source"), state.powerSource ?? NOTHING);
      if (state.regime !== undefined) {
        set(stateTopic("regime"), state.regime?.kind ?? NOTHING);
        setSlowly(
          attributesTopic("regime"),
          JSON.stringify(state.regime ? { certainty_pct: Math.round(100 * state.regime.certainty) } : {}),
        );
      }
      if (state.problems !== undefined) {
        set(stateTopic("problem"), state.problems.length > 0 ? "ON" : "OFF");
        set(attributesTopic("problem"), JSON.stringify(problemAttributes(state.problems)));
      }
    },
    decide(decision) {
      const { action, entityId, deviceId, reason, status, statusDetail, decisionId, alternative } = decision;
      const event = {
        event_type: "decision",
        decision_id: decisionId,
        device: deviceId,
        entity_id: entityId,
        action: action.kind,
        ...(action.kind === "set_brightness" ? { value: action.level } : {}),
        reason,
        alternative,
        status,
        status_detail: statusDetail,
      };
      if (connected) publish(stateTopic("decision"), JSON.stringify(event), false);
    },
    describe(more) {
      const before = JSON.stringify(hypervoltDevice(facts));
      facts = { ...facts, ...more };
      if (connected && JSON.stringify(hypervoltDevice(facts)) !== before) announce();
    },
    close() {
      flush?.cancel();
      for (const [topic, value] of waiting) set(topic, value);
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}

/** What an MQTT sensor takes for unknown. */
const NOTHING = "None";

const numberText = (value: number | null, digits: number): string =>
  value === null || !Number.isFinite(value) ? NOTHING : String(Number(value.toFixed(digits)) + 0);

const savedText = (value: number, sinceMs?: number): string =>
  JSON.stringify({
    value: Number(value.toFixed(3)) + 0,
    ...(sinceMs === undefined ? {} : { last_reset: isoUtc(sinceMs) }),
  });
