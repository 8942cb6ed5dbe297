import type { PlanDto } from "../../../src/serving/messages.ts";

const FIXED = new Set(["import_w", "export_w", "load_w", "pv_w", "baseline_import_w", "baseline_export_w"]);

/**
 * The plan from the plan sensor's attributes (contract mqtt.md): columns of equal length. Undefined where they are no
 * plan. `nameOf` gives a device's name by the id its column carries.
 */
export function planFromAttributes(
  attributes: Readonly<Record<string, unknown>>,
  changedAt: string,
  currency: string,
  nameOf: (id: string) => string,
): PlanDto | undefined {
  const start = attributes["start"];
  const stepMinutes = attributes["step_minutes"];
  const importW = column(attributes["import_w"]);
  if (typeof start !== "string" || Number.isNaN(Date.parse(start))) return undefined;
  if (typeof stepMinutes !== "number" || !(stepMinutes > 0) || !importW || importW.length === 0) return undefined;
  const length = importW.length;
  const numbers = (name: string): number[] => {
    const found = column(attributes[name]);
    return Array.from({ length }, (_, i) => found?.[i] ?? Number.NaN);
  };
  const orZero = (values: readonly number[]): number[] => values.map((value) => (Number.isFinite(value) ? value : 0));
  const names = Object.keys(attributes).filter((name) => column(attributes[name])?.length === length);
  const batteryIds = names.flatMap((name) => (name.endsWith("_soc") ? [name.slice(0, -4)] : []));
  const deviceIds = names.flatMap((name) => (name.endsWith("_on") && !FIXED.has(name) ? [name.slice(0, -3)] : []));
  const price = numbers("price");
  const carbon = numbers("carbon_g_kwh");
  const exportW = orZero(numbers("export_w"));
  const kwhPerW = stepMinutes / 60 / 1000;
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + (Number.isFinite(b) ? b : 0), 0);
  return {
    plan_id: start,
    created_at: changedAt,
    status: "optimal",
    start,
    step_minutes: stepMinutes,
    import_w: orZero(importW),
    export_w: exportW,
    load_w: numbers("load_w"),
    pv_w: numbers("pv_w"),
    price,
    carbon_g_kwh: carbon,
    batteries: batteryIds.map((id) => ({ id, power_w: numbers(`${id}_w`), soc: numbers(`${id}_soc`) })),
    devices: deviceIds.map((id) => {
      const on = orZero(numbers(`${id}_on`));
      return { id, name: nameOf(id), on, power_w: on.map(() => 0) };
    }),
    cost: sum(importW.map((powerW, i) => powerW * kwhPerW * (price[i] ?? 0))),
    carbon_kg: sum(importW.map((powerW, i) => (powerW * kwhPerW * (carbon[i] ?? 0)) / 1000)),
    baseline: {
      cost: Number.NaN,
      carbon_kg: Number.NaN,
      import_w: numbers("baseline_import_w"),
      export_w: orZero(numbers("baseline_export_w")),
    },
    currency,
    relaxed: [],
    reasons: [],
  };
}

const column = (value: unknown): number[] | undefined =>
  Array.isArray(value) && value.every((item) => item === null || typeof item === "number")
    ? value.map((item) => (item as number | null) ?? Number.NaN)
    : undefined;
