import type { Terms } from "./linear-model.ts";
import { KW_PER_W, type LoadColumns, type ModelBuild } from "./model-build.ts";
import type { InstanceLoad } from "./plan-instance.ts";

/**
 * Adds a shiftable load: one 0/1 column per possible start of a contiguous run, or per step of an interruptible one.
 * @param overruns terms that count the steps outside its window (elastic models only)
 */
export function addLoad(build: ModelBuild, load: InstanceLoad, overruns: Terms): LoadColumns {
  const roams = build.elastic && !load.started;
  const [from, to] = roams ? [0, build.instance.stepCount] : [load.earliest, load.latest];
  return load.contiguous ? addRun(build, load, from, to, overruns) : addSteps(build, load, from, to, overruns);
}

function addRun(build: ModelBuild, load: InstanceLoad, from: number, to: number, overruns: Terms): LoadColumns {
  const { model, balance } = build;
  const length = load.profileW.length;
  const count = Math.max(0, to - from - length + 1);
  const columns = new Int32Array(count);
  const announcedStart = load.announced?.onSteps[0];
  const one: Terms = [];
  for (let i = 0; i < count; i++) {
    const start = from + i;
    const moved = announcedStart !== undefined && start !== announcedStart;
    const y = (columns[i] = model.binary(-(load.valuePerRun ?? 0) + (moved ? (load.announced?.changeCost ?? 0) : 0)));
    one.push(y, 1);
    for (const [j, powerW] of load.profileW.entries()) if (powerW > 0) balance[start + j]?.push(y, -powerW * KW_PER_W);
    const outside = Math.max(0, start + length - load.latest) + EARLY_WEIGHT * Math.max(0, load.earliest - start);
    if (outside > 0) overruns.push(y, outside);
  }
  model.row(load.valuePerRun === undefined ? 1 : 0, 1, one);
  return { kind: "starts", first: from, columns };
}

/** Between starting too early and ending too late by as much, late is the lesser evil. */
const EARLY_WEIGHT = 1.001;

function addSteps(build: ModelBuild, load: InstanceLoad, from: number, to: number, overruns: Terms): LoadColumns {
  const { model, balance } = build;
  const needed = load.profileW.length;
  const powerKw = (load.profileW[0] ?? 0) * KW_PER_W;
  const columns = new Int32Array(Math.max(0, to - from));
  const announced = load.announced && new Set(load.announced.onSteps);
  const changeCost = (load.announced?.changeCost ?? 0) / Math.max(1, needed);
  const sum: Terms = [];
  for (let i = 0; i < columns.length; i++) {
    const u = (columns[i] = model.binary(announced && !announced.has(from + i) ? changeCost : 0));
    sum.push(u, 1);
    balance[from + i]?.push(u, -powerKw);
  }
  if (load.valuePerRun === undefined) model.row(needed, needed, sum);
  else {
    const runs = model.binary(-load.valuePerRun);
    model.row(0, 0, [...sum, runs, -needed]);
  }
  if (build.elastic) {
    const late = model.column(0, Infinity);
    const early = model.column(0, Infinity);
    for (const [i, u] of columns.entries()) {
      const t = from + i;
      if (t >= load.latest) model.row(0, Infinity, [late, 1, u, -(t - load.latest + 1)]);
      if (t < load.earliest) model.row(0, Infinity, [early, 1, u, -(load.earliest - t)]);
    }
    overruns.push(late, 1, early, EARLY_WEIGHT);
  }
  if (load.minOnSteps > 1 || load.minOffSteps > 1) addDwell(build, load, columns, from);
  return { kind: "on", first: from, columns };
}

/** Minimum on and off times by start and stop columns (Rajan and Takriti 2005, the tight formulation). */
function addDwell(build: ModelBuild, load: InstanceLoad, on: Int32Array, first: number): void {
  const { model } = build;
  // A run that would be cut by the window's end, and not by the plan's, does not start.
  const lastStart = first + on.length < build.instance.stepCount ? on.length - load.minOnSteps : on.length;
  const starts = Array.from(on, (_, i) => model.column(0, i <= lastStart ? 1 : 0));
  const stops = Array.from(on, () => model.column(0, 1));
  for (const [i, u] of on.entries()) {
    const before = on[i - 1];
    const change: Terms = [u, 1, starts[i] ?? -1, -1, stops[i] ?? -1, 1];
    model.row(0, 0, before === undefined ? change : [...change, before, -1]);
    const startedLately = starts.slice(Math.max(0, i - load.minOnSteps + 1), i + 1);
    model.row(-Infinity, 0, [...startedLately.flatMap((column) => [column, 1]), u, -1]);
    const stoppedLately = stops.slice(Math.max(0, i - load.minOffSteps + 1), i + 1);
    model.row(-Infinity, 1, [...stoppedLately.flatMap((column) => [column, 1]), u, 1]);
  }
}

/** At most one load of each group runs in a step. */
export function addExclusiveGroups(build: ModelBuild, loads: readonly LoadColumns[]): void {
  const { instance, model } = build;
  for (const group of instance.exclusive) {
    const members = instance.loads.flatMap((load, i) => {
      const columns = loads[i];
      return group.includes(load.id) && columns ? [{ load, columns }] : [];
    });
    for (let t = 0; t < instance.stepCount; t++) {
      const running = members.flatMap(({ load, columns }) => runningIn(load, columns, t));
      if (running.length > 1)
        model.row(
          -Infinity,
          1,
          running.flatMap((column) => [column, 1]),
        );
    }
  }
}

/** Columns that are 1 only if the load is on in step t. */
function runningIn(load: InstanceLoad, { kind, first, columns }: LoadColumns, t: number): readonly number[] {
  const length = kind === "on" ? 1 : load.profileW.length;
  const from = Math.max(0, t - first - length + 1);
  return t < first ? [] : Array.from(columns.subarray(from, Math.max(from, t - first + 1)));
}
