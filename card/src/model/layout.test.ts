import fc from "fast-check";
import { expect, it } from "vitest";
import { layoutHouse, squarify } from "./layout.ts";
import type { HouseInput, Room } from "./layout.ts";

const home = (areas: number, floors: number, devices = 0): HouseInput => ({
  name: "Home",
  floors: Array.from({ length: floors }, (_, i) => ({ floor_id: `f${i}`, name: `Floor ${i}`, level: i })),
  areas: Array.from({ length: areas }, (_, i) => ({
    area_id: `a${i}`,
    name: `Room ${i}`,
    floor_id: floors > 0 ? `f${i % floors}` : null,
  })),
  devices: Array.from({ length: devices }, (_, i) => ({
    id: `light.${i}`,
    kind: "light",
    area_id: `a${i % Math.max(areas, 1)}`,
  })),
});
const overlap = (a: Room, b: Room): number =>
  Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.z + a.d, b.z + b.d) - Math.max(a.z, b.z));

it("gives every area one room of a usable shape, none over another, from 1 to 60 areas on 0 to 4 floors", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 200 }),
      (areas, floors, devices) => {
        const house = layoutHouse(home(areas, floors, devices));
        const rooms = house.levels.flatMap((level) => level.rooms);
        expect(new Set(rooms.map(({ areaId }) => areaId)).size).toBe(areas);
        for (const level of house.levels)
          for (const [i, room] of level.rooms.entries()) {
            expect(Math.min(room.w, room.d)).toBeGreaterThan(1);
            expect(Math.max(room.w, room.d) / Math.min(room.w, room.d)).toBeLessThan(4.2);
            expect(room.x).toBeGreaterThanOrEqual(-0.02);
            expect(room.x + room.w).toBeLessThanOrEqual(level.w + 0.05);
            expect(room.z + room.d).toBeLessThanOrEqual(level.d + 0.05);
            for (const other of level.rooms.slice(i + 1)) expect(overlap(room, other)).toBeLessThan(0.25);
          }
        expect(house.lights).toHaveLength(devices);
      },
    ),
    { numRuns: 60 },
  );
});

it("builds the same house from the same registry, in whatever order it comes", () => {
  const input = home(17, 3, 40);
  const shuffled = {
    ...input,
    areas: [...input.areas].reverse(),
    floors: [...input.floors].reverse(),
    devices: [...input.devices].reverse(),
  };
  expect(layoutHouse(shuffled)).toEqual(layoutHouse(input));
});

it("stands every light inside its own room", () => {
  const house = layoutHouse(home(12, 2, 90));
  const rooms = house.levels.flatMap((level) => level.rooms);
  for (const { at, areaId } of house.lights) {
    const room = rooms.find((other) => other.areaId === areaId);
    expect(room && at[0] > room.x && at[0] < room.x + room.w && at[2] > room.z && at[2] < room.z + room.d).toBe(true);
  }
});

it("puts gardens outside and areas of no floor on the lowest one", () => {
  const house = layoutHouse({
    name: "Home",
    floors: [
      { floor_id: "up", name: "Up", level: 1 },
      { floor_id: "down", name: "Down", level: 0 },
    ],
    areas: [
      { area_id: "bed", name: "Bedroom", floor_id: "up" },
      { area_id: "hall", name: "Hall", floor_id: "down" },
      { area_id: "shed", name: "Shed", floor_id: null },
      { area_id: "garden", name: "Garten", floor_id: "down" },
    ],
    devices: [],
  });
  expect(
    house.levels.map(({ rooms }) => rooms.map(({ areaId }) => areaId ?? "").sort((a, b) => a.localeCompare(b))),
  ).toEqual([["hall", "shed"], ["bed"]]);
  expect(house.outdoor.map(({ areaId }) => areaId)).toEqual(["garden"]);
});

it("draws one room for a home without areas", () => {
  const house = layoutHouse({
    name: "Cabin",
    floors: [],
    areas: [],
    devices: [{ id: "light.a", kind: "light", area_id: null }],
  });
  expect(house.levels.map(({ rooms }) => rooms.map(({ name }) => name))).toEqual([["Cabin"]]);
  expect(house.lights).toHaveLength(1);
});

it("keeps what a person arranged", () => {
  const input = { ...home(4, 1), rooms: { a2: { x: 1.5, z: 2, w: 3, d: 2.5, name: "Atelier" } } };
  const room = layoutHouse(input).levels[0]?.rooms.find(({ areaId }) => areaId === "a2");
  expect(room).toMatchObject({ x: 1.5, z: 2, w: 3, d: 2.5, name: "Atelier" });
});

it("fills the whole rectangle with cells in proportion to their weights", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.5, max: 4, noNaN: true }), { minLength: 1, maxLength: 30 }), (weights) => {
      const placed = squarify(
        weights.map((weight) => ({ weight })),
        { x: 0, z: 0, w: 12, d: 9 },
      );
      const sum = weights.reduce((a, b) => a + b, 0);
      expect(placed.reduce((surface, { rect }) => surface + rect.w * rect.d, 0)).toBeCloseTo(108, 0);
      for (const { cell, rect } of placed) expect(rect.w * rect.d).toBeCloseTo((cell.weight / sum) * 108, 0);
    }),
  );
});
