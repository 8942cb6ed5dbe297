import type { ControllableDevice } from "../domain/entity.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { Sensor, SensorState } from "../domain/reading.ts";
import type { Options } from "../options/options.ts";
import type { SteeredBattery } from "./engine-tick.ts";
import type { HomeFlows } from "./home-model.ts";
import type { MeteredBattery } from "./ledger-feed.ts";
import type { SourceChange } from "./preferences.ts";

/** The sensors that measured a battery; undefined where it has none. */
export type BatteryMeters = Readonly<{ id: string; power: Sensor | undefined; soc: Sensor | undefined }>;
export type BatteryNow = Readonly<{ id: string; name: string; powerW: number | null; soc: number | null }>;

export type BatteryParts = Readonly<{
  options: Options;
  sensors: () => readonly SensorState[];
  /** Brings a sensor's value to our sign: + is charging. */
  signOf: (sensor: Sensor) => 1 | -1;
  /** The entity that shows a sensor. */
  entityIdOf: (sensor: Sensor) => string | undefined;
  flows: (nowMs: number) => HomeFlows;
  devices: () => readonly ControllableDevice[];
  changes: () => Readonly<Record<string, SourceChange>>;
}>;

/** The batteries of the options, with what their sensors say. One without a sensor of its own takes the home's. */
export function homeBatteries({
  options,
  sensors,
  signOf,
  entityIdOf,
  flows,
  devices,
  changes,
}: BatteryParts): Readonly<{
  planned(nowMs: number): readonly Battery[];
  now(nowMs: number): readonly BatteryNow[];
  /** Of the same batteries, and in their order. */
  meters(
    nowMs: number,
    ofRole: (role: "battery_power" | "battery_soc") => Sensor | undefined,
  ): readonly BatteryMeters[];
  /** Names of those in use of which nothing says how full they are: the plan leaves them out. */
  ofUnknownCharge(nowMs: number): readonly string[];
  /** Those planned, with what they do now and whether a switch of theirs is among the allowed entities. */
  metered(nowMs: number, allowed: readonly string[]): readonly MeteredBattery[];
  steered(nowMs: number): readonly SteeredBattery[];
}> {
  const stateOf = (name: string): SensorState | undefined =>
    name === ""
      ? undefined
      : sensors().find(
          ({ sensor }) => sensor.sensorId === name || sensor.uniqueId === name || entityIdOf(sensor) === name,
        );
  const valueOf = (name: string): number | null => {
    const found = stateOf(name);
    if (found?.available !== true || found.value === null) return null;
    return found.value * signOf(found.sensor);
  };
  const now = (nowMs: number): readonly BatteryNow[] => {
    const home = flows(nowMs);
    const only = options.batteries.length <= 1;
    const listed = options.batteries.map(({ id, soc_sensor, power_sensor }) => {
      const socPct = valueOf(soc_sensor);
      return {
        id,
        name: id,
        powerW: valueOf(power_sensor) ?? (only ? home.batteryW : null),
        soc: socPct === null ? (only ? home.soc : null) : socPct / 100,
      };
    });
    return listed.length > 0 || home.soc === null
      ? listed
      : [{ id: "battery", name: "Battery", powerW: home.batteryW, soc: home.soc }];
  };
  const deviceFor = (entityId: string): string | null =>
    devices().find((device) => device.entityId === entityId)?.deviceId ?? null;
  const planned = (nowMs: number): readonly Battery[] =>
    options.batteries.flatMap((battery): Battery[] => {
      const soc = now(nowMs).find(({ id }) => id === battery.id)?.soc;
      const { enabled, capacity_wh } = changes()[battery.id] ?? {};
      if (soc == null || enabled === false) return [];
      const oneWay = Math.sqrt(battery.efficiency);
      return [
        {
          id: battery.id,
          capacityWh: capacity_wh || battery.capacity_wh,
          initialSoc: Math.min(1, Math.max(0, soc)),
          minSoc: battery.min_soc,
          maxSoc: 1,
          maxChargeW: battery.max_charge_w,
          maxDischargeW: battery.max_discharge_w,
          chargeEfficiency: oneWay,
          dischargeEfficiency: oneWay,
          wearPerKwh: battery.wear_per_kwh,
          mayExport: false,
        },
      ];
    });
  return {
    now,
    planned,
    meters: (nowMs, ofRole) => {
      const seen = now(nowMs);
      // The home's own sensors are of its only battery.
      const otherwise = (role: Parameters<typeof ofRole>[0]) => (seen.length === 1 ? ofRole(role) : undefined);
      return seen.map(({ id }) => {
        const { power_sensor = "", soc_sensor = "" } = options.batteries.find((battery) => battery.id === id) ?? {};
        return {
          id,
          power: stateOf(power_sensor)?.sensor ?? otherwise("battery_power"),
          soc: stateOf(soc_sensor)?.sensor ?? otherwise("battery_soc"),
        };
      });
    },
    ofUnknownCharge: (nowMs) =>
      now(nowMs)
        .filter(({ id, soc }) => soc === null && changes()[id]?.enabled !== false)
        .map(({ name }) => name),
    metered: (nowMs, allowed) => {
      const seen = now(nowMs);
      return planned(nowMs).map((battery) => {
        const { powerW = null, soc = null } = seen.find(({ id }) => id === battery.id) ?? {};
        const { charge_switch = "", hold_switch = "" } = options.batteries.find(({ id }) => id === battery.id) ?? {};
        const steerable = [charge_switch, hold_switch].some(
          (entityId) => entityId !== "" && allowed.includes(entityId),
        );
        return { battery, powerW, soc, steerable };
      });
    },
    steered: (nowMs) => {
      const seen = now(nowMs);
      return options.batteries.map(({ id, charge_switch, hold_switch, max_charge_w }) => ({
        id,
        chargeDeviceId: charge_switch === "" ? null : deviceFor(charge_switch),
        holdDeviceId: hold_switch === "" ? null : deviceFor(hold_switch),
        maxChargeW: max_charge_w,
        powerW: seen.find((battery) => battery.id === id)?.powerW ?? null,
      }));
    },
  };
}
