import type { HomeDto } from "../../../src/serving/messages.ts";
import type { NodeId } from "./flows.ts";
import type { HouseLayout, Point } from "./layout.ts";

/** What stands around the house, and the cable from each thing to the meter, from it to there. */
export type EnergySite = Readonly<{
  pole: Point | null;
  /** Hovering roof with panels: centre of its lower edge, and its size. */
  roof: Readonly<{ x: number; y: number; z: number; w: number; d: number }> | null;
  batteries: readonly Readonly<{ id: string; at: Point }>[];
  cars: readonly Readonly<{ deviceId: string; at: Point }>[];
  heatPumps: readonly Readonly<{ deviceId: string; at: Point }>[];
  meter: Point;
  cables: Readonly<Partial<Record<NodeId | `ev:${string}`, readonly Point[]>>>;
}>;

/** Places roof, batteries, pole and cars around a house, from what the home has. */
export function energySite(
  house: HouseLayout,
  home: Pick<HomeDto, "has_pv" | "devices"> & { batteries: readonly { id: string }[] },
): EnergySite {
  const { width: w, depth: d, topY } = house;
  const meter: Point = [w + 0.3, 0.55, d * 0.62];
  const front = d + (house.outdoor.length > 0 ? 3.9 : 1.1);
  const pole: Point = [-2.4, 4.2, front - 0.4];
  const cables: Partial<Record<NodeId | `ev:${string}`, readonly Point[]>> = {
    grid: [pole, [-0.2, 0.5, front - 0.4], [w + 0.3, 0.08, front - 0.4], [w + 0.3, 0.08, d * 0.8], meter],
    home: [[w * 0.72, 0.12, d * 0.62], [w * 0.9, 0.12, d * 0.62], meter],
  };
  const roof = home.has_pv ? { x: w / 2, y: topY + 1.2, z: -0.4, w: w * 0.92, d: Math.min(d * 0.5, 4.2) } : null;
  if (roof)
    cables["solar"] = [[roof.x + roof.w / 2 - 0.2, roof.y, 0], [w + 0.3, roof.y - 0.4, 0], [w + 0.3, 0.6, 0.1], meter];
  const batteries = home.batteries
    .slice(0, 6)
    .map(({ id }, i) => ({ id, at: [w + 1.3, 0, d * 0.2 + i * 1.25] as const }));
  for (const { id, at } of batteries)
    cables[`battery:${id}`] = [[at[0] - 0.2, 0.7, at[2]], [w + 0.3, 0.6, at[2]], meter];
  const cars = home.devices
    .filter(({ kind }) => kind === "ev")
    .slice(0, 3)
    .map(({ id }, i) => ({ deviceId: id, at: [w + 3.6, 0, d * 0.72 + i * 2.4] as const }));
  for (const { deviceId, at } of cars)
    cables[`ev:${deviceId}`] = [[at[0] - 1.6, 0.6, at[2]], [at[0] - 2.1, 0.08, at[2]], [w + 0.3, 0.08, at[2]], meter];
  const heatPumps = home.devices
    .filter(({ kind }) => kind === "heat_pump")
    .slice(0, 3)
    .map(({ id }, i) => ({ deviceId: id, at: [-0.9, 0, d * 0.3 + i * 1.6] as const }));
  return { pole, roof, batteries, cars, heatPumps, meter, cables };
}
