import type { Zone } from "../domain/civil-time.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { APPLIANCES } from "./house/blueprint.ts";
import { buildHouse } from "./house/house.ts";
import type { Noise } from "./house/noise.ts";
import { switchAsPeopleDo } from "./house/uncontrolled.ts";
import type { Surroundings } from "./house/weather.ts";
import { applianceCounter, COUNTERS, type Statistic } from "./stand-in/home-assistant.ts";

const STEP_MS = 5 * MS_PER_MINUTE;

/** What Home Assistant's recorder would remember of the weeks before the demo: the hourly change of each counter, Wh. */
export function recordWeeks(
  parts: Readonly<{ startMs: number; weeks: number; noise: Noise; surroundings: Surroundings; zone: Zone }>,
): {
  statistics: ReadonlyMap<string, readonly Statistic[]>;
  soc: number;
} {
  const fromMs = Math.floor((parts.startMs - parts.weeks * 7 * MS_PER_DAY) / MS_PER_HOUR) * MS_PER_HOUR;
  const house = buildHouse({ ...parts, startMs: fromMs });
  const statistics = new Map<string, Statistic[]>();
  const hours = STEP_MS / MS_PER_HOUR;
  for (let hourMs = fromMs; hourMs + MS_PER_HOUR <= parts.startMs; hourMs += MS_PER_HOUR) {
    const counted = new Map<string, number>(
      [...Object.values(COUNTERS), ...APPLIANCES.map(({ device }) => applianceCounter(device))].map((id) => [id, 0]),
    );
    const count = (id: string, powerW: number): void =>
      void counted.set(id, (counted.get(id) ?? 0) + Math.max(0, powerW) * hours);
    for (let i = 0; i < MS_PER_HOUR / STEP_MS; i++) {
      switchAsPeopleDo(house, parts.zone);
      const { gridW, pvW, batteryW } = house.step(STEP_MS);
      count(COUNTERS.import, gridW);
      count(COUNTERS.export, -gridW);
      count(COUNTERS.solar, pvW);
      count(COUNTERS.charge, batteryW);
      count(COUNTERS.discharge, -batteryW);
      for (const { device, location, powerW } of APPLIANCES)
        if ((house.switches.get(`${location}/${device}`) ?? 0) > 0) count(applianceCounter(device), powerW);
    }
    for (const [id, change] of counted)
      statistics.set(id, [...(statistics.get(id) ?? []), { startMs: hourMs, change }]);
  }
  return { statistics, soc: house.powers().soc };
}
