import { addMeterSides } from "./model-meter-sides.ts";
import { type BatteryColumns, KW_PER_W, type ModelBuild } from "./model-build.ts";

type Columns = Readonly<{
  import: Int32Array;
  export: Int32Array;
  pv: Int32Array;
  batteries: readonly BatteryColumns[];
}>;

/** What one switch added: a key that is the same in every model of the problem, and where it starts. */
export type SwitchPlace = Readonly<{ key: string; column: number; row: number }>;

/**
 * Adds the whole numbers that keep opposite flows apart where `exclusions` asks for them. They come after everything
 * else, so that models of a problem that differ in them alone have all else at the same columns and rows.
 */
export function addSwitches(build: ModelBuild, columns: Columns): SwitchPlace[] {
  const { model, instance } = build;
  const places: SwitchPlace[] = [];
  const placed = (key: string, add: () => void): void => {
    const place = { key, column: model.columnCount, row: model.rowCount };
    add();
    if (model.rowCount > place.row) places.push(place);
  };
  for (let t = 0; t < instance.stepCount; t++) {
    placed(`meter ${t}`, () => addMeterSwitch(build, t, columns));
    for (const [b, battery] of columns.batteries.entries())
      placed(`battery ${b} ${t}`, () => addBatterySwitch(build, t, b, battery));
    const apart = columns.batteries.map(({ charging }) => ((charging[t] ?? -1) >= 0 ? 1 : 0)).join("");
    if (!build.elastic) placed(`sides ${t} ${apart}`, () => addMeterSides(build, t, columns));
  }
  return places;
}

/** Import or export, not both; with it go the batteries that may not export, or not charge from the grid. */
function addMeterSwitch(build: ModelBuild, t: number, columns: Columns): void {
  const { model, instance, caps } = build;
  if (build.exclusions.grid[t] !== 1 || instance.transferSwitch) return;
  const z = (build.importing[t] = model.binary());
  const [i, e] = [columns.import[t] ?? -1, columns.export[t] ?? -1];
  if (i >= 0) model.row(-Infinity, 0, [i, 1, z, -(caps.importKw[t] ?? 0)]);
  if (e >= 0) model.row(-Infinity, caps.exportKw[t] ?? 0, [e, 1, z, caps.exportKw[t] ?? 0]);
  for (const [b, { charge, discharge }] of columns.batteries.entries()) {
    const rules = instance.batteries[b];
    const [chargeKw, dischargeKw] = [caps.chargeKw[b]?.[t] ?? 0, caps.dischargeKw[b]?.[t] ?? 0];
    if (rules?.mayChargeFromGrid === false && chargeKw > 0)
      model.row(-Infinity, chargeKw, [charge[t] ?? -1, 1, z, chargeKw]);
    if (rules?.mayExport === false && dischargeKw > 0)
      model.row(-Infinity, 0, [discharge[t] ?? -1, 1, z, -dischargeKw]);
  }
}

/** Charge or discharge, not both; and charge of at least the battery's least. */
function addBatterySwitch(build: ModelBuild, t: number, b: number, columns: BatteryColumns): void {
  const { model, instance, caps } = build;
  const battery = instance.batteries[b];
  const [chargeKw, dischargeKw] = [caps.chargeKw[b]?.[t] ?? 0, caps.dischargeKw[b]?.[t] ?? 0];
  const minChargeKw = (battery?.minChargeW ?? 0) * KW_PER_W;
  const apart = build.exclusions.batteries[b]?.[t] === 1 && dischargeKw > 0;
  if (!battery || chargeKw <= 0 || (!apart && minChargeKw <= 0)) return;
  const [c, x] = [columns.charge[t] ?? -1, columns.discharge[t] ?? -1];
  const w = (columns.charging[t] = model.binary(0, chargeKw < minChargeKw ? 0 : 1));
  model.row(-Infinity, 0, [c, 1, w, -chargeKw]);
  if (minChargeKw > 0) model.row(0, Infinity, [c, 1, w, -minChargeKw]);
  if (dischargeKw <= 0) return;
  model.row(-Infinity, dischargeKw, [x, 1, w, dischargeKw]);
  // As one of the two flows is zero, each alone must fit what was stored before (Pozo 2023).
  const h = instance.hours[t] ?? 0;
  const capacityKwh = battery.capacityWh * KW_PER_W;
  const before = columns.stored[t - 1];
  const startKwh = before === undefined ? battery.initialSoc * capacityKwh : 0;
  const was = before === undefined ? [] : [before, 1];
  model.row(-Infinity, battery.highSoc * capacityKwh - startKwh, [...was, c, h * battery.chargeEfficiency]);
  model.row(battery.lowSoc * capacityKwh - startKwh, Infinity, [...was, x, -h / battery.dischargeEfficiency]);
}
