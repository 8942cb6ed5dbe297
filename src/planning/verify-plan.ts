import type { Relaxation } from "../domain/plan.ts";
import type { RichBattery, RichLoad, RichPlan, RichPlanStep, RichProblem } from "./rich-problem.ts";
import { verifyRich } from "./verify-rich.ts";

/** A rule a plan breaks: which, in which step (-1: over the whole plan), and by how much in its own unit. */
export type Violation = Readonly<{ what: string; step: number; by: number }>;

const POWER_TOLERANCE_W = 0.5;
const SOC_TOLERANCE = 5e-5;

/**
 * Recomputes a plan from its own flows by the physics of the contract (plan.md) and finds every rule it breaks.
 * Deliberately shares no code with the model builder. Wishes named in `plan.relaxed` may be exceeded by what it says;
 * physics may not.
 * @returns [] for a correct plan
 */
export function verifyPlan(problem: RichProblem, plan: RichPlan): Violation[] {
  const found: Violation[] = [];
  const { steps } = plan;
  const stepCount = problem.series.loadW.length;
  if (steps.length !== stepCount) return [{ what: "steps", step: -1, by: Math.abs(steps.length - stepCount) }];
  const report: Report = (what, step, by, tolerance) => {
    if (!(by <= tolerance)) found.push({ what, step, by });
  };
  for (const [t, step] of steps.entries()) verifyStep(problem, plan, t, step, report);
  for (const battery of problem.batteries ?? []) verifyBattery(problem, plan, battery, report);
  for (const load of problem.loads ?? []) verifyLoad(plan, load, report);
  verifyRich(problem, plan, report);
  verifySums(problem, plan, report);
  return found;
}

const hoursOf = (problem: RichProblem, t: number): number =>
  (typeof problem.stepMinutes === "number" ? problem.stepMinutes : (problem.stepMinutes[t] ?? 0)) / 60;

type Report = (what: string, step: number, by: number, tolerance: number) => void;

function allowance(relaxed: readonly Relaxation[], what: string): number {
  return relaxed.reduce((most, it) => (it.what === what ? Math.max(most, it.by) : most), 0);
}

function verifyStep(problem: RichProblem, plan: RichPlan, t: number, step: RichPlanStep, report: Report): void {
  const { importW, exportW, pvW } = step;
  const availableW = problem.series.pvW?.[t] ?? 0;
  for (const [what, powerW] of [
    ["importW", importW],
    ["exportW", exportW],
    ["pvW", pvW],
  ] as const)
    report(`${what} below zero`, t, -powerW, POWER_TOLERANCE_W);
  report("import and export at once", t, Math.min(importW, exportW), POWER_TOLERANCE_W);
  report("pvW above what is available", t, pvW - availableW, POWER_TOLERANCE_W);
  if (problem.pv?.curtailable !== true)
    report("pvW curtailed", t, availableW - pvW, POWER_TOLERANCE_W + allowance(plan.relaxed, "pv.curtailable"));
  const limits = [
    ["grid.maxImportW", importW, problem.grid?.maxImportW],
    ["grid.maxExportW", exportW, problem.grid?.maxExportW],
  ] as const;
  for (const [what, powerW, limitW] of limits)
    if (limitW != null) report(what, t, powerW - limitW, POWER_TOLERANCE_W + allowance(plan.relaxed, what));
  let demandW = problem.series.loadW[t] ?? 0;
  for (const powerW of Object.values(step.loads)) demandW += powerW;
  let batteriesW = 0;
  for (const { id, mayExport, mayChargeFromGrid } of problem.batteries ?? []) {
    const powerW = step.batteries[id]?.powerW ?? Number.NaN;
    batteriesW += powerW;
    if (mayExport === false) report(`batteries.${id}.mayExport`, t, Math.min(-powerW, exportW), POWER_TOLERANCE_W);
    if (mayChargeFromGrid === false)
      report(`batteries.${id}.mayChargeFromGrid`, t, Math.min(powerW, importW), POWER_TOLERANCE_W);
  }
  report("energy balance", t, Math.abs(importW - exportW - (demandW + batteriesW - pvW)), 2 * POWER_TOLERANCE_W);
  if (problem.inverter)
    report("inverter.maxAcW", t, Math.abs(pvW - batteriesW) - problem.inverter.maxAcW, POWER_TOLERANCE_W);
}

function verifyBattery(problem: RichProblem, plan: RichPlan, battery: RichBattery, report: Report): void {
  const name = `batteries.${battery.id}`;
  const low = Math.min(battery.minSoc ?? 0, battery.initialSoc);
  const high = Math.max(battery.maxSoc ?? 1, battery.initialSoc);
  let soc = battery.initialSoc;
  for (const [t, step] of plan.steps.entries()) {
    const powerW = step.batteries[battery.id]?.powerW ?? Number.NaN;
    const stated = step.batteries[battery.id]?.soc ?? Number.NaN;
    if (battery.readyBy?.step === t) verifyReady(plan, battery, t, soc, report);
    report(`${name}.maxChargeW`, t, powerW - battery.maxChargeW, POWER_TOLERANCE_W);
    report(`${name}.maxDischargeW`, t, -powerW - battery.maxDischargeW, POWER_TOLERANCE_W);
    if (powerW > POWER_TOLERANCE_W)
      report(`${name}.minChargeW`, t, (battery.minChargeW ?? 0) - powerW, POWER_TOLERANCE_W);
    if (battery.connected?.[t] === false) report(`${name}.connected`, t, Math.abs(powerW), POWER_TOLERANCE_W);
    const gainedWh = powerW > 0 ? powerW * battery.chargeEfficiency : powerW / battery.dischargeEfficiency;
    soc += (gainedWh * hoursOf(problem, t)) / battery.capacityWh;
    report(`${name}.minSoc`, t, low - soc, SOC_TOLERANCE);
    report(`${name}.maxSoc`, t, soc - high, SOC_TOLERANCE);
    report(`${name}.soc misstated`, t, Math.abs(stated - soc), SOC_TOLERANCE);
  }
  if (battery.readyBy && battery.readyBy.step >= plan.steps.length)
    verifyReady(plan, battery, plan.steps.length, soc, report);
  if (battery.finalMinSoc !== undefined)
    report(
      `${name}.finalMinSoc`,
      -1,
      battery.finalMinSoc - soc,
      SOC_TOLERANCE + allowance(plan.relaxed, `${name}.finalMinSoc`),
    );
}

function verifyReady(plan: RichPlan, battery: RichBattery, t: number, soc: number, report: Report): void {
  const what = `batteries.${battery.id}.readyBy`;
  report(what, t, (battery.readyBy?.soc ?? 0) - soc, SOC_TOLERANCE + allowance(plan.relaxed, what));
}

function verifyLoad(plan: RichPlan, load: RichLoad, report: Report): void {
  const name = `loads.${load.id}`;
  const stepCount = plan.steps.length;
  const powersW = plan.steps.map((step) => step.loads[load.id] ?? Number.NaN);
  const asked = load.profileW?.length ?? load.steps ?? 0;
  // What is not fitted into the plan is missed below, however much it is.
  const length = Math.min(asked - Math.min(asked, allowance(plan.relaxed, `${name}.steps`)), stepCount + 1);
  const profileW = load.profileW?.slice(0, length) ?? Array.from({ length }, () => load.powerW ?? 0);
  if (load.valuePerRun !== undefined && powersW.every((powerW) => Math.abs(powerW) <= POWER_TOLERANCE_W)) return;
  const early = allowance(plan.relaxed, `${name}.earliestStep`);
  const late = allowance(plan.relaxed, `${name}.latestStep`);
  const from = Math.max(0, (load.earliestStep ?? 0) - early);
  const to = Math.min(stepCount, Math.min(load.latestStep ?? stepCount, stepCount) + late);
  if (load.contiguous === true || load.profileW !== undefined || load.started === true) {
    const misfit = (start: number): number =>
      powersW.reduce((worst, powerW, t) => Math.max(worst, Math.abs(powerW - (profileW[t - start] ?? 0))), 0);
    let best = Infinity;
    const starts = load.started === true ? [0] : Array.from({ length: stepCount }, (_, t) => t);
    for (const start of starts)
      if (
        start + profileW.length <= stepCount &&
        (load.started === true || (start >= from && start + profileW.length <= to))
      )
        best = Math.min(best, misfit(start));
    if (profileW.length === 0) best = Math.max(0, ...powersW.map(Math.abs));
    report(`${name} does not run its profile once within its window`, -1, best, POWER_TOLERANCE_W);
    return;
  }
  const on = powersW.map((powerW) => powerW > POWER_TOLERANCE_W);
  const needed = (load.powerW ?? 0) > POWER_TOLERANCE_W ? profileW.length : 0;
  report(`${name}.steps`, -1, Math.abs(on.filter(Boolean).length - needed), 0);
  for (const [t, powerW] of powersW.entries()) {
    report(`${name}.powerW`, t, on[t] ? Math.abs(powerW - (load.powerW ?? 0)) : Math.abs(powerW), POWER_TOLERANCE_W);
    if (on[t] && (t < from || t >= to)) report(`${name} is on outside its window`, t, powerW, POWER_TOLERANCE_W);
  }
}

function verifySums(problem: RichProblem, plan: RichPlan, report: Report): void {
  const { series } = problem;
  let cost = 0;
  let carbonKg = 0;
  let batteriesCost = 0;
  for (const [t, { importW, exportW, batteries }] of plan.steps.entries()) {
    const h = hoursOf(problem, t);
    cost += (h / 1000) * importW * (series.importPricePerKwh[t] ?? 0);
    cost -= (h / 1000) * exportW * (series.exportPricePerKwh?.[t] ?? 0);
    carbonKg += (h / 1e6) * importW * (series.carbonGPerKwh?.[t] ?? 0);
    for (const { id, wearPerKwh } of problem.batteries ?? [])
      batteriesCost += (h / 1000) * Math.max(0, -(batteries[id]?.powerW ?? 0)) * (wearPerKwh ?? 0);
  }
  const last = plan.steps.at(-1);
  for (const { id, capacityWh, finalValuePerKwh } of problem.batteries ?? [])
    batteriesCost -= ((finalValuePerKwh ?? 0) * (last?.batteries[id]?.soc ?? 0) * capacityWh) / 1000;
  const objective = cost + (problem.objective?.carbonPricePerKg ?? 0) * carbonKg + batteriesCost;
  const tolerance = 1e-4 + 1e-5 * (Math.abs(cost) + Math.abs(objective));
  report("cost misstated", -1, Math.abs(plan.cost - cost), tolerance);
  report("carbonKg misstated", -1, Math.abs(plan.carbonKg - carbonKg), tolerance);
  report("objective misstated", -1, Math.abs(plan.objective - objective), tolerance);
}
