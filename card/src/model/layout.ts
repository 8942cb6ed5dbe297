import type { AreaDto, DeviceDto, FloorDto } from "../../../src/serving/messages.ts";

/** Metres; x to the right, z towards the viewer, y up. A house's back left corner is at 0, 0. */
export type Rect = Readonly<{ x: number; z: number; w: number; d: number }>;
export type Point = readonly [x: number, y: number, z: number];
export type Room = Rect & Readonly<{ areaId: string | null; name: string; outdoor: boolean; y: number }>;
export type Level = Rect & Readonly<{ floorId: string | null; name: string; y: number; rooms: readonly Room[] }>;
export type Placed = Readonly<{ deviceId: string; kind: DeviceDto["kind"]; areaId: string | null; at: Point }>;
/** A person's own arrangement of a room, kept in the card's configuration. */
export type RoomWish = Readonly<Partial<Rect> & { name?: string }>;
export type HouseLayout = Readonly<{
  levels: readonly Level[];
  outdoor: readonly Room[];
  width: number;
  depth: number;
  /** Top of the uppermost level's walls. */
  topY: number;
  lights: readonly Placed[];
  appliances: readonly Placed[];
}>;
export type HouseInput = Readonly<{
  name: string;
  floors: readonly FloorDto[];
  areas: readonly Pick<AreaDto, "area_id" | "name" | "floor_id">[];
  devices: readonly Pick<DeviceDto, "id" | "kind" | "area_id">[];
  rooms?: Readonly<Record<string, RoomWish>>;
}>;

export const WALL_HEIGHT = 1.15;
const SQUARE_METRES_PER_WEIGHT = 10;
const OUTDOOR =
  /\b(garden|yard|terrace|patio|balcony|outside|outdoors?|driveway|pool|garten|terrasse|balkon|hof|einfahrt|aussen|außen|draussen|draußen|jardin|balcon|cour|exterieur|extérieur|jard[ií]n|terraza|balc[oó]n|exterior|piscina|tuin|terras|buiten|oprit)\b/i;

/**
 * The house of a registry: the same floors, areas and devices give the same house, in whatever order they come.
 * Rooms share their floor by how much stands in them; areas of no floor lie on the lowest one; gardens lie outside.
 */
export function layoutHouse(input: HouseInput): HouseLayout {
  const areas = [...input.areas].sort((a, b) => compare(a.area_id, b.area_id));
  const inside = areas.filter(({ name }) => !OUTDOOR.test(name));
  const outside = areas.filter(({ name }) => OUTDOOR.test(name));
  const floors = [...input.floors]
    .filter(({ floor_id }) => inside.some((area) => area.floor_id === floor_id))
    .sort((a, b) => (a.level ?? 0) - (b.level ?? 0) || compare(a.floor_id, b.floor_id));
  const weight = weights(input.devices);

  const groups = floors.map((floor) => ({
    floorId: floor.floor_id as string | null,
    name: floor.name,
    areas: inside.filter(({ floor_id }) => floor_id === floor.floor_id),
  }));
  const homeless = inside.filter(({ floor_id }) => !floors.some((floor) => floor.floor_id === floor_id));
  if (groups[0]) groups[0].areas.push(...homeless);
  else groups.push({ floorId: null, name: input.name, areas: homeless });

  const heavy = groups.map((group) => group.areas.reduce((sum, area) => sum + weight(area.area_id), 0));
  const surface = Math.max(...heavy, 2.4) * SQUARE_METRES_PER_WEIGHT;
  const width = round(Math.sqrt(surface * 1.35));
  const depth = round(surface / width);
  const gapY = Math.min(Math.max(depth * 0.56, 3.4), 9);

  const levels = groups.map((group, index): Level => {
    const share = Math.sqrt(
      Math.min(Math.max((heavy[index] ?? 0) * SQUARE_METRES_PER_WEIGHT, surface * 0.42) / surface, 1),
    );
    const rect = { x: 0, z: 0, w: round(width * (0.4 + 0.6 * share)), d: round(depth * (0.4 + 0.6 * share)) };
    const y = index * gapY;
    const cells = group.areas.map((area) => ({ area, weight: weight(area.area_id) }));
    const rooms: Room[] =
      cells.length === 0
        ? [{ ...rect, y, areaId: null, name: input.name, outdoor: false }]
        : squarify(cells, rect).map(({ cell, rect: room }) => ({
            ...wished(room, input.rooms?.[cell.area.area_id]),
            y,
            areaId: cell.area.area_id,
            name: input.rooms?.[cell.area.area_id]?.name ?? cell.area.name,
            outdoor: false,
          }));
    return { floorId: group.floorId, name: group.name, y, ...rect, rooms };
  });

  const strip = width / Math.max(outside.length, 1);
  const outdoor = outside.map((area, i): Room => ({
    ...wished(
      { x: round(i * strip), z: round(depth + 0.7), w: round(strip - 0.3), d: 2.6 },
      input.rooms?.[area.area_id],
    ),
    y: -0.06,
    areaId: area.area_id,
    name: input.rooms?.[area.area_id]?.name ?? area.name,
    outdoor: true,
  }));

  const rooms = [...levels.flatMap((level) => level.rooms), ...outdoor];
  return {
    levels,
    outdoor,
    width,
    depth,
    topY: (levels[levels.length - 1]?.y ?? 0) + WALL_HEIGHT,
    lights: placeLights(rooms, input.devices),
    appliances: placeAppliances(rooms, input.devices),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const round = (metres: number): number => Math.round(metres * 100) / 100;

/** A room with more in it is larger, but never by much. */
function weights(devices: HouseInput["devices"]): (areaId: string) => number {
  const count = new Map<string, number>();
  for (const { area_id } of devices) if (area_id) count.set(area_id, (count.get(area_id) ?? 0) + 1);
  return (areaId) => 1 + 0.35 * Math.sqrt(Math.min(count.get(areaId) ?? 0, 25));
}

function wished(room: Rect, wish: RoomWish | undefined): Rect {
  return wish ? { x: wish.x ?? room.x, z: wish.z ?? room.z, w: wish.w ?? room.w, d: wish.d ?? room.d } : room;
}

/**
 * Squarified treemap (Bruls, Huizing, van Wijk 2000): fills the rectangle with cells of given weights, as square as
 * can be; equal weights keep their order.
 */
export function squarify<T extends { weight: number }>(cells: readonly T[], into: Rect): { cell: T; rect: Rect }[] {
  const sum = cells.reduce((total, { weight }) => total + weight, 0);
  const scale = (into.w * into.d) / Math.max(sum, 1e-9);
  const queue = [...cells].sort((a, b) => b.weight - a.weight);
  const placed: { cell: T; rect: Rect }[] = [];
  let { x, z, w, d } = into;
  while (queue.length > 0) {
    const side = Math.min(w, d);
    const row: T[] = [];
    let surface = 0;
    let worst = Infinity;
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const candidate = surface + next.weight * scale;
      const areas = [...row, next].map(({ weight }) => weight * scale);
      const ratio = Math.max(
        ...areas.map((area) => Math.max((side * side * area) / candidate ** 2, candidate ** 2 / (side * side * area))),
      );
      if (row.length > 0 && ratio > worst) break;
      row.push(next);
      queue.shift();
      surface = candidate;
      worst = ratio;
    }
    const thickness = surface / Math.max(side, 1e-9);
    let along = 0;
    for (const cell of row) {
      const length = (cell.weight * scale) / Math.max(thickness, 1e-9);
      const rect = w <= d ? { x: x + along, z, w: length, d: thickness } : { x, z: z + along, w: thickness, d: length };
      placed.push({ cell, rect: { x: round(rect.x), z: round(rect.z), w: round(rect.w), d: round(rect.d) } });
      along += length;
    }
    if (w <= d) {
      z += thickness;
      d -= thickness;
    } else {
      x += thickness;
      w -= thickness;
    }
  }
  return placed;
}

function inRoom<T extends { id: string; area_id: string | null }>(
  room: Room,
  rooms: readonly Room[],
  devices: readonly T[],
) {
  const known = new Set(rooms.map(({ areaId }) => areaId));
  const first = rooms.find(({ outdoor }) => !outdoor) ?? rooms[0];
  return devices
    .filter(({ area_id }) => (area_id !== null && known.has(area_id) ? area_id === room.areaId : room === first))
    .sort((a, b) => compare(a.id, b.id));
}

/** Lights on a grid below the ceiling of their room. */
function placeLights(rooms: readonly Room[], devices: HouseInput["devices"]): Placed[] {
  const lights = devices.filter(({ kind }) => kind === "light");
  return rooms.flatMap((room) => {
    const here = inRoom(room, rooms, lights);
    const columns = Math.max(1, Math.round(Math.sqrt((here.length * room.w) / Math.max(room.d, 0.1))));
    const rows = Math.ceil(here.length / columns);
    return here.map((light, i): Placed => {
      const inRow = Math.min(columns, here.length - Math.floor(i / columns) * columns);
      const x = room.x + (room.w * ((i % columns) + 1)) / (inRow + 1);
      const z = room.z + (room.d * (Math.floor(i / columns) + 1)) / (rows + 1);
      return {
        deviceId: light.id,
        kind: light.kind,
        areaId: room.areaId,
        at: [round(x), round(room.y + 1.0), round(z)],
      };
    });
  });
}

const STANDS_INSIDE = new Set<DeviceDto["kind"]>(["dishwasher", "washing_machine", "water_heater", "switch", "other"]);

/** Appliances side by side along the back wall of their room, then along the left one. */
function placeAppliances(rooms: readonly Room[], devices: HouseInput["devices"]): Placed[] {
  const standing = devices.filter(({ kind }) => STANDS_INSIDE.has(kind));
  return rooms.flatMap((room) => {
    const perWall = Math.max(1, Math.floor((room.w - 0.5) / 0.9));
    return inRoom(room, rooms, standing)
      .slice(0, perWall + Math.max(0, Math.floor((room.d - 1.4) / 0.9)))
      .map((device, i): Placed => {
        const x = i < perWall ? room.x + 0.55 + i * 0.9 : room.x + 0.55;
        const z = i < perWall ? room.z + 0.5 : room.z + 1.4 + (i - perWall) * 0.9;
        return { deviceId: device.id, kind: device.kind, areaId: room.areaId, at: [round(x), room.y, round(z)] };
      });
  });
}
