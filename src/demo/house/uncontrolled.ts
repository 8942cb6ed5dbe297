import type { Zone } from "../../domain/civil-time.ts";
import { APPLIANCES, ROOMS } from "./blueprint.ts";
import type { House } from "./house.ts";

const DARK_LUX = 300;

/**
 * What the people of the house do without HyperVolt: lamps at full where somebody is and it is dark, each appliance on
 * as soon as its window opens; the battery follows by itself. Call before every step.
 */
export function switchAsPeopleDo(house: House, zone: Zone): void {
  for (const room of ROOMS) {
    const lampsLux = room.lights.reduce(
      (lux, { device, luxAtFull }) => lux + (luxAtFull * (house.switches.get(`${room.location}/${device}`) ?? 0)) / 100,
      0,
    );
    const dark = house.illuminanceLux(room) - lampsLux < DARK_LUX;
    for (const { device } of room.lights)
      house.switches.set(`${room.location}/${device}`, house.occupied(room) && dark ? 100 : 0);
  }
  const minute = zone.minuteOfDay(house.nowMs());
  for (const { location, device, window, minutes } of APPLIANCES) {
    const opens = minuteOf(window[0]);
    const since = (minute - opens + 1_440) % 1_440;
    house.switches.set(`${location}/${device}`, since < minutes ? 100 : 0);
  }
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
