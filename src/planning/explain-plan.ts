import type { PlanReason } from "../domain/plan.ts";
import { batteryReasons } from "./explain-batteries.ts";
import { alternativesOf, type LoadAlternative } from "./load-alternatives.ts";
import type { Exclusions } from "./model-build.ts";
import type { LinearSolver } from "./highs-solver.ts";
import { type PlanFlows, type PlanOutcome, settle } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";

/** Below this a load is off, W. */
const ON_W = 0.5;

/**
 * Why each load runs when it does and each battery does what it does, with the best alternative of each load from
 * solving again.
 * @param solver  undefined: alternatives are left out, as they are when their time is used up
 * @param exclusions  where the plan has opposite flows kept apart; undefined: not known
 */
export function explainPlan(
  solver: LinearSolver | undefined,
  instance: PlanInstance,
  flows: PlanFlows,
  exclusions: Exclusions | undefined,
  limits: Readonly<{ remainingMs: () => number; planMs: number }>,
): PlanReason[] {
  const outcome = settle(instance, flows);
  const alternatives = solver && exclusions ? alternativesOf(solver, instance, flows, exclusions, limits) : [];
  const loads = instance.loads.flatMap((load, i): PlanReason[] => {
    const powerW = flows.loadsW[i];
    const first = powerW?.findIndex((w) => w > ON_W) ?? -1;
    if (!powerW || first < 0)
      return load.valuePerRun === undefined ? [] : [leftOut(load.id, load.valuePerRun, instance)];
    const end = powerW.findLastIndex((w) => w > ON_W) + 1;
    const from = instance.clockTime(first);
    if (load.started)
      return [
        { step: first, what: `${load.id} goes on`, why: `started before; it runs until ${instance.clockTime(end)}` },
      ];
    const alternative = alternatives[i];
    const mix = sourcesText(instance, flows, outcome, powerW);
    const instead = alternative ? `; ${alternativeText(instance, alternative)}` : "";
    return [
      {
        step: first,
        what: `${load.id} starts`,
        why: `from ${from} to ${instance.clockTime(end)}: ${mix}${instead}`,
        ...(alternative
          ? {
              alternative: {
                step: alternative.step,
                extraCost: alternative.extraCost,
                extraCarbonKg: alternative.extraCarbonKg,
              },
            }
          : {}),
      },
    ];
  });
  return [...loads, ...batteryReasons(instance, flows, outcome)].sort((a, b) => a.step - b.step);
}

function leftOut(id: string, worth: number, { problem }: PlanInstance): PlanReason {
  return {
    step: 0,
    what: `${id} is left out`,
    why: `a run would cost more than the ${worth.toFixed(2)} ${problem.currency} it is worth`,
  };
}

/** "82 % from your roof, 18 % from the grid at 0.21 EUR/kWh" */
function sourcesText(instance: PlanInstance, flows: PlanFlows, outcome: PlanOutcome, powerW: Float64Array): string {
  let [total, grid, battery, paid] = [0, 0, 0, 0];
  for (const [t, w] of powerW.entries()) {
    if (w <= ON_W) continue;
    const h = instance.hours[t] ?? 0;
    const fromGrid = Math.min(w, outcome.importW[t] ?? 0);
    const discharge = flows.dischargeW.reduce((sum, it) => sum + (it[t] ?? 0), 0);
    const fromBattery = Math.min(w - fromGrid, discharge);
    total += w * h;
    grid += fromGrid * h;
    battery += fromBattery * h;
    paid += fromGrid * h * (instance.importPricePerKwh[t] ?? 0);
  }
  if (total <= 0) return "it draws nothing";
  const percent = (part: number): string => `${Math.round((100 * part) / total)} %`;
  const parts: [number, string][] = [
    [total - grid - battery, "from your roof"],
    [battery, "from the battery"],
    [grid, `from the grid at ${(paid / Math.max(grid, 1e-9)).toFixed(2)} ${instance.problem.currency}/kWh`],
  ];
  const named = parts.filter(([part]) => part / total >= 0.005).sort(([a], [b]) => b - a);
  return named.map(([part, name]) => `${percent(part)} ${name}`).join(", ");
}

/** "at 20:00 it would cost 0.31 EUR and 0.4 kg more" */
function alternativeText(
  { clockTime, problem }: PlanInstance,
  { step, extraCost, extraCarbonKg }: LoadAlternative,
): string {
  const at = `at ${clockTime(step)} it would cost`;
  const money = Math.abs(extraCost) >= 0.005 ? `${Math.abs(extraCost).toFixed(2)} ${problem.currency}` : "";
  const carbon = Math.abs(extraCarbonKg) >= 0.05 ? `${Math.abs(extraCarbonKg).toFixed(1)} kg CO2` : "";
  if (!money && !carbon) return `${at} the same`;
  if (money && carbon && extraCost > 0 !== extraCarbonKg > 0)
    return extraCost > 0 ? `${at} ${money} more and save ${carbon}` : `${at} ${money} less but emit ${carbon} more`;
  return `${at} ${[money, carbon].filter(Boolean).join(" and ")} ${(money ? extraCost : extraCarbonKg) > 0 ? "more" : "less"}`;
}
