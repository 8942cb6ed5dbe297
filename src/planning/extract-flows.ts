import type { LoadColumns, ModelLayout } from "./model-build.ts";
import type { PlanFlows } from "./plan-flows.ts";
import type { InstanceLoad, PlanInstance } from "./plan-instance.ts";
import type { PowerSource } from "./rich-problem.ts";

/** Powers below this are the solver's tolerance, not a decision, W. */
const NOISE_W = 0.01;

/** The decisions in a solution of the model; fractional in a relaxed one. */
export function extractFlows(instance: PlanInstance, layout: ModelLayout, values: Float64Array): PlanFlows {
  const watts = (columns: Int32Array, fixedW?: Float64Array): Float64Array =>
    Float64Array.from(columns, (column, t) => {
      if (column < 0) return fixedW?.[t] ?? 0;
      const powerW = (values[column] ?? 0) * 1000;
      return powerW < NOISE_W ? 0 : powerW;
    });
  return {
    pvW: watts(layout.pv, instance.pvW).map((powerW, t) => Math.min(powerW, instance.pvW[t] ?? 0)),
    chargeW: layout.batteries.map((it, b) =>
      watts(it.charge).map((powerW) => Math.min(powerW, instance.batteries[b]?.maxChargeW ?? 0)),
    ),
    dischargeW: layout.batteries.map((it, b) =>
      watts(it.discharge).map((powerW) => Math.min(powerW, instance.batteries[b]?.maxDischargeW ?? 0)),
    ),
    loadsW: instance.loads.map((load, i) => loadPowers(instance, load, layout.loads[i], values)),
    lightsW: layout.lights.map((columns) => watts(columns)),
    tanksW: layout.tanks.map((tank) => watts(tank.power)),
    source: layout.source && sourcesOf(layout.source, values),
  };
}

function loadPowers(
  instance: PlanInstance,
  load: InstanceLoad,
  layout: LoadColumns | undefined,
  values: Float64Array,
): Float64Array {
  const powerW = new Float64Array(instance.stepCount);
  for (const [i, column] of layout?.columns.entries() ?? []) {
    const chosen = snapped(values[column] ?? 0);
    if (chosen === 0 || !layout) continue;
    const profileW = layout.kind === "starts" ? load.profileW : load.profileW.slice(0, 1);
    for (const [j, w] of profileW.entries()) {
      const t = layout.first + i + j;
      powerW[t] = (powerW[t] ?? 0) + chosen * w;
    }
  }
  return powerW;
}

/** Whole within the solver's tolerance. */
const snapped = (value: number): number => (Math.abs(value - Math.round(value)) < 1e-4 ? Math.round(value) : value);

function sourcesOf(source: NonNullable<ModelLayout["source"]>, values: Float64Array): PowerSource[] {
  const names = ["grid", "solar", "battery"] as const;
  return Array.from(source.grid, (_, t) =>
    names.reduce<PowerSource>(
      (best, name) => ((values[source[name][t] ?? -1] ?? 0) > (values[source[best][t] ?? -1] ?? 0) ? name : best),
      "grid",
    ),
  );
}
