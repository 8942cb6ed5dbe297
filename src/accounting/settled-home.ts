import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";

/**
 * What is known of an interval when it is settled. Powers are means over it, W; + is into the house from the grid and
 * + charges a battery. "Otherwise" is the other course of the same home: in `auto` without HyperVolt, in `advise` with
 * HyperVolt's advice followed; in `off` there is none.
 */
export type SettledHome = Readonly<{
  startMs: number;
  endMs: number;
  mode: "auto" | "advise" | "off";
  /** At the meter; null where it is not measured: then load, PV and batteries stand in for it. */
  gridW: number | null;
  loadW: number | null;
  /** As produced; null where there is none or it is not measured. */
  pvW: number | null;
  pricePerKwh: number;
  exportPricePerKwh: number;
  /** Location-based intensity of grid electricity. */
  carbonGPerKwh: number;
  /** Share of the interval that was measured, 0..1. */
  measuredShare: number;
  batteries: readonly SettledBattery[];
  /** Devices that run at another power now than otherwise: dimmed lights. */
  dimmed: readonly Readonly<{ deviceId: string; powerW: number; otherwiseW: number }>[];
  /** Devices whose run would otherwise happen `shiftMs` later (negative: earlier); `powerW` is what they draw now. */
  shifted: readonly Readonly<{ deviceId: string; powerW: number; shiftMs: number }>[];
}>;

export type SettledBattery = Readonly<{
  battery: Battery;
  /** Measured; null where it is not: the battery is then taken to do the same otherwise. */
  powerW: number | null;
  /** Measured at the end of the interval; null where it is not. */
  soc: number | null;
  /** In `auto`: HyperVolt commands it, and it would follow the home's net load by itself. */
  controlled: boolean;
  /** In `advise`: the advice for it. */
  advice: BatteryCommand | null;
}>;
