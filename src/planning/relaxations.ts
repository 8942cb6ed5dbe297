import type { Relaxation } from "../domain/plan.ts";
import { type PlanFlows, settle } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";

/** Below these a limit counts as kept. */
const KEPT_W = 0.5;
const KEPT_SOC = 2e-5;

/** What had to give way in a plan, found from what it does, in words a user understands. */
export function relaxationsOf(instance: PlanInstance, flows: PlanFlows): Relaxation[] {
  const outcome = settle(instance, flows);
  return [
    ...(instance.problem.notes ?? []),
    ...windowRelaxations(instance, flows),
    ...socRelaxations(instance, outcome.socs),
    ...limitRelaxation(
      instance,
      "grid.maxExportW",
      outcome.exportW,
      instance.maxExportW,
      "goes out: it cannot be used, stored or held back",
    ),
    ...limitRelaxation(
      instance,
      "grid.maxImportW",
      outcome.importW,
      instance.maxImportW,
      "is drawn: the home needs it and no battery can give it",
    ),
    ...clippedSun(instance, flows),
    ...coldTanks(instance, outcome.tanksWh),
  ];
}

/** Rounded well within what counts as kept. */
const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

function windowRelaxations(instance: PlanInstance, flows: PlanFlows): Relaxation[] {
  return (instance.problem.loads ?? []).flatMap((load, i): Relaxation[] => {
    const needed = load.profileW?.length ?? load.steps ?? 0;
    const powerW = flows.loadsW[i];
    const placed = instance.loads[i];
    if (!powerW || !placed) return [];
    const what = `loads.${load.id}`;
    const relaxed: Relaxation[] = [];
    const lost = needed - placed.profileW.length;
    if (lost > 0)
      relaxed.push({
        what: `${what}.steps`,
        by: lost,
        unit: "steps",
        why: `${needed} steps do not fit before the plan ends; ${lost} are left for afterwards`,
      });
    const first = powerW.findIndex((w) => w > KEPT_W);
    if (first < 0 || load.started === true) return relaxed;
    const end = powerW.findLastIndex((w) => w > KEPT_W) + 1;
    const earliest = load.earliestStep ?? 0;
    const latest = Math.min(load.latestStep ?? instance.stepCount, instance.stepCount);
    const { clockTime } = instance;
    const asked = `${earliest} and ${latest} (${clockTime(Math.min(earliest, instance.stepCount))} to ${clockTime(latest)})`;
    const fits = latest - earliest >= needed;
    const cause = fits
      ? `between ${asked} it would take more power than the home may draw, or clash with another load`
      : `${needed} steps do not fit between ${asked}`;
    const why = `${cause}; it runs from ${clockTime(first)} to ${clockTime(end)}`;
    if (end > latest) relaxed.push({ what: `${what}.latestStep`, by: end - latest, unit: "steps", why });
    if (first < earliest) relaxed.push({ what: `${what}.earliestStep`, by: earliest - first, unit: "steps", why });
    return relaxed;
  });
}

function socRelaxations(instance: PlanInstance, socs: readonly Float64Array[]): Relaxation[] {
  const percent = (soc: number): string => `${(soc * 100).toFixed(soc === Math.round(soc * 100) / 100 ? 0 : 1)} %`;
  return instance.batteries.flatMap((battery, b): Relaxation[] => {
    const soc = socs[b];
    const relaxed: Relaxation[] = [];
    const wish = (name: string, wanted: number, reached: number, when: string): void => {
      if (wanted - reached <= KEPT_SOC) return;
      const why = `${battery.id} can be charged to ${percent(reached)} ${when}, not to ${percent(wanted)}`;
      relaxed.push({ what: `batteries.${battery.id}.${name}`, by: rounded(wanted - reached, 5), unit: "soc", why });
    };
    const ready = battery.readyBy;
    if (ready && ready.step > 0)
      wish(
        "readyBy",
        ready.soc,
        soc?.[Math.min(ready.step, instance.stepCount) - 1] ?? 0,
        `by ${instance.clockTime(ready.step)}`,
      );
    if (battery.finalMinSoc !== undefined)
      wish("finalMinSoc", battery.finalMinSoc, soc?.at(-1) ?? 0, "by the end of the plan");
    return relaxed;
  });
}

function limitRelaxation(
  instance: PlanInstance,
  what: string,
  flowW: Float64Array,
  limitW: number,
  cause: string,
): Relaxation[] {
  let worst = 0;
  let overW = 0;
  let steps = 0;
  for (const [t, powerW] of flowW.entries()) {
    if (powerW - limitW <= KEPT_W) continue;
    steps++;
    if (powerW - limitW > overW) [worst, overW] = [t, powerW - limitW];
  }
  if (steps === 0) return [];
  const often = steps === 1 ? "" : ` in ${steps} steps`;
  const why = `up to ${Math.round(flowW[worst] ?? 0)} W ${cause} (limit ${Math.round(limitW)} W${often}, most at ${instance.clockTime(worst)})`;
  return [{ what, by: rounded(overW, 1), unit: "W", why }];
}

function clippedSun(instance: PlanInstance, flows: PlanFlows): Relaxation[] {
  if (instance.curtailable) return [];
  const lostW = flows.pvW.map((usedW, t) => (instance.pvW[t] ?? 0) - usedW);
  const mostW = lostW.reduce((most, w) => Math.max(most, w), 0);
  if (mostW <= KEPT_W) return [];
  const why = `the inverter passes at most ${Math.round(instance.maxAcW)} W and no battery can take the rest of the sun at ${instance.clockTime(lostW.indexOf(mostW))}`;
  return [{ what: "pv.curtailable", by: rounded(mostW, 1), unit: "W", why }];
}

/** The comfort floor of a tank, where it was not kept beyond what it started with. */
function coldTanks(instance: PlanInstance, tanksWh: readonly Float64Array[]): Relaxation[] {
  return instance.tanks.flatMap((tank, i): Relaxation[] => {
    const levels = tanksWh[i] ?? new Float64Array();
    const leastWh = levels.reduce((least, wh) => Math.min(least, wh), Infinity);
    if (tank.minWh - leastWh <= 1) return [];
    const at = instance.clockTime(levels.indexOf(leastWh));
    const why = `${tank.id} holds ${Math.round(leastWh)} Wh at ${at}, ${Math.round(tank.minWh)} Wh are wished for`;
    return [{ what: `tanks.${tank.id}.minWh`, by: rounded(tank.minWh - leastWh, 1), unit: "Wh", why }];
  });
}
