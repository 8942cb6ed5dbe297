import type { SwitchedBattery } from "./battery-wants.ts";
import type { RoomSituation } from "./dimming.ts";
import type { FuseReading } from "./fuse-guard.ts";
import type { DueLoads } from "./load-shifting.ts";
import type { WantedSource } from "./transfers.ts";

/** A room as the sensors see it; `lights` are device ids. */
export type ActingRoom = Readonly<
  Omit<RoomSituation, "lights" | "targetLx" | "floorPct"> & {
    areaId: string;
    lights: readonly string[];
    targetLx?: number;
  }
>;

/** All that acting is told at a tick. Powers in W. */
export type Situation = Readonly<{
  /** What the plan in force says for now (`dueLoads`); null while there is none that holds. */
  due: DueLoads | null;
  batteries: readonly SwitchedBattery[];
  rooms: readonly ActingRoom[];
  /** + is import; null while it is not measured. */
  grid: FuseReading | null;
  /** By device id, where a meter tells. */
  devicePowerW: Readonly<Record<string, number>>;
  /** Which source each interlock should have closed. */
  sources: readonly WantedSource[];
}>;

export const NOTHING_KNOWN: Situation = {
  due: null,
  batteries: [],
  rooms: [],
  grid: null,
  devicePowerW: {},
  sources: [],
};
