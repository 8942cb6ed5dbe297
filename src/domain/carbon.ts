import { HyperVoltError } from "./errors.ts";
import { MS_PER_HOUR, W_PER_KW } from "./units.ts";

/**
 * Carbon caused by drawing a power profile from the grid.
 * @param gridW            mean grid power per slot, W; export is negative and counts as zero
 * @param intensityGPerKwh grid intensity per slot, gCO2e/kWh; same length as `gridW`
 * @param slotMs           slot width, ms
 * @returns total, gCO2e
 * @throws  HyperVoltError SERIES_MISALIGNED
 * @see     docs/decisions/0003-location-based-carbon.md
 */
export function gridEmissionsG(gridW: readonly number[], intensityGPerKwh: readonly number[], slotMs: number): number {
  if (gridW.length !== intensityGPerKwh.length)
    throw new HyperVoltError("SERIES_MISALIGNED", `${gridW.length} powers but ${intensityGPerKwh.length} intensities`);
  const kWhPerW = slotMs / MS_PER_HOUR / W_PER_KW;
  return intensityGPerKwh.reduce((totalG, gPerKwh, i) => totalG + Math.max(gridW[i] ?? 0, 0) * kWhPerW * gPerKwh, 0);
}
