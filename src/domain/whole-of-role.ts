import type { SensorRole, SensorState } from "./reading.ts";

/** Two inverters, batteries or connections are one sun, one storage and one grid to the plan. */
const SUMMED: ReadonlySet<SensorRole> = new Set(["grid", "grid_import", "grid_export", "pv", "battery_power"]);

/**
 * Of sensors of one role those whose sum it is: all that Home Assistant's energy dashboard lists for it. Where it lists
 * fewer than two the surest alone: others may be parts of it, or the same again.
 * @param surestFirst sensors of that role
 */
export function wholeOfRole(role: SensorRole, surestFirst: readonly SensorState[]): readonly SensorState[] {
  const listed = SUMMED.has(role) ? surestFirst.filter((state) => state.listed === true) : [];
  return listed.length > 1 ? listed : surestFirst.slice(0, 1);
}
