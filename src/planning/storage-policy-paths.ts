import type { Scenarios } from "../domain/forecast.ts";
import { G_PER_KG, MS_PER_HOUR } from "../domain/units.ts";
import type { StoragePaths } from "./storage-policy-program.ts";

const KINDS_OF_DAY = 3;
/** Below so many paths a kind would be told apart by chance. */
const PATHS_PER_KIND = 5;

/**
 * Scenarios as the programme reads them: flat, import with its carbon, and each path's kind of day by how much surplus
 * it brings (by net load where the home has none).
 * @param plannedLoadW power of started and planned loads on top of load_w, W per step
 */
export function storagePaths(
  scenarios: Scenarios,
  carbonPricePerKg: number,
  plannedLoadW: Float64Array | undefined,
): StoragePaths {
  const { paths, stepMs } = scenarios;
  const count = Math.max(1, ...Object.values(paths).map((drawn) => drawn.length));
  const length = paths["load_w"]?.[0]?.length ?? 0;
  const flat = (name: string): Float64Array => {
    const drawn = paths[name] ?? [];
    const values = new Float64Array(count * length);
    if (drawn.length > 0) for (let n = 0; n < count; n++) values.set(drawn[n % drawn.length] ?? [], n * length);
    return values;
  };
  const loadW = flat("load_w");
  if (plannedLoadW) for (let i = 0; i < loadW.length; i++) loadW[i] = (loadW[i] ?? 0) + (plannedLoadW[i % length] ?? 0);
  const pvW = flat("pv_w");
  const importPerKwh = flat("import_price");
  const carbon = flat("carbon_g_kwh");
  for (let i = 0; i < importPerKwh.length; i++)
    importPerKwh[i] = (importPerKwh[i] ?? 0) + (carbonPricePerKg * (carbon[i] ?? 0)) / G_PER_KG;
  const weights = scenarios.weights ?? new Float64Array(count).fill(1 / count);
  const kinds = Math.max(1, Math.min(KINDS_OF_DAY, Math.floor(count / PATHS_PER_KIND)));
  return {
    count,
    length,
    weights,
    kinds,
    kindOf: kindsOfDay(loadW, pvW, weights, length, kinds),
    hours: new Float64Array(length).fill(stepMs / MS_PER_HOUR),
    loadW,
    pvW,
    importPerKwh,
    exportPerKwh: flat("export_price"),
  };
}

/** Ranks the paths by surplus, or by net load where there is none, and cuts the ranking into equally likely kinds. */
function kindsOfDay(
  loadW: Float64Array,
  pvW: Float64Array,
  weights: Float64Array,
  length: number,
  kinds: number,
): Int32Array {
  const count = weights.length;
  const surplus = new Float64Array(count);
  const net = new Float64Array(count);
  for (let n = 0; n < count; n++)
    for (let i = n * length; i < (n + 1) * length; i++) {
      const netW = (loadW[i] ?? 0) - (pvW[i] ?? 0);
      net[n] = (net[n] ?? 0) + netW;
      surplus[n] = (surplus[n] ?? 0) + Math.min(0, netW);
    }
  const key = surplus.some((value) => value < 0) ? surplus : net;
  const ranked = Array.from({ length: count }, (_, n) => n).sort((a, b) => (key[a] ?? 0) - (key[b] ?? 0) || a - b);
  const kindOf = new Int32Array(count);
  let before = 0;
  for (const n of ranked) {
    const weight = weights[n] ?? 0;
    kindOf[n] = Math.min(kinds - 1, Math.floor((before + weight / 2) * kinds));
    before += weight;
  }
  return kindOf;
}
