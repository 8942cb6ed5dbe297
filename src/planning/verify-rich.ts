import type { DimmableLight, HeatTank, RichLoad, RichPlan, RichProblem, TransferSwitch } from "./rich-problem.ts";

/** Reports a rule that is broken by more than its tolerance. */
type Report = (what: string, step: number, by: number, tolerance: number) => void;

const POWER_TOLERANCE_W = 0.5;
const HEAT_TOLERANCE_WH = 1;

/** The rules of a RichProblem beyond the contract, recomputed from the plan alone. */
export function verifyRich(problem: RichProblem, plan: RichPlan, report: Report): void {
  for (const light of problem.lights ?? []) verifyLight(plan, light, report);
  for (const tank of problem.tanks ?? []) verifyTank(problem, plan, tank, report);
  for (const load of problem.loads ?? []) verifyDwell(plan, load, report);
  for (const group of problem.exclusive ?? [])
    for (const [t, step] of plan.steps.entries()) {
      const on = group.filter((id) => (step.loads[id] ?? 0) > POWER_TOLERANCE_W);
      report(`exclusive ${group.join(", ")}`, t, on.length - 1, 0);
    }
  if (problem.transferSwitch) verifySwitch(plan, problem.transferSwitch, report);
}

function verifyLight(plan: RichPlan, light: DimmableLight, report: Report): void {
  for (const [t, step] of plan.steps.entries()) {
    const powerW = step.loads[light.id] ?? Number.NaN;
    const wantedW = light.maxW * (light.wanted[t] ?? 0);
    report(`lights.${light.id} above what is wanted`, t, powerW - wantedW, POWER_TOLERANCE_W);
    report(`lights.${light.id}.floor`, t, light.floor * wantedW - powerW, POWER_TOLERANCE_W);
  }
}

function verifyTank(problem: RichProblem, plan: RichPlan, tank: HeatTank, report: Report): void {
  let heatWh = tank.initialWh;
  for (const [t, step] of plan.steps.entries()) {
    const minutes = typeof problem.stepMinutes === "number" ? problem.stepMinutes : (problem.stepMinutes[t] ?? 0);
    const powerW = step.loads[tank.id] ?? Number.NaN;
    const partial = Math.min(Math.abs(powerW), Math.abs(powerW - tank.heaterW));
    if (tank.modulating !== true) report(`tanks.${tank.id} is neither on nor off`, t, partial, POWER_TOLERANCE_W);
    report(`tanks.${tank.id}.heaterW`, t, Math.max(-powerW, powerW - tank.heaterW), POWER_TOLERANCE_W);
    heatWh *= (1 - tank.lossPerHour) ** (minutes / 60);
    heatWh += (minutes / 60) * powerW * tank.efficiency - (tank.drawWh[t] ?? 0);
    heatWh = Math.max(0, heatWh);
    report(`tanks.${tank.id}.capacityWh`, t, heatWh - Math.max(tank.capacityWh, tank.initialWh), HEAT_TOLERANCE_WH);
    report(
      `tanks.${tank.id} misstated`,
      t,
      Math.abs((step.tanks?.[tank.id]?.storedWh ?? Number.NaN) - heatWh),
      HEAT_TOLERANCE_WH,
    );
  }
}

function verifyDwell(plan: RichPlan, load: RichLoad, report: Report): void {
  if (load.profileW || load.contiguous === true) return;
  const on = plan.steps.map((step) => (step.loads[load.id] ?? 0) > POWER_TOLERANCE_W);
  let since = 0;
  for (let t = 1; t < on.length; t++) {
    if (on[t] === on[t - 1]) continue;
    const least =
      on[t - 1] === true ? Math.min(load.minOnSteps ?? 1, load.steps ?? 1) : since === 0 ? 1 : (load.minOffSteps ?? 1);
    report(`loads.${load.id} ${on[t - 1] === true ? "minOnSteps" : "minOffSteps"}`, t, least - (t - since), 0);
    since = t;
  }
}

function verifySwitch(plan: RichPlan, rule: TransferSwitch, report: Report): void {
  let since = -(rule.initialDwellSteps ?? rule.minDwellSteps);
  let before = rule.initialSource;
  for (const [t, { source, importW, exportW, pvW, batteries }] of plan.steps.entries()) {
    const powers = Object.values(batteries).map(({ powerW }) => powerW);
    const chargeW = powers.reduce((sum, powerW) => sum + Math.max(0, powerW), 0);
    const dischargeW = powers.reduce((sum, powerW) => sum + Math.max(0, -powerW), 0);
    if (!source) report("source is missing", t, 1, 0);
    else if (rule.sources && !rule.sources.includes(source)) report(`there is no source ${source}`, t, 1, 0);
    if (source !== "grid") report(`imports on ${source}`, t, importW, POWER_TOLERANCE_W);
    if (source !== "solar") report(`exports on ${source}`, t, exportW, POWER_TOLERANCE_W);
    if (source !== "battery") report(`discharges on ${source}`, t, dischargeW, POWER_TOLERANCE_W);
    if (source !== "solar") report(`sun feeds the home on ${source}`, t, pvW - chargeW, POWER_TOLERANCE_W);
    if (before !== undefined && source !== before)
      report("transferSwitch.minDwellSteps", t, rule.minDwellSteps - (t - since), 0);
    if (source !== before) since = before === undefined ? t - rule.minDwellSteps : t;
    before = source;
  }
}
