import type { LinearModel, Terms } from "./linear-model.ts";
import { type BatteryColumns, KW_PER_W, type ModelBuild } from "./model-build.ts";

type Columns = Readonly<{
  import: Int32Array;
  export: Int32Array;
  pv: Int32Array;
  batteries: readonly BatteryColumns[];
}>;

/**
 * Tightens a step in which a whole number says whether the home imports (1) or exports (0): every flow is split into
 * its part on either side, each bounded by its side (Balas 1979, the hull of a disjunction), so that a share of a side
 * cannot have the best of both. Changes nothing for a whole number. Call it when all else is in the balance.
 */
export function addMeterSides(build: ModelBuild, t: number, columns: Columns): void {
  const { model, instance, caps } = build;
  const z = build.importing[t] ?? -1;
  const [i, e, pv] = [columns.import[t] ?? -1, columns.export[t] ?? -1, columns.pv[t] ?? -1];
  if (z < 0 || i < 0 || e < 0) return;
  const loadKw = (instance.loadW[t] ?? 0) * KW_PER_W;
  const pvKw = (instance.pvW[t] ?? 0) * KW_PER_W;
  // The importing side's own balance: import is what is consumed there less what is supplied there.
  const side: Terms = [i, 1, z, (pv < 0 ? pvKw : 0) - loadKw];
  const all: Switched = { on: [], constant: 1 };
  const here: Switched = { on: [z, 1], constant: 0 };
  if (pv >= 0) side.push(splitFlow(model, [pv, 1], pvKw, here, all), 1);
  for (const [b, { charge, discharge, charging }] of columns.batteries.entries()) {
    const rules = instance.batteries[b];
    const [c, x, w] = [charge[t] ?? -1, discharge[t] ?? -1, charging[t] ?? -1];
    const [chargeKw, dischargeKw] = [caps.chargeKw[b]?.[t] ?? 0, caps.dischargeKw[b]?.[t] ?? 0];
    let [charges, chargesHere, discharges, dischargesHere] = [all, here, all, here];
    if (w >= 0) {
      const v = splitFlow(model, [w, 1], 1, here, all);
      [charges, chargesHere] = [
        { on: [w, 1], constant: 0 },
        { on: [v, 1], constant: 0 },
      ];
      [discharges, dischargesHere] = [
        { on: [w, -1], constant: 1 },
        { on: [z, 1, v, -1], constant: 0 },
      ];
      if (rules?.mayChargeFromGrid === false) model.row(-Infinity, 0, [c, 1, w, -chargeKw, v, chargeKw]);
      if (rules?.mayExport === false) model.row(-Infinity, 0, [x, 1, z, -dischargeKw, v, dischargeKw]);
    }
    if (chargeKw > 0 && rules?.mayChargeFromGrid !== false)
      side.push(splitFlow(model, [c, 1], chargeKw, chargesHere, charges), -1);
    if (dischargeKw > 0 && rules?.mayExport === false) side.push(x, 1);
    else if (dischargeKw > 0) side.push(splitFlow(model, [x, 1], dischargeKw, dischargesHere, discharges), 1);
  }
  const rest = otherDemand(
    build,
    t,
    new Set([i, e, pv, ...columns.batteries.flatMap((it) => [it.charge[t], it.discharge[t]])]),
  );
  if (rest.length > 0) side.push(splitFlow(model, rest, (caps.demandKw[t] ?? 0) - loadKw, here, all), -1);
  model.row(0, 0, side);
}

/** A switch as a sum of columns and a constant, 0 or 1 where all are whole. */
type Switched = Readonly<{ on: Terms; constant: number }>;

/** Adds the importing side's part of a flow of at most `cap` while `whole` is on; returns its column. */
function splitFlow(model: LinearModel, flow: Terms, cap: number, here: Switched, whole: Switched): number {
  const part = model.column(0, Math.max(0, cap));
  const times = (terms: Terms, factor: number): Terms => terms.map((it, k) => (k % 2 === 1 ? it * factor : it));
  model.row(-Infinity, cap * here.constant, [part, 1, ...times(here.on, -cap)]);
  model.row(0, Infinity, [...flow, part, -1]);
  const elsewhere = [...times(whole.on, -cap), ...times(here.on, cap)];
  model.row(-Infinity, cap * (whole.constant - here.constant), [...flow, part, -1, ...elsewhere]);
  return part;
}

/** What loads, lights and tanks draw in a step. */
function otherDemand({ balance }: ModelBuild, t: number, known: ReadonlySet<number | undefined>): Terms {
  const terms = balance[t] ?? [];
  const rest: Terms = [];
  for (let k = 0; k < terms.length; k += 2) if (!known.has(terms[k])) rest.push(terms[k]!, -terms[k + 1]!);
  return rest;
}
