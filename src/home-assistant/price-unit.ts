/**
 * Factor from a price in a unit such as `EUR/kWh`, `ct/kWh`, `öre/kWh`, `£/MWh` to the currency per kWh.
 * @param unit  as the entity or the integration says; undefined counts as currency per kWh
 * @returns undefined where the unit is not a price of energy
 */
export function perKwhFactor(unit: string | undefined): number | undefined {
  if (unit === undefined || unit === "") return 1;
  const found = /^\s*([^/\s]*)\s*(?:\/|per)\s*(k|M)?Wh/i.exec(unit);
  if (!found) return undefined;
  const [, money = "", scale = ""] = found;
  if (/co[2₂]|^k?g$|^m[³3]$|^l$/i.test(money)) return undefined;
  const energy = scale === "" ? 1_000 : scale.toLowerCase() === "m" ? 0.001 : 1;
  return energy * (HUNDREDTHS.has(money.toLowerCase()) ? 0.01 : 1);
}

/** Cents, pence, öre and their like. */
const HUNDREDTHS = new Set([
  "ct",
  "cts",
  "cent",
  "cents",
  "c",
  "¢",
  "p",
  "pence",
  "gbp pence",
  "öre",
  "øre",
  "ore",
  "gr",
  "grosz",
  "eurocent",
]);
