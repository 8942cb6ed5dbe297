import type { LedgerEntry } from "../domain/ledger.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { Battery } from "../domain/plan-problem.ts";
import { clamp, MS_PER_HOUR } from "../domain/units.ts";
import { gridCost } from "./grid-cost.ts";
import type { KeptCourse, KeptLedger } from "./kept-course.ts";
import { addInterval, newCourse, type CourseInterval } from "./other-course.ts";
import type { SettledBattery, SettledHome } from "./settled-home.ts";
import { addStored, storedDifference } from "./stored-difference.ts";

/** A longer interval than this is a gap that was not watched. */
const MOST_INTERVAL_MS = 6 * MS_PER_HOUR;

export type Settled = { figures: Omit<LedgerEntry, "hash" | "previousHash">; kept: KeptLedger };

/** The figures of an interval, and the other course after it. */
export function settled(home: SettledHome, before: KeptLedger): Settled {
  const { startMs, endMs, mode, pricePerKwh, exportPricePerKwh, carbonGPerKwh } = home;
  const hours = (endMs - startMs) / MS_PER_HOUR;
  const gridW = meteredGridW(home);
  const actual = gridCost(gridW ?? 0, hours, home);
  const base = { startMs, endMs, pricePerKwh, exportPricePerKwh, carbonGPerKwh, advisory: mode !== "auto" };
  const measuredShare = gridW === null ? 0 : home.measuredShare;
  const was = { gridW: gridW ?? 0, ...actual };
  if (mode === "off" || (gridW === null && before.running === null))
    return { kept: closed(before), figures: figuresOf({ ...base, measuredShare }, was, was) };

  const steered = home.batteries.filter((one) => isSteered(one, mode, before.running));
  const goesOn = before.running !== null && continues(before.running, home, steered);
  const running = goesOn ? before.running : begun(home, steered, before.running);
  const lastMs = running.course.intervals.at(-1)?.endMs ?? startMs;
  const seen = steered.map(({ powerW }) => gridW !== null && powerW !== null);
  const steeredW = steered.reduce((sum, { powerW }, b) => sum + (seen[b] ? (powerW ?? 0) : 0), 0);
  const interval: CourseInterval = {
    startMs,
    endMs,
    netW: (gridW ?? 0) - steeredW,
    pvW: home.pvW ?? 0,
    pricePerKwh,
    exportPricePerKwh,
    carbonGPerKwh,
    movedW: gridW === null ? 0 : home.dimmed.reduce((sum, { powerW, otherwiseW }) => sum + otherwiseW - powerW, 0),
    // A battery nobody measured does the same in both courses.
    commands: steered.map(({ advice }, b) => (!seen[b] ? { kind: "hold" } : mode === "advise" ? advice : null)),
    socShifts: steered.map((one, b) => {
      const watchedSoc = running.trueSocs[b] ?? null;
      const nowSoc = seen[b] ? (startMs > lastMs ? knownSocAtStart(one, hours) : watchedSoc) : one.soc;
      return watchedSoc === null || nowSoc === null ? 0 : nowSoc - watchedSoc;
    }),
  };
  const { course, booked } = addInterval(running.course, interval, gridW === null ? [] : home.shifted);
  const otherwise = { gridW: booked.gridWh / hours, cost: booked.cost, carbonG: booked.carbonG };
  const trueSocs = steered.map(({ soc }, b) => soc ?? running.trueSocs[b] ?? null);
  return {
    kept: { ...(goesOn ? before : closed(before)), running: { mode: running.mode, course, trueSocs } },
    figures:
      mode === "auto"
        ? figuresOf({ ...base, measuredShare }, was, otherwise)
        : figuresOf({ ...base, measuredShare }, otherwise, was),
  };
}

/** The running course ends: what lies in the batteries beyond it is put on record. */
function closed(before: KeptLedger): KeptLedger {
  const { running } = before;
  if (running === null) return before;
  const { mode } = running;
  const difference = storedDifference(running.course, running.trueSocs, mode === "auto");
  return { ...before, running: null, closed: { ...before.closed, [mode]: addStored(before.closed[mode], difference) } };
}

type Side = Readonly<{ gridW: number; cost: number; carbonG: number }>;
function figuresOf(
  base: Pick<
    LedgerEntry,
    "startMs" | "endMs" | "pricePerKwh" | "exportPricePerKwh" | "carbonGPerKwh" | "advisory" | "measuredShare"
  >,
  withUs: Side,
  without: Side,
): Settled["figures"] {
  return {
    ...base,
    gridW: exact(withUs.gridW),
    baselineGridW: exact(without.gridW),
    cost: exact(withUs.cost),
    baselineCost: exact(without.cost),
    carbonG: exact(withUs.carbonG),
    baselineCarbonG: exact(without.carbonG),
    savedCost: exact(without.cost) - exact(withUs.cost),
    savedCarbonG: exact(without.carbonG) - exact(withUs.carbonG),
  };
}
/** Nothing below a nanounit; no negative zero, which a database would not give back. */
const exact = (value: number): number => Math.round(value * 1e9) / 1e9 + 0;

/** At the meter, or what load, PV and batteries come to; null where neither is known. */
function meteredGridW({ gridW, loadW, pvW, batteries }: SettledHome): number | null {
  if (gridW !== null) return gridW;
  if (loadW === null) return null;
  return loadW - (pvW ?? 0) + batteries.reduce((sum, { powerW }) => sum + (powerW ?? 0), 0);
}

/** Once in the course a battery stays in it while HyperVolt is silent or nothing is measured for a while. */
const isSteered = (
  { battery, powerW, controlled, advice }: SettledBattery,
  mode: string,
  running: KeptCourse | null,
) => {
  const inCourse = running?.mode === mode && running.course.batteries.some(({ id }) => id === battery.id);
  return mode === "auto"
    ? controlled && (powerW !== null || inCourse)
    : (advice !== null && powerW !== null) || inCourse;
};

/** The other course goes on while the mode and the batteries are the same and no time is missing. */
const continues = ({ mode, course }: KeptCourse, home: SettledHome, steered: SettledHome["batteries"]): boolean =>
  mode === home.mode &&
  home.startMs - (course.intervals.at(-1)?.endMs ?? home.startMs) <= MOST_INTERVAL_MS &&
  course.batteries.length === steered.length &&
  course.batteries.every((battery, b) => isSameBattery(battery, steered[b]?.battery));

/** The same but for the charge it has now. */
const isSameBattery = (before: Battery, now: Battery | undefined): boolean =>
  now !== undefined &&
  (
    [
      "id",
      "capacityWh",
      "minSoc",
      "maxSoc",
      "maxChargeW",
      "maxDischargeW",
      "minChargeW",
    ] as const satisfies readonly (keyof Battery)[]
  ).every((key) => before[key] === now[key]) &&
  before.chargeEfficiency === now.chargeEfficiency &&
  before.dischargeEfficiency === now.dischargeEfficiency;

/** Begins where the home is now; what is still to arrive in the same mode arrives. */
function begun(home: SettledHome, steered: SettledHome["batteries"], before: KeptCourse | null): KeptCourse {
  const mode = home.mode === "auto" ? "auto" : "advise";
  const hours = (home.endMs - home.startMs) / MS_PER_HOUR;
  const course = newCourse(
    steered.map(({ battery }) => battery),
    steered.map((one) => knownSocAtStart(one, hours) ?? one.battery.initialSoc),
    before?.mode === mode ? before.course.arriving : [],
  );
  return { mode, course, trueSocs: steered.map((one) => knownSocAtStart(one, hours)) };
}

/** State of charge when the interval began, from the one at its end and what flowed; null where it is not known. */
function knownSocAtStart({ battery, soc, powerW }: SettledBattery, hours: number): number | null {
  if (soc === null) return null;
  const flowW = powerW ?? 0;
  const inWh = flowW * hours * (flowW > 0 ? battery.chargeEfficiency : 1 / battery.dischargeEfficiency);
  return clamp(soc - inWh / battery.capacityWh, 0, 1);
}

/** @throws HyperVoltError REQUEST_INVALID */
export function assertUsable(home: SettledHome): void {
  const { startMs, endMs, pricePerKwh, exportPricePerKwh, carbonGPerKwh, measuredShare } = home;
  const figures = [startMs, endMs, pricePerKwh, exportPricePerKwh, carbonGPerKwh, measuredShare];
  const powers = [home.gridW, home.loadW, home.pvW, ...home.batteries.map(({ powerW }) => powerW)];
  const moved = [
    ...home.dimmed.flatMap((one) => [one.powerW, one.otherwiseW]),
    ...home.shifted.flatMap((one) => [one.powerW, one.shiftMs]),
  ];
  const all = [...figures, ...powers.filter((power) => power !== null), ...moved];
  if (!all.every(Number.isFinite) || endMs <= startMs || endMs - startMs > MOST_INTERVAL_MS)
    throw new HyperVoltError(
      "REQUEST_INVALID",
      `An interval to settle is not usable: ${JSON.stringify(home).slice(0, 500)}`,
    );
}
