import type { Zone } from "../../domain/civil-time.ts";
import { clamp, MS_PER_HOUR, MS_PER_MINUTE } from "../../domain/units.ts";
import { type Appliance, APPLIANCES, BATTERY, PV_KWP, type Room, ROOMS } from "./blueprint.ts";
import type { Noise } from "./noise.ts";
import type { Surroundings } from "./weather.ts";

const EXPORT_PRICE_PER_KWH = 0.08;

/** What has been measured of the house since it was built. */
export type HouseMeters = { importWh: number; exportWh: number; cost: number; carbonG: number };

export type HousePowers = Readonly<{
  gridW: number;
  loadW: number;
  pvW: number;
  batteryW: number;
  soc: number;
  lightsW: number;
  appliancesW: number;
}>;

/** Switches of the house by "location/device": lights 0..100 %, relays 0 or 100. */
export type Switches = Map<string, number>;

/**
 * A simulated house: rooms with lamps and daylight, people, appliances behind relays, roof, battery with two relays
 * (charge from the grid, hold). Everything that HyperVolt does not decide is a function of time and seed.
 */
export type House = Readonly<{
  switches: Switches;
  meters: HouseMeters;
  /** Moves on by `stepMs`; returns mean powers of the step. */
  step(stepMs: number): HousePowers;
  nowMs(): number;
  occupied(room: Room): boolean;
  illuminanceLux(room: Room): number;
  temperatureC(room: Room): number;
  humidityPct(room: Room): number;
  /** Consumption without battery and appliances, W. */
  baseLoadW(atMs: number): number;
  pvAvailableW(atMs: number): number;
  powers(): HousePowers;
}>;

export function buildHouse(
  parts: Readonly<{ startMs: number; noise: Noise; surroundings: Surroundings; zone: Zone; soc?: number }>,
): House {
  const { noise, surroundings, zone } = parts;
  let atMs = parts.startMs;
  let soc = parts.soc ?? 0.35;
  const switches: Switches = new Map();
  const meters: HouseMeters = { importWh: 0, exportWh: 0, cost: 0, carbonG: 0 };
  const ran = new Map<string, { day: number; ms: number }>();
  let latest: HousePowers = { gridW: 0, loadW: 0, pvW: 0, batteryW: 0, soc, lightsW: 0, appliancesW: 0 };

  const hourOf = (ms: number): number => zone.minuteOfDay(ms) / 60;
  const occupiedAt = (room: Room, ms: number): boolean => {
    const day = zone.dayNumber(ms);
    return room.used.some(({ from, to, chance }, i) => {
      const shift = 0.4 * (noise.uniform(`${room.location}-shift-${i}`, day) - 0.5);
      const here = noise.uniform(`${room.location}-here-${i}`, day) < chance;
      const hour = hourOf(ms);
      return here && hour >= from + shift && hour < to + shift;
    });
  };
  const daylightLux = (room: Room, ms: number): number => room.daylightLux * surroundings.irradiance(ms) * 1.6;
  const lampLux = (room: Room): number =>
    room.lights.reduce(
      (lux, { device, luxAtFull }) => lux + (luxAtFull * (switches.get(`${room.location}/${device}`) ?? 0)) / 100,
      0,
    );

  const baseLoadW = (ms: number): number => {
    const day = zone.dayNumber(ms);
    const hour = hourOf(ms);
    const fridge = noise.uniform("fridge-phase", 0) + ms / (50 * MS_PER_MINUTE);
    let watts = 95 + (fridge % 1 < 0.42 ? 85 : 4) + 30 * noise.smooth("standby", ms, MS_PER_HOUR);
    for (const [name, at, minutes, power, chance] of COOKING) {
      const start = at + 0.9 * (noise.uniform(`${name}-at`, day) - 0.5);
      if (noise.uniform(`${name}-yes`, day) < chance && hour >= start && hour < start + minutes / 60)
        watts += power * (0.75 + 0.5 * noise.smooth(`${name}-power`, ms, 3 * MS_PER_MINUTE));
    }
    for (const room of ROOMS)
      if (occupiedAt(room, ms)) watts += room.location === "office" ? 120 : room.location === "living_room" ? 90 : 20;
    return watts;
  };
  const pvAvailableW = (ms: number): number => Math.round(PV_KWP * 1_000 * 0.86 * surroundings.irradiance(ms));

  /** Mean power of an appliance in a step; a run ends by itself, and starts once a local day. */
  const applianceW = (appliance: Appliance, stepMs: number): number => {
    const key = `${appliance.location}/${appliance.device}`;
    const windowDay = zone.dayNumber(atMs - minuteOf(appliance.window[0]) * MS_PER_MINUTE);
    const run = ran.get(key);
    const done = run?.day === windowDay ? run.ms : 0;
    if ((switches.get(key) ?? 0) === 0) return 0;
    const left = Math.max(0, appliance.minutes * MS_PER_MINUTE - done);
    const ms = Math.min(stepMs, left);
    ran.set(key, { day: windowDay, ms: done + ms });
    return (appliance.powerW * ms) / stepMs;
  };

  /** Charges with the surplus and covers the load, unless a relay holds it or charges it from the grid. */
  const batteryW = (netW: number, hours: number): number => {
    const roomWh = (1 - soc) * BATTERY.capacityWh;
    const storedWh = Math.max(0, soc - BATTERY.minSoc) * BATTERY.capacityWh;
    const mostChargeW = Math.min(BATTERY.maxChargeW, roomWh / hours / BATTERY.efficiency);
    const mostDischargeW = Math.min(BATTERY.maxDischargeW, (storedWh * BATTERY.efficiency) / hours);
    if ((switches.get("garage/battery_grid_charge") ?? 0) > 0) return mostChargeW;
    if ((switches.get("garage/battery_hold") ?? 0) > 0) return clamp(-netW, 0, mostChargeW);
    return clamp(-netW, -mostDischargeW, mostChargeW);
  };

  return {
    switches,
    meters,
    nowMs: () => atMs,
    occupied: (room) => occupiedAt(room, atMs),
    illuminanceLux: (room) => daylightLux(room, atMs) + lampLux(room) + 2,
    temperatureC: (room) =>
      20.5 +
      1.2 * noise.smooth(`${room.location}-warm`, atMs, 5 * MS_PER_HOUR) +
      0.06 * surroundings.outdoorTemperatureC(atMs),
    humidityPct: (room) => 42 + 12 * noise.smooth(`${room.location}-humid`, atMs, 3 * MS_PER_HOUR),
    baseLoadW,
    pvAvailableW,
    powers: () => latest,
    step(stepMs) {
      const hours = stepMs / MS_PER_HOUR;
      const lightsW = ROOMS.flatMap((room) =>
        room.lights.map(({ device, maxW }) => (maxW * (switches.get(`${room.location}/${device}`) ?? 0)) / 100),
      ).reduce((a, b) => a + b, 0);
      const appliancesW = APPLIANCES.reduce((sum, appliance) => sum + applianceW(appliance, stepMs), 0);
      const pvW = pvAvailableW(atMs);
      const loadW = baseLoadW(atMs) + lightsW + appliancesW;
      const toBatteryW = batteryW(loadW - pvW, hours);
      const gridW = loadW - pvW + toBatteryW;
      soc +=
        (hours * (Math.max(toBatteryW, 0) * BATTERY.efficiency - Math.max(-toBatteryW, 0) / BATTERY.efficiency)) /
        BATTERY.capacityWh;
      const importKwh = (Math.max(gridW, 0) * hours) / 1_000;
      const exportKwh = (Math.max(-gridW, 0) * hours) / 1_000;
      meters.importWh += importKwh * 1_000;
      meters.exportWh += exportKwh * 1_000;
      meters.cost += importKwh * surroundings.importPricePerKwh(atMs) - exportKwh * EXPORT_PRICE_PER_KWH;
      meters.carbonG += importKwh * surroundings.carbonGPerKwh(atMs);
      atMs += stepMs;
      latest = { gridW, loadW, pvW, batteryW: toBatteryW, soc, lightsW, appliancesW };
      return latest;
    },
  };
}

/** name, hour, minutes, W, chance a day */
const COOKING: readonly (readonly [string, number, number, number, number])[] = [
  ["kettle", 7.2, 5, 1_900, 0.95],
  ["toaster", 7.5, 6, 850, 0.6],
  ["lunch", 12.5, 25, 1_100, 0.5],
  ["dinner", 18.4, 40, 1_900, 0.9],
  ["washing", 10.5, 55, 650, 0.45],
  ["television", 20.3, 110, 110, 0.85],
];

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
