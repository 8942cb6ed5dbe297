import { isoUtc } from "../domain/civil-time.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { PlanColumns } from "../home-assistant/plan-attributes.ts";
import type { PlanDto, PlanOutcomeDto } from "../serving/messages.ts";
import type { PlanInForce, PlanOutcome } from "./planning-cycle.ts";

/** What the page is told of the plan. */
export function planOutcomeDto(outcome: PlanOutcome, currency: string): PlanOutcomeDto {
  switch (outcome.kind) {
    case "waiting":
      return outcome;
    case "planned":
      return { kind: "planned", plan: planDto(outcome.inForce, currency) };
    case "stale":
      return { kind: "stale", plan: planDto(outcome.inForce, currency), because: outcome.because };
  }
}

export function planDto(inForce: PlanInForce, currency: string): PlanDto {
  const { plan, problem, startMs, stepMs } = inForce;
  const columns = columnsOf(inForce);
  const at = (step: number): string => isoUtc(startMs + step * stepMs);
  const nameOf = (text: string): string =>
    inForce.runs
      .reduce((named, { loadId, device }) => named.replaceAll(loadId, device.name), text)
      .replaceAll("light:", "");
  return {
    plan_id: inForce.planId,
    created_at: isoUtc(inForce.createdAtMs),
    status: plan.status,
    start: isoUtc(startMs),
    step_minutes: stepMs / MS_PER_MINUTE,
    import_w: [...columns.importW],
    export_w: [...columns.exportW],
    load_w: [...columns.loadW],
    pv_w: [...columns.pvW],
    price: [...columns.price],
    export_price: [...(problem.series.exportPricePerKwh ?? [])],
    carbon_g_kwh: [...columns.carbonGPerKwh],
    batteries: columns.batteries.map(({ id, powerW, soc }) => ({ id, power_w: [...powerW], soc: [...soc] })),
    devices: columns.devices.map(({ id, on }) => {
      const device = inForce.runs.find((run) => run.device.deviceId === id)?.device;
      return { id, name: device?.name ?? id, on: [...on], power_w: on.map((share) => share * (device?.maxW ?? 0)) };
    }),
    cost: plan.cost,
    carbon_kg: plan.carbonKg,
    baseline: {
      cost: inForce.baseline.cost,
      carbon_kg: inForce.baseline.carbonKg,
      import_w: [...inForce.baseline.importW],
      export_w: [...inForce.baseline.exportW],
    },
    currency,
    relaxed: plan.relaxed.map((relaxation) => ({
      ...relaxation,
      what: nameOf(relaxation.what),
      why: nameOf(relaxation.why),
    })),
    reasons: plan.reasons.map(({ step, what, why, alternative }) => ({
      at: at(step),
      what: nameOf(what),
      why: nameOf(why),
      alternative: alternative
        ? { at: at(alternative.step), extra_cost: alternative.extraCost, extra_carbon_kg: alternative.extraCarbonKg }
        : null,
    })),
    front: inForce.front.map(({ carbonPricePerKg, cost, carbonKg }) => ({
      carbon_price_per_kg: carbonPricePerKg,
      cost,
      carbon_kg: carbonKg,
    })),
  };
}

/** The plan as columns: for the page and for the plan sensor. The load includes what HyperVolt runs. */
export function columnsOf({ plan, problem, startMs, stepMs, runs }: PlanInForce): PlanColumns {
  const batteryIds = (problem.batteries ?? []).map(({ id }) => id);
  const deviceIds = [...new Set(runs.map(({ device }) => device.deviceId))];
  return {
    startMs,
    stepMinutes: stepMs / MS_PER_MINUTE,
    importW: plan.steps.map(({ importW }) => Math.round(importW)),
    exportW: plan.steps.map(({ exportW }) => Math.round(exportW)),
    loadW: plan.steps.map(({ loads }, i) =>
      Math.round((problem.series.loadW[i] ?? 0) + Object.values(loads).reduce((a, b) => a + b, 0)),
    ),
    pvW: plan.steps.map(({ pvW }) => Math.round(pvW)),
    price: [...problem.series.importPricePerKwh],
    carbonGPerKwh: (problem.series.carbonGPerKwh ?? []).map((g) => Math.round(g)),
    batteries: batteryIds.map((id) => ({
      id,
      powerW: plan.steps.map(({ batteries }) => Math.round(batteries[id]?.powerW ?? 0)),
      soc: plan.steps.map(({ batteries }) => Math.round((batteries[id]?.soc ?? 0) * 1_000) / 1_000),
    })),
    devices: deviceIds.map((id) => ({
      id,
      on: plan.steps.map((_, i) => (runs.some((run) => run.device.deviceId === id && run.onSteps.includes(i)) ? 1 : 0)),
    })),
  };
}
