import { describe, expect, it } from "vitest";
import { type LightSensor, live, type LitRoom, type Stay } from "../../tests/harness/lit-room.ts";
import { drawing, seededRandom } from "../../tests/harness/seeded-random.ts";
import { RoomDimmer } from "./dimming.ts";
import type { LuxResponse } from "./lux-response.ts";

/** The deadband at 300 lx is 24 lx; sensors are noisy and lamps are coarse. */
const BAND_LX = 30;

const stayIn = (room: LitRoom, hours = 1, bandLx = BAND_LX): Stay => {
  const dimmer = new RoomDimmer(new Map());
  return live(room, hours, bandLx, (situation, nowMs) => dimmer.decide(situation, nowMs));
};

const quick: LightSensor = { periodS: 10 };
const strong = { fullLx: 900 };

/** Light that comes and goes: the sun behind clouds, for about so long at a time. */
function clouds(seed: number, lx: number, meanS: number): (s: number) => number {
  const random = seededRandom(seed);
  const edges: number[] = [];
  for (let s = 0; s < 3 * 3_600; s -= meanS * Math.log(1 - random())) edges.push(s);
  return (s) => 100 + (edges.filter((edge) => edge <= s).length % 2) * lx;
}

describe("a light never swings", () => {
  it.each<[string, LitRoom]>([
    ["the sensor is late by 25 s", { lamps: [strong], sensor: { ...quick, delayS: 25 } }],
    ["the sensor reports once a minute", { lamps: [strong], sensor: { periodS: 60, phaseS: 7 } }],
    [
      "the sensor reports once a minute what it saw 45 s ago",
      { lamps: [strong], sensor: { periodS: 60, phaseS: 17, delayS: 45 } },
    ],
    [
      "the sensor is late and its clock is a minute ahead",
      { lamps: [strong], sensor: { ...quick, aheadS: 60, delayS: 15 } },
    ],
    ["the sensor averages over half a minute", { lamps: [strong], sensor: { ...quick, averagesS: 30 } }],
    ["the sensor reports only changes", { lamps: [strong], sensor: { periodS: 2, deltaLx: 15 } }],
    ["the sensor reports each second, with noise", { lamps: [strong], sensor: { periodS: 1, noiseLx: 10 } }],
    ["the sensor is noisier than the room's band is wide", { lamps: [strong], sensor: { ...quick, noiseLx: 30 } }],
    ["the lamp answers late", { lamps: [{ ...strong, latencyS: 20, rampS: 3 }], sensor: quick }],
    ["the lamp takes its time", { lamps: [{ ...strong, latencyS: 12, rampS: 10 }], sensor: quick }],
    ["the lamp is very strong", { lamps: [{ fullLx: 4_000, startPct: 30 }], sensor: quick }],
    ["the lamp follows a gamma curve", { lamps: [{ fullLx: 1_500, gamma: 2.2, startPct: 10 }], sensor: quick }],
    ["the lamp is dimmed along one", { lamps: [{ fullLx: 1_500, gamma: 2.2, startPct: 100 }], sensor: quick }],
    [
      "the lamp gives no more from 60 % on",
      { lamps: [{ fullLx: 700, saturatesAtPct: 60, startPct: 100 }], sensor: quick },
    ],
    ["four lamps have one sensor", { lamps: [1, 2, 3, 4].map(() => ({ fullLx: 500 })), sensor: quick }],
    [
      "four lamps have one late sensor",
      { lamps: [1, 2, 3, 4].map(() => ({ fullLx: 500 })), sensor: { ...quick, delayS: 25 } },
    ],
    [
      "two unequal lamps have one sensor",
      {
        lamps: [
          { fullLx: 1_000, startPct: 90 },
          { fullLx: 200, gamma: 2.2, startPct: 20 },
        ],
        sensor: quick,
      },
    ],
    ["somebody came into the dark", { lamps: [{ ...strong, startPct: 0 }], sensor: quick }],
  ])("where %s", (_, room) => {
    const stay = stayIn(room);
    expect(stay.turns).toBeLessThanOrEqual(room.lamps.length);
    expect(stay.stepsToTarget).not.toBeNull();
    expect(stay.stepsToTarget).toBeLessThanOrEqual(5);
    expect(stay.outsideS).toBeLessThan(120);
  });

  it("brings a plain room to its target in three steps, also with a lamp that is weak, and then leaves it", () => {
    expect(stayIn({ lamps: [{ fullLx: 400 }], sensor: quick })).toMatchObject({ stepsToTarget: 3, steps: 3, turns: 0 });
    const weak = stayIn({ lamps: [{ fullLx: 80, startPct: 20 }], sensor: quick, otherLx: () => 200 });
    expect(weak.levels.at(-1)).toBe(100);
    expect(weak.steps).toBeLessThanOrEqual(6);
  });

  it("turns a few times an hour at most while clouds pass, and lets the short ones pass", () => {
    const lamps = [{ fullLx: 400 }];
    for (const [meanS, mostTurns] of [
      [20, 6],
      [60, 12],
      [300, 12],
    ] as const)
      for (const seed of [1, 2, 3, 4])
        expect(stayIn({ lamps, sensor: quick, otherLx: clouds(seed, 150, meanS) }, 2).turns).toBeLessThanOrEqual(
          mostTurns,
        );
  });

  it("follows a blind and another lamp, each with one turn", () => {
    const lamps = [{ fullLx: 400 }];
    const blind = stayIn({ lamps, sensor: quick, otherLx: (s) => (s < 1_800 ? 280 : 40) });
    expect(blind.turns).toBeLessThanOrEqual(1);
    expect(blind.outsideS).toBeLessThan(180);
    const reading = stayIn({ lamps, sensor: quick, otherLx: (s) => (s >= 1_200 && s < 2_400 ? 120 : 0) });
    expect(reading.turns).toBeLessThanOrEqual(2);
    expect(reading.outsideS).toBeLessThan(400);
  });

  it("follows the sunset without turning back, with a slow sensor and a gamma curve too", () => {
    const otherLx = (s: number): number => Math.max(0, 280 - s / 12);
    const lamps = [{ fullLx: 900, gamma: 2.2, startPct: 10 }];
    for (const sensor of [quick, { periodS: 60 }]) {
      const stay = stayIn({ lamps, sensor, otherLx });
      expect(stay.turns).toBe(0);
      expect(stay.outsideS).toBeLessThan(240);
    }
  });

  it("takes no second step on a reading from before the first, also where the sensor falls silent for minutes", () => {
    const otherLx = (s: number): number => (s < 600 ? 250 : 0);
    for (const silentS of [120, 240, 600]) {
      const silentAt = (s: number): boolean => s > 640 && s % (silentS + 20) > 20;
      const stay = stayIn({ lamps: [strong], sensor: { ...quick, silentAt }, otherLx }, 2);
      expect(stay.turns, `silent for ${silentS} s`).toBeLessThanOrEqual(1);
    }
  });

  it("finds a weak lamp with a sensor that reports only what changes enough to see", () => {
    const sensor = { periodS: 2, deltaLx: 15 };
    const otherLx = (s: number): number => 150 + (s > 20 && s < 40 ? 30 : 0);
    const stay = stayIn({ lamps: [{ fullLx: 70, startPct: 10 }], sensor, otherLx });
    expect(stay.levels.at(-1)).toBeGreaterThan(40);
    expect(stay.turns).toBe(0);
  });

  it("lights a lamp it has never seen at its floor, and one that would be too much not at all", () => {
    const room: LitRoom = { lamps: [{ fullLx: 3_000, startPct: 0 }], sensor: quick, otherLx: () => 250 };
    const learned = new Map<string, LuxResponse>();
    const dimmer = new RoomDimmer(learned);
    const first = live(room, 0.5, BAND_LX, (situation, nowMs) => dimmer.decide(situation, nowMs));
    expect(first.levels).toEqual([10]);
    expect(learned.get("lamp0")?.[0]).toBeGreaterThan(20);
    const later = new RoomDimmer(learned);
    expect(live(room, 0.5, BAND_LX, (situation, nowMs) => later.decide(situation, nowMs)).levels).toEqual([]);
  });

  it("holds in rooms of all kinds", () => {
    const rooms = 120;
    let swinging = 0;
    let outside = 0;
    for (let seed = 0; seed < rooms; seed++) {
      const draw = drawing(seededRandom(seed));
      const lamps = Array.from({ length: draw.whole(1, 4) }, () => ({
        fullLx: Math.exp(draw.between(Math.log(60), Math.log(2_500))),
        gamma: draw.oneOf([1, 1, 1, 0.6, 1.5, 2.2]),
        saturatesAtPct: draw.oneOf([100, 100, 70]),
        latencyS: draw.oneOf([0, 0, 2, 10, 20]),
        rampS: draw.oneOf([0, 2, 8]),
        startPct: draw.oneOf([0, 10, 40, 100]),
      }));
      const sensor: LightSensor = {
        periodS: draw.oneOf([1, 5, 10, 10, 30, 60]),
        phaseS: draw.whole(0, 30),
        averagesS: draw.oneOf([0, 0, 10, 30]),
        delayS: draw.oneOf([0, 0, 5, 20, 40]),
        noiseLx: draw.oneOf([0, 3, 10]),
      };
      const daylightLx = draw.between(0, 200);
      // The least step of a strong lamp is wider than the band.
      const stay = stayIn({ lamps, sensor, seed, otherLx: () => daylightLx }, 1, 2 * BAND_LX);
      expect(stay.turns, `room ${seed}`).toBeLessThanOrEqual(3 * lamps.length);
      if (stay.turns > lamps.length) swinging++;
      if (stay.outsideS > 600) outside++;
    }
    expect(swinging).toBeLessThanOrEqual(rooms / 40);
    expect(outside).toBeLessThanOrEqual(rooms / 40);
  });
});
