import type { Zone } from "../domain/civil-time.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { buildHouse } from "./house/house.ts";
import type { Noise } from "./house/noise.ts";
import { switchAsPeopleDo } from "./house/uncontrolled.ts";
import type { Surroundings } from "./house/weather.ts";
import { METER_ENTITIES, type Statistic } from "./stand-in/home-assistant.ts";

const STEP_MS = 5 * MS_PER_MINUTE;

/** What Home Assistant's recorder would remember of the weeks before the demo: hourly means, without appliances in the load. */
export function recordWeeks(
  parts: Readonly<{ startMs: number; weeks: number; noise: Noise; surroundings: Surroundings; zone: Zone }>,
): {
  statistics: ReadonlyMap<string, readonly Statistic[]>;
  soc: number;
} {
  const fromMs = Math.floor((parts.startMs - parts.weeks * 7 * MS_PER_DAY) / MS_PER_HOUR) * MS_PER_HOUR;
  const house = buildHouse({ ...parts, startMs: fromMs });
  const rows: Record<keyof typeof METER_ENTITIES, Statistic[]> = {
    grid: [],
    pv: [],
    load: [],
    battery: [],
    soc: [],
    energy: [],
  };
  const perHour = MS_PER_HOUR / STEP_MS;
  for (let hourMs = fromMs; hourMs + MS_PER_HOUR <= parts.startMs; hourMs += MS_PER_HOUR) {
    const sums = { gridW: 0, pvW: 0, loadW: 0, batteryW: 0, soc: 0 };
    for (let i = 0; i < perHour; i++) {
      switchAsPeopleDo(house, parts.zone);
      const { gridW, pvW, loadW, batteryW, soc, appliancesW } = house.step(STEP_MS);
      sums.gridW += gridW / perHour;
      sums.pvW += pvW / perHour;
      sums.loadW += (loadW - appliancesW) / perHour;
      sums.batteryW += batteryW / perHour;
      sums.soc += soc / perHour;
    }
    rows.grid.push({ startMs: hourMs, mean: sums.gridW });
    rows.pv.push({ startMs: hourMs, mean: sums.pvW });
    rows.load.push({ startMs: hourMs, mean: sums.loadW });
    rows.battery.push({ startMs: hourMs, mean: sums.batteryW });
    rows.soc.push({ startMs: hourMs, mean: sums.soc * 100 });
    rows.energy.push({ startMs: hourMs, sum: house.meters.importWh });
  }
  return {
    statistics: new Map(
      Object.entries(rows).map(([key, statistics]) => [METER_ENTITIES[key as keyof typeof METER_ENTITIES], statistics]),
    ),
    soc: house.powers().soc,
  };
}
