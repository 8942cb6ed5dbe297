import { flowCaps } from "./flow-caps.ts";
import { LinearModel, type SparseModel, type Terms } from "./linear-model.ts";
import { addBattery } from "./model-batteries.ts";
import { type Exclusions, KW_PER_W, type ModelBuild, type ModelLayout, type SlackColumns } from "./model-build.ts";
import { addLight, addTank } from "./model-comforts.ts";
import { addExclusiveGroups, addLoad } from "./model-loads.ts";
import { addSwitches, type SwitchPlace } from "./model-switches.ts";
import { addTransferSwitch } from "./model-transfer.ts";
import type { PlanInstance } from "./plan-instance.ts";

/** A model and the meaning of its columns. */
export type PlanModel = Readonly<{
  model: LinearModel;
  layout: ModelLayout;
  /** How many columns and rows every model of the problem has at the same places; the switches come after them. */
  common: Readonly<{ columns: number; rows: number }>;
  switches: readonly SwitchPlace[];
  sparse: () => SparseModel;
}>;

/** The same model, to hold columns in. */
export function copyOf(built: PlanModel): PlanModel {
  const model = built.model.copy();
  return { ...built, model, sparse: () => model.toSparse() };
}

/**
 * The planning problem as a mixed integer linear programme (contract plan.md), powers in kW and energies in kWh.
 * @param exclusions where opposite flows are kept apart by whole numbers
 * @param elastic    every wish and grid limit may be exceeded; the caller chooses what to keep small
 */
export function buildModel(instance: PlanInstance, exclusions: Exclusions, elastic = false): PlanModel {
  const model = new LinearModel();
  const { stepCount, hours } = instance;
  const caps = flowCaps(instance, elastic);
  const importing = new Int32Array(stepCount).fill(-1);
  const balance = Array.from({ length: stepCount }, (): Terms => []);
  const imports = new Int32Array(stepCount).fill(-1);
  const exports = new Int32Array(stepCount).fill(-1);
  const build: ModelBuild = { model, instance, exclusions, caps, elastic, balance, importing };

  for (let t = 0; t < stepCount; t++) {
    const h = hours[t] ?? 0;
    const importCapKw = caps.importKw[t] ?? 0;
    const exportCapKw = caps.exportKw[t] ?? 0;
    if (importCapKw > 0) imports[t] = model.column(0, importCapKw, h * (instance.importValuePerKwh[t] ?? 0));
    if (exportCapKw > 0) exports[t] = model.column(0, exportCapKw, -h * (instance.exportPricePerKwh[t] ?? 0));
    const i = imports[t] ?? -1;
    const e = exports[t] ?? -1;
    if (i >= 0) balance[t]?.push(i, 1);
    if (e >= 0) balance[t]?.push(e, -1);
  }
  const pv = addPv(build);
  const shortages: Terms = [];
  const overruns: Terms = [];
  const batteries = instance.batteries.map((battery, b) => addBattery(build, b, battery, shortages));
  const loads = instance.loads.map((load) => addLoad(build, load, overruns));
  addExclusiveGroups(build, loads);
  const lights = instance.lights.map((light) => addLight(build, light));
  const tanks = instance.tanks.map((tank) => addTank(build, tank));
  const source = addTransferSwitch(build, { import: imports, export: exports, pv, batteries });
  addCapacityCharge(build, imports);
  const slack = elastic ? addSlack(build, { imports, exports, pv, shortages, overruns }) : undefined;

  const balanceRows = new Int32Array(stepCount);
  for (let t = 0; t < stepCount; t++) {
    const fixedPvKw = (pv[t] ?? -1) >= 0 ? 0 : (instance.pvW[t] ?? 0) * KW_PER_W;
    const demandKw = (instance.loadW[t] ?? 0) * KW_PER_W - fixedPvKw;
    balanceRows[t] = model.row(demandKw, demandKw, balance[t] ?? []);
    if (instance.maxAcW === Infinity) continue;
    const ac: Terms = batteries.flatMap((it) => [it.discharge[t] ?? -1, 1, it.charge[t] ?? -1, -1]);
    if ((pv[t] ?? -1) >= 0) ac.push(pv[t] ?? -1, 1);
    const maxAcKw = instance.maxAcW * KW_PER_W;
    model.row(-maxAcKw - fixedPvKw, maxAcKw - fixedPvKw, ac);
  }
  const flows = { import: imports, export: exports, pv, batteries, loads, lights, tanks, source };
  const layout = { ...flows, slack, balanceRows, importing };
  const common = { columns: model.columnCount, rows: model.rowCount };
  const switches = addSwitches(build, flows);
  return { model, layout, common, switches, sparse: () => model.toSparse() };
}

/** Columns of the PV power used, -1 where it is all used. */
function addPv({ model, instance, balance, elastic }: ModelBuild): Int32Array {
  const flexible =
    instance.curtailable || (elastic && (instance.maxAcW < Infinity || instance.transferSwitch !== undefined));
  return Int32Array.from(instance.pvW, (pvW, t) => {
    if (!flexible || pvW <= 0) return -1;
    const column = model.column(0, pvW * KW_PER_W);
    balance[t]?.push(column, 1);
    return column;
  });
}

function addCapacityCharge({ model, instance }: ModelBuild, imports: Int32Array): void {
  const charge = instance.capacityCharge;
  if (!charge) return;
  const peak = model.column(charge.peakSoFarW * KW_PER_W, Infinity, charge.pricePerKw);
  for (const column of imports) if (column >= 0) model.row(-Infinity, 0, [column, 1, peak, -1]);
}

function addSlack(
  { model, instance }: ModelBuild,
  terms: Readonly<{ imports: Int32Array; exports: Int32Array; pv: Int32Array; shortages: Terms; overruns: Terms }>,
): SlackColumns {
  const total = (parts: Terms): number => {
    const column = model.column(0, Infinity);
    model.row(0, 0, [column, -1, ...parts]);
    return column;
  };
  const overLimit = (flows: Int32Array, limitW: number): [peakKw: number, kwh: number] => {
    const peak = model.column(0, Infinity);
    const energy: Terms = [];
    for (const [t, flow] of flows.entries()) {
      if (flow < 0 || limitW === Infinity) continue;
      const over = model.column(0, Infinity);
      model.row(-Infinity, limitW * KW_PER_W, [flow, 1, over, -1]);
      model.row(-Infinity, 0, [over, 1, peak, -1]);
      energy.push(over, instance.hours[t] ?? 0);
    }
    return [peak, total(energy)];
  };
  const clipped: Terms = [];
  if (!instance.curtailable)
    for (const [t, column] of terms.pv.entries()) {
      if (column < 0) continue;
      const clip = model.column(0, Infinity);
      const pvKw = (instance.pvW[t] ?? 0) * KW_PER_W;
      model.row(pvKw, pvKw, [column, 1, clip, 1]);
      clipped.push(clip, instance.hours[t] ?? 0);
    }
  const [importPeakKw, importKwh] = overLimit(terms.imports, instance.maxImportW);
  const [exportPeakKw, exportKwh] = overLimit(terms.exports, instance.maxExportW);
  return {
    pvClipKwh: total(clipped),
    importPeakKw,
    importKwh,
    exportPeakKw,
    exportKwh,
    socKwh: total(terms.shortages),
    windowSteps: total(terms.overruns),
  };
}
