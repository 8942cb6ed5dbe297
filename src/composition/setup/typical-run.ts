import type { ControllableDevice } from "../../domain/entity.ts";

/** A sensible run where nothing was measured, by kind: full power, W, length, minutes, and whether in one piece. */
export const TYPICAL_RUN: Readonly<
  Record<ControllableDevice["kind"], readonly [powerW: number, minutes: number, contiguous: boolean]>
> = {
  light: [10, 60, false],
  switch: [500, 60, true],
  dishwasher: [1_100, 120, true],
  washing_machine: [700, 120, true],
  water_heater: [2_000, 120, false],
  ev: [3_700, 240, false],
  heat_pump: [2_000, 180, false],
  battery: [2_000, 120, false],
  other: [500, 120, true],
};
