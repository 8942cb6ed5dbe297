import type { Terms } from "./linear-model.ts";
import type { BatteryColumns, ModelBuild, ModelLayout } from "./model-build.ts";

/**
 * Adds a transfer switch: in each step the home runs from the grid, from the sun or from the batteries, and a source
 * that was switched on stays for its minimum dwell. The sun may charge the batteries whatever the source; only the
 * grid source imports, only the solar source exports.
 */
export function addTransferSwitch(
  build: ModelBuild,
  columns: Readonly<{ import: Int32Array; export: Int32Array; pv: Int32Array; batteries: readonly BatteryColumns[] }>,
): ModelLayout["source"] {
  const { model, instance, caps } = build;
  const { transferSwitch: rule, stepCount } = instance;
  if (!rule) return undefined;
  const binaries = (): Int32Array => Int32Array.from({ length: stepCount }, () => model.binary());
  const source = { grid: binaries(), solar: binaries(), battery: binaries() };
  const sum = (caps: readonly Float64Array[], t: number): number =>
    caps.reduce((total, cap) => total + (cap[t] ?? 0), 0);
  for (let t = 0; t < stepCount; t++) {
    const [g, s, b] = [source.grid[t] ?? -1, source.solar[t] ?? -1, source.battery[t] ?? -1];
    model.row(1, 1, [g, 1, s, 1, b, 1]);
    const imported = columns.import[t] ?? -1;
    if (imported >= 0) model.row(-Infinity, 0, [imported, 1, g, -(caps.importKw[t] ?? 0)]);
    const exported = columns.export[t] ?? -1;
    if (exported >= 0) model.row(-Infinity, 0, [exported, 1, s, -(caps.exportKw[t] ?? 0)]);
    const discharges = columns.batteries.flatMap((it) => [it.discharge[t] ?? -1, 1]);
    if (discharges.length > 0) model.row(-Infinity, 0, [...discharges, b, -sum(caps.dischargeKw, t)]);
    const pv = columns.pv[t] ?? -1;
    const pvKw = (instance.pvW[t] ?? 0) / 1000;
    const charges: Terms = columns.batteries.flatMap((it) => [it.charge[t] ?? -1, -1]);
    if (pv >= 0) model.row(-Infinity, 0, [pv, 1, s, -pvKw, ...charges]);
    else if (pvKw > 0) model.row(-Infinity, -pvKw, [s, -pvKw, ...charges]);
  }
  const initial = rule.initialSource;
  for (const name of ["grid", "solar", "battery"] as const) {
    if (rule.sources && name !== initial && !rule.sources.includes(name))
      for (const column of source[name]) model.bound(column, 0, 0);
    addDwell(build, source[name], rule.minDwellSteps, initial ? initial === name : undefined);
  }
  if (initial) {
    const still = Math.max(0, rule.minDwellSteps - (rule.initialDwellSteps ?? rule.minDwellSteps));
    for (const column of source[initial].slice(0, still)) model.bound(column, 1, 1);
  }
  return source;
}

/** Switched on at t (off before) means on until t + dwell, or the end; `wasOn` undefined: nothing is known of before. */
function addDwell(build: ModelBuild, on: Int32Array, dwellSteps: number, wasOn: boolean | undefined): void {
  if (wasOn === false)
    for (let k = 1; k < Math.min(on.length, dwellSteps); k++)
      build.model.row(0, Infinity, [on[k] ?? -1, 1, on[0] ?? -1, -1]);
  for (let t = 1; t < on.length; t++)
    for (let k = t + 1; k < Math.min(on.length, t + dwellSteps); k++)
      build.model.row(0, Infinity, [on[k] ?? -1, 1, on[t] ?? -1, -1, on[t - 1] ?? -1, 1]);
}
