import { flowCaps } from "./flow-caps.ts";
import type { Exclusions } from "./model-build.ts";
import { netW, type PlanFlows } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";

/** Opposite flows both above this are a fault to exclude, W. */
const BOTH_W = 0.02;

/** Where prices alone make opposite flows attractive: import paid better than it costs, or energy worth wasting. */
export function obviousExclusions(instance: PlanInstance): Exclusions {
  const { stepCount, importValuePerKwh, exportPricePerKwh, curtailable } = instance;
  const grid = new Uint8Array(stepCount);
  const wasteful = new Uint8Array(stepCount);
  for (let t = 0; t < stepCount; t++) {
    const importValue = importValuePerKwh[t] ?? 0;
    const exportPrice = exportPricePerKwh[t] ?? 0;
    if (importValue < exportPrice - 1e-12) grid[t] = 1;
    // Behind a transfer switch a battery would feed the home and be fed by the sun at once, which is two sources.
    if (importValue < 0 || (exportPrice < 0 && !curtailable) || instance.transferSwitch) wasteful[t] = 1;
  }
  return { grid, batteries: instance.batteries.map(() => wasteful.slice()) };
}

export function allExclusions(instance: PlanInstance): Exclusions {
  const all = new Uint8Array(instance.stepCount).fill(1);
  return { grid: all, batteries: instance.batteries.map(() => all) };
}

/**
 * Once opposite flows were seen in some steps, they will be seen in their like: grows `after` by every step that could
 * show the fault of a step that is in `after` but not in `before`.
 * @param everywhere false: only steps with the very prices of one of those
 */
export function widenExclusions(
  instance: PlanInstance,
  before: Exclusions,
  after: Exclusions,
  everywhere: boolean,
): Exclusions {
  const caps = flowCaps(instance, false);
  const priceOf = (t: number): string => `${instance.importValuePerKwh[t]}/${instance.exportPricePerKwh[t]}`;
  const widen = (old: Uint8Array, grown: Uint8Array, possible: (t: number) => boolean): Uint8Array => {
    const prices = new Set<string>();
    for (const [t, flag] of grown.entries()) if (flag === 1 && old[t] !== 1) prices.add(priceOf(t));
    if (prices.size === 0) return grown;
    return grown.map((flag, t) => (flag === 1 || ((everywhere || prices.has(priceOf(t))) && possible(t)) ? 1 : 0));
  };
  const flowing = (cap: Float64Array | undefined, t: number): boolean => (cap?.[t] ?? 0) > 0;
  return {
    grid: widen(before.grid, after.grid, (t) =>
      instance.batteries.some(
        (battery, b) =>
          (!battery.mayExport && flowing(caps.dischargeKw[b], t)) ||
          (!battery.mayChargeFromGrid && flowing(caps.chargeKw[b], t)),
      ),
    ),
    batteries: after.batteries.map((grown, b) =>
      widen(
        before.batteries[b] ?? grown,
        grown,
        (t) => flowing(caps.chargeKw[b], t) && flowing(caps.dischargeKw[b], t),
      ),
    ),
  };
}

/**
 * Takes opposite flows of a battery apart where that costs nothing, and reports where it would.
 * @returns the flows, and the exclusions grown by every step that needs one; `grown` is false when none was missing
 */
export function separateFlows(
  instance: PlanInstance,
  flows: PlanFlows,
  exclusions: Exclusions,
): Readonly<{ flows: PlanFlows; exclusions: Exclusions; grown: boolean }> {
  const grid = exclusions.grid.slice();
  const batteries = exclusions.batteries.map((it) => it.slice());
  const pvW = flows.pvW.slice();
  const chargeW = flows.chargeW.map((it) => it.slice());
  const dischargeW = flows.dischargeW.map((it) => it.slice());
  const clean: PlanFlows = { ...flows, pvW, chargeW, dischargeW };
  let grown = false;
  const exclude = (steps: Uint8Array | undefined, t: number): void => {
    if (!steps || steps[t] === 1) return;
    steps[t] = 1;
    grown = true;
  };
  for (let t = 0; t < instance.stepCount; t++) {
    for (const [b, battery] of instance.batteries.entries()) {
      const charge = chargeW[b]?.[t] ?? 0;
      const discharge = dischargeW[b]?.[t] ?? 0;
      if (Math.min(charge, discharge) <= 0) continue;
      const roundTrip = battery.chargeEfficiency * battery.dischargeEfficiency;
      const cut = Math.min(charge, discharge / roundTrip);
      const savedW = cut * (1 - roundTrip);
      const fits = charge - cut < NOISE_W || charge - cut >= battery.minChargeW;
      if (fits && absorbs(instance, clean, t, savedW)) {
        chargeW[b]![t] = Math.max(0, charge - cut);
        dischargeW[b]![t] = Math.max(0, discharge - cut * roundTrip);
      } else if (Math.min(charge, discharge) > BOTH_W) exclude(batteries[b], t);
    }
    const net = netW(instance, clean, t);
    if (feedsForbiddenly(instance, clean, t)) exclude(grid, t);
    for (const [b, battery] of instance.batteries.entries()) {
      if (!battery.mayExport && Math.min(-net, dischargeW[b]?.[t] ?? 0) > BOTH_W) exclude(grid, t);
      if (!battery.mayChargeFromGrid && Math.min(net, chargeW[b]?.[t] ?? 0) > BOTH_W) exclude(grid, t);
    }
  }
  return { flows: clean, exclusions: { grid, batteries }, grown };
}

const NOISE_W = 0.01;

/**
 * A battery that may not export filling one that may not draw from the grid, with the meter at exactly zero: the least
 * deviation would break one of the two rules, so it counts as breaking them.
 */
function feedsForbiddenly(instance: PlanInstance, flows: PlanFlows, t: number): boolean {
  const some = (forbids: "mayExport" | "mayChargeFromGrid", powers: readonly Float64Array[]): boolean =>
    instance.batteries.some((battery, b) => !battery[forbids] && (powers[b]?.[t] ?? 0) > BOTH_W);
  return some("mayExport", flows.dischargeW) && some("mayChargeFromGrid", flows.chargeW);
}

/** Can `savedW` more in a step be taken up at no cost: by less import, or by less of the sun where that is allowed? */
function absorbs(instance: PlanInstance, flows: PlanFlows, t: number, savedW: number): boolean {
  if (savedW < NOISE_W) return true;
  const net = netW(instance, flows, t);
  if (net >= savedW && (instance.importValuePerKwh[t] ?? 0) >= 0 && instance.maxAcW === Infinity) return true;
  if (instance.curtailable && (flows.pvW[t] ?? 0) >= savedW && net <= 0) {
    flows.pvW[t] = (flows.pvW[t] ?? 0) - savedW;
    return true;
  }
  const exportedW = -net + savedW;
  return (
    net <= 0 &&
    (instance.exportPricePerKwh[t] ?? 0) >= 0 &&
    exportedW <= instance.maxExportW &&
    instance.maxAcW === Infinity &&
    instance.batteries.every((battery, b) => battery.mayExport || (flows.dischargeW[b]?.[t] ?? 0) <= BOTH_W)
  );
}
