import { WALL_HEIGHT } from "../model/layout.ts";
import type { Level, Room } from "../model/layout.ts";
import type { Look, Site } from "../model/scene.ts";
import type { Theme } from "../view/drawing.ts";
import type { Box } from "./boxes.ts";
import { furniture } from "./furniture.ts";
import { mix } from "../model/colour.ts";
import { paintOf } from "./paint.ts";
import type { Paint } from "./paint.ts";

const THICK = 0.12;
const LOW = 0.16;
const DOOR = 0.95;

/** The house and what stands around it, as boxes; only the latter where a model stands in for the house. */
export function houseBoxes(site: Site, look: Look, theme: Theme, hasModel: boolean): Box[] {
  const paint = paintOf(theme);
  const { house, energy } = site;
  const levels = hasModel ? [] : house.levels.filter((_, i) => look.level === null || i === look.level);
  const boxes: Box[] = [];
  const lit = litRooms(site, look);
  for (const level of levels) {
    boxes.push(...levelBoxes(level, look, paint, theme));
    for (const room of level.rooms)
      boxes.push(...windows(room, level, paneColour(lit.get(room.areaId) ?? 0, look.daylight, theme), paint));
  }
  for (const { deviceId, kind, at } of house.appliances)
    if (levels.some(({ y }) => y === at[1]) && kind !== "other")
      boxes.push(...appliance(kind, at, look.working.has(deviceId), paint, theme));
  if (look.level !== null) return boxes;

  for (const room of house.outdoor)
    boxes.push({ ...centre(room), y: -0.08, h: 0.1, colour: tinted(room, paint.outdoor, look, paint, theme) });
  for (const [i, level] of levels.entries()) {
    const above = levels[i + 1];
    if (above)
      for (const [x, z] of [
        [0.06, 0.06],
        [above.w - 0.06, 0.06],
        [0.06, above.d - 0.06],
        [above.w - 0.06, above.d - 0.06],
      ] as const)
        boxes.push({ x, z, y: level.y, w: 0.05, d: 0.05, h: above.y - level.y, colour: paint.metal });
  }
  if (energy.roof && !hasModel) boxes.push(...roof(energy.roof, house.levels[house.levels.length - 1], paint));
  if (energy.pole) {
    const [x, y, z] = energy.pole;
    boxes.push(
      { x, z, y: 0, w: 0.16, d: 0.16, h: y + 0.5, colour: paint.trunk },
      { x, z, y: y - 0.05, w: 0.1, d: 1.9, h: 0.1, colour: paint.trunk },
      ...[-0.8, 0, 0.8].map((dz): Box => ({
        x,
        z: z + dz,
        y: y + 0.05,
        w: 0.09,
        d: 0.09,
        h: 0.2,
        colour: paint.white,
      })),
    );
  }
  for (const { at } of energy.cars)
    boxes.push({ x: at[0], z: at[2], y: -0.29, w: 5.2, d: 2.2, h: 0.03, colour: paint.slab });
  for (const { id, at } of energy.batteries) boxes.push(...battery(at, look.soc.get(id), paint, theme));
  for (const { deviceId, at } of energy.heatPumps) {
    const [x, , z] = at;
    boxes.push(
      { x, z, y: 0.08, w: 0.55, d: 1.15, h: 0.95, colour: paint.white },
      {
        x: x - 0.29,
        z,
        y: 0.2,
        w: 0.02,
        d: 0.8,
        h: 0.72,
        colour: look.working.has(deviceId) ? theme.accent : paint.metal,
      },
    );
  }
  const [mx, my, mz] = energy.meter;
  boxes.push({ x: mx - 0.2, z: mz, y: my - 0.3, w: 0.16, d: 0.42, h: 0.6, colour: paint.metal });
  return boxes;
}

const centre = ({ x, z, w, d }: { x: number; z: number; w: number; d: number }) => ({
  x: x + w / 2,
  z: z + d / 2,
  w,
  d,
});

function tinted(room: Room, plain: string, look: Look, paint: Paint, theme: Theme): string {
  const warmth = room.areaId === null ? undefined : look.warmth.get(room.areaId);
  const colour =
    warmth === undefined ? plain : mix(plain, warmth >= 0 ? paint.warm : paint.cool, 0.15 + 0.6 * Math.abs(warmth));
  return room.areaId !== null && room.areaId === look.selectedArea ? mix(colour, theme.accent, 0.5) : colour;
}

function levelBoxes(level: Level, look: Look, paint: Paint, theme: Theme): Box[] {
  const { x, z, w, d, y } = level;
  const boxes: Box[] = [
    { ...centre(level), y: y - 0.26, h: 0.22, w: w + 0.24, d: d + 0.24, colour: paint.slab },
    { x: x + w / 2, z: z - THICK / 2, y: y - 0.05, w: w + 2 * THICK, d: THICK, h: WALL_HEIGHT, colour: paint.wall },
    { x: x - THICK / 2, z: z + d / 2, y: y - 0.05, w: THICK, d, h: WALL_HEIGHT, colour: paint.wall },
    { x: x + w / 2, z: z + d + THICK / 2, y: y - 0.05, w: w + 2 * THICK, d: THICK, h: LOW, colour: paint.wall },
    { x: x + w + THICK / 2, z: z + d / 2, y: y - 0.05, w: THICK, d, h: LOW, colour: paint.wall },
  ];
  for (const room of level.rooms) {
    boxes.push({
      ...centre(room),
      y: y - 0.05,
      h: 0.05,
      colour: tinted(room, paint.floor, look, paint, theme),
      finish: "floor",
    });
    boxes.push(...furniture(room, paint));
    const h = 0.62;
    if (room.x > x + 0.05) boxes.push(...partition(room.x, room.z, room.d, "z", y, h, paint));
    if (room.z > z + 0.05) boxes.push(...partition(room.z, room.x, room.w, "x", y, h, paint));
  }
  return boxes;
}

/** An inner wall along an axis, with a doorway where there is room for one. */
function partition(
  at: number,
  from: number,
  length: number,
  along: "x" | "z",
  y: number,
  h: number,
  paint: Paint,
): Box[] {
  const wall = (start: number, size: number): Box => {
    const middle = start + size / 2;
    return along === "x"
      ? { x: middle, z: at, y, w: size, d: THICK * 0.8, h, colour: paint.innerWall }
      : { x: at, z: middle, y, w: THICK * 0.8, d: size, h, colour: paint.innerWall };
  };
  if (length < DOOR * 1.8) return [wall(from, length)];
  const before = (length - DOOR) * 0.68;
  return [wall(from, before), wall(from + before + DOOR, length - before - DOOR)];
}

/** How brightly each room is lit, 0..1, by area id. */
function litRooms({ house }: Site, look: Look): ReadonlyMap<string | null, number> {
  const lit = new Map<string | null, number>();
  for (const { deviceId, areaId } of house.lights)
    lit.set(areaId, Math.max(lit.get(areaId) ?? 0, look.lights.get(deviceId) ?? 0));
  return lit;
}

/** By day the sky is in a pane, at night the room's own light. */
function paneColour(lit: number, daylight: number, theme: Theme): string {
  const dusk = mix(theme.dark ? "#141f33" : "#22304d", theme.light, lit * 0.85);
  return mix(dusk, theme.dark ? "#5d7ea6" : "#c4e2f7", daylight);
}

/** Panes in the outer walls that stand behind a room. */
function windows(room: Room, level: Level, colour: string, paint: Paint): Box[] {
  const boxes: Box[] = [];
  const pane = (at: number, wide: number, behind: boolean): void => {
    const place = behind
      ? { x: at, z: level.z - THICK / 2, w: wide, d: THICK }
      : { x: level.x - THICK / 2, z: at, w: THICK, d: wide };
    const deeper = (by: number, less: number): Partial<Box> =>
      behind ? { d: THICK + by, w: wide - less } : { w: THICK + by, d: wide - less };
    boxes.push({ ...place, ...deeper(0.02, 0), y: room.y + 0.34, h: 0.58, colour: paint.white });
    boxes.push({ ...place, ...deeper(0.04, 0.12), y: room.y + 0.4, h: 0.46, colour, finish: "shining" });
  };
  const along = (from: number, size: number, behind: boolean): void => {
    const count = size > 4.4 ? 2 : 1;
    const wide = Math.min(1.25, (size / count) * 0.5);
    if (wide < 0.5) return;
    for (let i = 0; i < count; i++) pane(from + (size * (i + 0.5)) / count, wide, behind);
  };
  if (room.z < level.z + 0.05) along(room.x, room.w, true);
  if (room.x < level.x + 0.05) along(room.z, room.d, false);
  return boxes;
}

function appliance(
  kind: string,
  [x, y, z]: readonly [number, number, number],
  on: boolean,
  paint: Paint,
  theme: Theme,
): Box[] {
  if (kind === "switch")
    return [{ x, z, y: y + 0.02, w: 0.16, d: 0.16, h: 0.1, colour: on ? theme.accent : paint.metal }];
  const tall = kind === "water_heater";
  const [w, h] = tall ? [0.62, 1.25] : [0.62, 0.85];
  return [
    { x, z, y, w, d: 0.6, h, colour: paint.white },
    {
      x,
      z: z + 0.31,
      y: y + 0.16,
      w: w * 0.62,
      d: 0.02,
      h: h - 0.4,
      colour: on ? theme.accent : paint.glass,
      ...(on ? { finish: "shining" as const } : {}),
    },
    { x, z: z + 0.31, y: y + h - 0.14, w: w * 0.7, d: 0.02, h: 0.05, colour: paint.metal },
  ];
}

function battery(
  [x, , z]: readonly [number, number, number],
  soc: number | undefined,
  paint: Paint,
  theme: Theme,
): Box[] {
  const bars = 10;
  const full = Math.round((soc ?? 0) * bars);
  return [
    { x, z, y: 0.1, w: 0.42, d: 0.92, h: 1.72, colour: paint.white },
    { x, z, y: 0, w: 0.5, d: 1, h: 0.12, colour: paint.metal },
    ...Array.from({ length: bars }, (_, i): Box => ({
      x: x + 0.215,
      z,
      y: 0.24 + i * 0.145,
      w: 0.02,
      d: 0.5,
      h: 0.105,
      colour: i < full ? (full <= 2 ? "#e0574a" : theme.battery) : paint.metal,
      ...(i < full ? { finish: "shining" as const } : {}),
    })),
  ];
}

function roof(
  { x, y, z, w, d }: { x: number; y: number; z: number; w: number; d: number },
  top: Level | undefined,
  paint: Paint,
): Box[] {
  const tilt = Math.atan2(d * 0.42, d);
  const length = d / Math.cos(tilt);
  const columns = Math.max(2, Math.round(w / 1.25));
  const rows = 2;
  const at = (u: number, v: number): { x: number; y: number; z: number } => ({
    x: x - w / 2 + w * u,
    y: y + d * 0.42 * (1 - v),
    z: z - d / 2 + d * v,
  });
  const boxes: Box[] = [
    { ...at(0.5, 0.5), y: at(0.5, 0.5).y - 0.1, w: w + 0.1, d: length + 0.1, h: 0.07, colour: paint.metal, tilt },
  ];
  for (let i = 0; i < columns * rows; i++) {
    const spot = at(((i % columns) + 0.5) / columns, (Math.floor(i / columns) + 0.5) / rows);
    boxes.push({
      ...spot,
      y: spot.y - 0.03,
      w: (w / columns) * 0.94,
      d: (length / rows) * 0.95,
      h: 0.05,
      colour: paint.panel,
      tilt,
      finish: "panel",
    });
  }
  const foot = (top?.y ?? 0) - 0.05;
  for (const [u, v] of [
    [0.03, 0.06],
    [0.97, 0.06],
    [0.03, 0.52],
    [0.97, 0.52],
  ] as const) {
    const spot = at(u, v);
    boxes.push({
      x: spot.x,
      z: Math.max(spot.z, -0.06),
      y: foot,
      w: 0.07,
      d: 0.07,
      h: Math.max(spot.y - foot - 0.06, 0.1),
      colour: paint.metal,
    });
  }
  return boxes;
}
