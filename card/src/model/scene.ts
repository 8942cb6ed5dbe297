import type { HomeDto } from "../../../src/serving/messages.ts";
import { energySite } from "./energy-site.ts";
import type { EnergySite } from "./energy-site.ts";
import { homeFlows } from "./flows.ts";
import type { Flow, NodeId } from "./flows.ts";
import { layoutHouse } from "./layout.ts";
import type { HouseLayout, Point, RoomWish } from "./layout.ts";
import type { Frame } from "./timeline.ts";

export type Tint = "none" | "warmth" | "power";
/** The house and what stands around it: changes with the registries, not with the time. */
export type Site = Readonly<{ house: HouseLayout; energy: EnergySite }>;
/** How it looks at an instant. Shares 0..1. */
export type Look = Readonly<{
  /** Brightness of a light by device id; absent is dark. */
  lights: ReadonlyMap<string, number>;
  /** Working appliances, by device id. */
  working: ReadonlySet<string>;
  /** -1 cold or none, 0 neutral, 1 warm or most, by area id; absent where not known or no tint is wanted. */
  warmth: ReadonlyMap<string, number>;
  soc: ReadonlyMap<string, number>;
  /** 0 night, 1 broad daylight. */
  daylight: number;
  selectedArea: string | null;
  /** Only this level, or all. */
  level: number | null;
}>;
/** A flow along a cable: dots of the source's kind from `points[0]` on. */
export type Current = Readonly<{ from: NodeId; to: NodeId | `ev:${string}`; powerW: number; points: readonly Point[] }>;

/** What the drawing of a site depends on; equal keys draw the same house. */
export function siteKey(home: HomeDto, rooms: Readonly<Record<string, RoomWish>>): string {
  const { floors, areas, devices, has_pv, flows } = home;
  return JSON.stringify([
    floors,
    areas.map(({ area_id, name, floor_id }) => [area_id, name, floor_id]),
    devices.map(({ id, kind, area_id }) => [id, kind, area_id]),
    has_pv,
    flows.batteries.map(({ id }) => id),
    rooms,
  ]);
}

export function siteOf(home: HomeDto, rooms: Readonly<Record<string, RoomWish>>): Site {
  const house = layoutHouse({ ...home, rooms });
  return { house, energy: energySite(house, { ...home, batteries: home.flows.batteries }) };
}

/** Lights and appliances as they are now, or as planned in a frame of the future; rooms tinted on demand. */
export function lookOf(
  home: HomeDto,
  frame: Frame,
  tint: Tint,
  hour: number,
  selectedArea: string | null,
  level: number | null,
): Look {
  const lights = new Map<string, number>();
  const working = new Set<string>();
  for (const device of home.devices) {
    const planned = frame.devicesW[device.id];
    if (device.kind === "light") {
      const brightness = device.on === true ? (device.brightness ?? 100) / 100 : 0;
      if (device.available && brightness > 0) lights.set(device.id, brightness);
    } else if (frame.kind === "now" ? device.on === true && (device.power_w ?? 1) > 0 : planned !== undefined)
      working.add(device.id);
  }
  return {
    lights,
    working,
    warmth: warmthOf(home, tint),
    soc: new Map(frame.batteries.flatMap(({ id, soc }) => (soc === null ? [] : [[id, soc]]))),
    daylight: daylightAt(hour, frame.pvW),
    selectedArea,
    level,
  };
}

function warmthOf(home: HomeDto, tint: Tint): ReadonlyMap<string, number> {
  if (tint === "none") return new Map();
  const mostW = Math.max(...home.areas.map(({ power_w }) => power_w ?? 0), 1);
  return new Map(
    home.areas.flatMap(({ area_id, temperature_c, power_w }): [string, number][] => {
      if (tint === "power") return power_w === null ? [] : [[area_id, Math.min(1, (2 * power_w) / mostW - 1)]];
      return temperature_c === null ? [] : [[area_id, Math.max(-1, Math.min(1, (temperature_c - 20.5) / 4))]];
    }),
  );
}

/** By the clock, and where the roof yields, it is day. */
function daylightAt(hour: number, pvW: number | null): number {
  const ramp = (from: number, to: number): number => Math.min(1, Math.max(0, (hour - from) / (to - from)));
  const clock = Math.min(ramp(5, 8), 1 - ramp(18.5, 21.5));
  return pvW !== null && pvW > 30 ? Math.max(clock, 0.75) : clock;
}

/** Every flow along the cables: from the source to the meter and on to its use. Cars take their part of the home's. */
export function currentsOf(
  home: HomeDto,
  site: Site,
  frame: Frame,
): { currents: Current[]; flows: readonly Flow[]; loadW: number; unaccountedW: number } {
  const { flows, loadW, unaccountedW } = homeFlows(frame);
  const { cables } = site.energy;
  const along = (from: NodeId, to: NodeId | `ev:${string}`): readonly Point[] | undefined => {
    const there = cables[from];
    const back = cables[to];
    return there && back ? [...there, ...[...back].reverse().slice(1)] : undefined;
  };
  const carsW = home.devices
    .filter(({ kind }) => kind === "ev")
    .map(({ id, power_w }) => ({ id, powerW: frame.kind === "now" ? (power_w ?? 0) : (frame.devicesW[id] ?? 0) }));
  const carsTotalW = carsW.reduce((sum, { powerW }) => sum + powerW, 0);
  const currents = flows.flatMap((flow): Current[] => {
    const parts: Current[] = [];
    const carShare = flow.to === "home" && loadW > 0 ? Math.min(carsTotalW / loadW, 1) : 0;
    const points = along(flow.from, flow.to);
    if (points && carShare < 1) parts.push({ ...flow, powerW: flow.powerW * (1 - carShare), points });
    if (carShare > 0)
      for (const { id, powerW } of carsW) {
        const way = along(flow.from, `ev:${id}`);
        const partW = (flow.powerW * carShare * powerW) / carsTotalW;
        if (way && partW > 0) parts.push({ from: flow.from, to: `ev:${id}`, powerW: partW, points: way });
      }
    return parts;
  });
  return { currents, flows, loadW, unaccountedW };
}
