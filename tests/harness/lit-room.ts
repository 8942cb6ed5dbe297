import type { RoomLight, RoomSituation } from "../../src/acting/dimming.ts";
import { LEVEL_TOLERANCE_PCT } from "../../src/acting/setting.ts";
import type { Want } from "../../src/acting/want.ts";
import { seededRandom } from "./seeded-random.ts";

const TICK_S = 10;
const FLOOR_PCT = 10;
const START_MS = Date.UTC(2026, 0, 15, 10, 0);

/** A lamp as it is built; what is not said is ideal. */
export type Lamp = Readonly<{
  fullLx: number;
  /** Light follows level ** gamma. */
  gamma?: number;
  /** From this level on it gives no more, %. */
  saturatesAtPct?: number;
  /** From a call to the light's beginning to change, s; the entity shows the new level at once. */
  latencyS?: number;
  /** From 0 to 100 %, s. */
  rampS?: number;
  startPct?: number;
}>;

/** A light sensor as it is built and read out; what is not said is ideal. */
export type LightSensor = Readonly<{
  periodS: number;
  phaseS?: number;
  /** Reports only what differs by this from what it said last. */
  deltaLx?: number;
  /** Time constant of its own averaging, s. */
  averagesS?: number;
  /** On the way for this long, and dated when it arrives. */
  delayS?: number;
  noiseLx?: number;
  /** Its own clock is so far ahead, s. */
  aheadS?: number;
  /** Says nothing any more, or again. */
  silentAt?: (s: number) => boolean;
}>;

export type LitRoom = Readonly<{
  lamps: readonly Lamp[];
  sensor: LightSensor;
  targetLx?: number;
  /** Light that is not HyperVolt's, after so many seconds. */
  otherLx?: (s: number) => number;
  occupied?: boolean | null;
  seed?: number;
}>;

export type Stay = Readonly<{
  /** Times a lamp turned round: what people see as swinging. */
  turns: number;
  /** Steps taken until the room was first within the band and stayed so for two minutes; null where it never was. */
  stepsToTarget: number | null;
  /** Seconds out of the band although some level would have kept within it, after the first five minutes. */
  outsideS: number;
  steps: number;
  levels: readonly number[];
}>;

/** What one lamp gives at a level, lx. */
const lightOf = ({ fullLx, gamma = 1, saturatesAtPct = 100 }: Lamp, pct: number): number =>
  fullLx * Math.min(1, pct / saturatesAtPct) ** gamma;

/**
 * Lives in a room second by second while a dimmer keeps its light.
 * @param decide  what the dimmer wants now
 * @param bandLx  how far from the target is well
 */
export function live(
  room: LitRoom,
  hours: number,
  bandLx: number,
  decide: (situation: RoomSituation, nowMs: number) => readonly Want[],
): Stay {
  const { lamps, sensor, targetLx = 300, otherLx = () => 0, occupied = true } = room;
  const random = seededRandom(room.seed ?? 1);
  const state = lamps.map(({ startPct = 40 }) => ({ shown: startPct, goal: startPct, actual: startPct, beginsS: 0 }));
  const direction = lamps.map(() => 0);
  const onTheWay: { atS: number; value: number }[] = [];
  let reading: { value: number; atMs: number } | null = null;
  let averaged: number | null = null;
  let said: number | null = null;
  let turns = 0;
  let steps = 0;
  let outsideS = 0;
  let insideS = 0;
  let stepsToTarget: number | null = null;
  let stepsWhenInside = 0;
  const levels: number[] = [];

  for (let s = 0; s < hours * 3_600; s++) {
    state.forEach((lamp, i) => {
      const { rampS = 0 } = lamps[i]!;
      if (s < lamp.beginsS) return;
      const most = rampS === 0 ? 100 : 100 / rampS;
      lamp.actual += Math.max(-most, Math.min(most, lamp.goal - lamp.actual));
    });
    const other = otherLx(s);
    const lux = other + state.reduce((sum, { actual }, i) => sum + lightOf(lamps[i]!, actual), 0);
    averaged = averaged === null || !sensor.averagesS ? lux : averaged + (lux - averaged) / sensor.averagesS;
    if ((s + (sensor.phaseS ?? 0)) % sensor.periodS === 0 && sensor.silentAt?.(s) !== true) {
      const value = Math.max(0, Math.round(averaged + (sensor.noiseLx ?? 0) * (2 * random() - 1)));
      if (said === null || Math.abs(value - said) >= (sensor.deltaLx ?? 0)) {
        said = value;
        onTheWay.push({ atS: s + (sensor.delayS ?? 0), value });
      }
    }
    while (onTheWay[0] && onTheWay[0].atS <= s)
      reading = { value: onTheWay.shift()!.value, atMs: START_MS + (s + (sensor.aheadS ?? 0)) * 1_000 };

    if (s % TICK_S === 0) {
      const lights = state.map(({ shown }, i): RoomLight => {
        const setting = shown > 0 ? { on: true, level: shown } : { on: false, level: null };
        return { deviceId: `lamp${i}`, setting, held: false };
      });
      const situation: RoomSituation = { name: "Study", lux: reading, occupied, targetLx, floorPct: FLOOR_PCT, lights };
      const wants = decide(situation, START_MS + s * 1_000);
      if (wants.length > 0) steps++;
      for (const { deviceId, action } of wants) {
        const i = Number(deviceId.slice("lamp".length));
        const lamp = state[i]!;
        const level = action.kind === "set_brightness" ? action.level : action.kind === "turn_on" ? 100 : 0;
        if (Math.abs(level - lamp.shown) <= LEVEL_TOLERANCE_PCT) continue;
        const now = Math.sign(level - lamp.shown);
        if (now !== 0 && direction[i] !== 0 && now !== direction[i]) turns++;
        if (now !== 0) direction[i] = now;
        Object.assign(lamp, {
          shown: Math.round(level * 2.55) / 2.55,
          goal: level,
          beginsS: s + (lamps[i]!.latencyS ?? 0),
        });
        levels.push(level);
      }
    }
    // A lamp that is off is lit only where it is too dark, and one that is on is not turned off.
    const reach = (pct: number, floorPct: number): number =>
      other + lamps.reduce((sum, l, i) => sum + (state[i]!.goal === 0 ? lightOf(l, pct) : lightOf(l, floorPct)), 0);
    const reachable = Math.max(Math.min(targetLx, reach(100, 100)), reach(0, FLOOR_PCT));
    const outside = Math.abs(lux - reachable) > bandLx;
    if (outside && s >= 300) outsideS++;
    insideS = outside ? 0 : insideS + 1;
    if (insideS === 1) stepsWhenInside = steps;
    if (insideS >= 120) stepsToTarget ??= stepsWhenInside;
  }
  return { turns, stepsToTarget, outsideS, steps, levels };
}
