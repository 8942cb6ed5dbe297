import { MS_PER_HOUR, W_PER_KW } from "../domain/units.ts";
import { gridEmissionsG } from "../domain/carbon.ts";

/**
 * Cost and carbon of a mean grid power over some hours. Export is paid at its price and gives no credit in carbon.
 * @param gridW + is into the house, W
 */
export function gridCost(
  gridW: number,
  hours: number,
  prices: Readonly<{ pricePerKwh: number; exportPricePerKwh: number; carbonGPerKwh: number }>,
): { cost: number; carbonG: number } {
  const price = gridW >= 0 ? prices.pricePerKwh : prices.exportPricePerKwh;
  return {
    cost: (gridW * hours * price) / W_PER_KW,
    carbonG: gridEmissionsG([gridW], [prices.carbonGPerKwh], hours * MS_PER_HOUR),
  };
}
