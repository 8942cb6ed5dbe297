import type { LedgerEntry } from "../domain/ledger.ts";
import { HyperVoltError } from "../domain/errors.ts";
import { clamp, MS_PER_HOUR } from "../domain/units.ts";
import { gridCost } from "./grid-cost.ts";
import type { KeptCourse } from "./kept-course.ts";
import { addInterval, newCourse, type CourseInterval } from "./other-course.ts";
import type { SettledBattery, SettledHome } from "./settled-home.ts";

/** A longer interval than this is a gap that was not watched. */
const MOST_INTERVAL_MS = 6 * MS_PER_HOUR;

export type Settled = { figures: Omit<LedgerEntry, "hash" | "previousHash">; kept: KeptCourse | null };

/** The figures of an interval, and the other course after it. */
export function settled(home: SettledHome, before: KeptCourse | null): Settled {
  const { startMs, endMs, mode, pricePerKwh, exportPricePerKwh, carbonGPerKwh } = home;
  const hours = (endMs - startMs) / MS_PER_HOUR;
  const gridW = meteredGridW(home);
  const actual = gridCost(gridW ?? 0, hours, home);
  const base = { startMs, endMs, pricePerKwh, exportPricePerKwh, carbonGPerKwh, advisory: mode !== "auto" };
  const measuredShare = gridW === null ? 0 : home.measuredShare;
  if (mode === "off" || (gridW === null && before === null))
    return {
      kept: null,
      figures: figuresOf(
        { ...base, measuredShare },
        { gridW: gridW ?? 0, ...actual },
        { gridW: gridW ?? 0, ...actual },
      ),
    };

  const steered = home.batteries.filter((one) => isSteered(one, mode));
  const known = before !== null && continues(before, home, steered) ? before : begun(home, steered, before);
  const measuredW = steered.reduce((sum, { powerW }) => sum + (powerW ?? 0), 0);
  const interval: CourseInterval = {
    startMs,
    endMs,
    netW: (gridW ?? 0) - measuredW,
    pvW: home.pvW ?? 0,
    pricePerKwh,
    exportPricePerKwh,
    carbonGPerKwh,
    movedW: home.dimmed.reduce((sum, { powerW, otherwiseW }) => sum + otherwiseW - powerW, 0),
    // Nothing is known of an interval nobody measured: a battery is left alone in it.
    commands: steered.map(({ advice }) => (gridW === null ? { kind: "hold" } : mode === "advise" ? advice : null)),
  };
  const { course, booked } = addInterval(known.course, interval, home.shifted);
  const otherwise = { gridW: booked.gridWh / hours, cost: booked.cost, carbonG: booked.carbonG };
  const was = { gridW: gridW ?? 0, ...actual };
  return {
    kept: { mode: known.mode, course },
    figures:
      mode === "auto"
        ? figuresOf({ ...base, measuredShare }, was, otherwise)
        : figuresOf({ ...base, measuredShare }, otherwise, was),
  };
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

const isSteered = (
  { powerW, controlled, advice }: SettledHome["batteries"][number],
  mode: SettledHome["mode"],
): boolean => powerW !== null && (mode === "auto" ? controlled : advice !== null);

/** The other course goes on while the mode and the batteries are the same and no time is missing. */
const continues = (before: KeptCourse, home: SettledHome, steered: SettledHome["batteries"]): boolean =>
  before.mode === home.mode &&
  home.startMs - (before.course.intervals.at(-1)?.endMs ?? home.startMs) <= MOST_INTERVAL_MS &&
  JSON.stringify(before.course.batteries.map(({ id }) => id)) ===
    JSON.stringify(steered.map(({ battery }) => battery.id));

/** Begins where the home is now; what is still to arrive in the same mode arrives. */
function begun(home: SettledHome, steered: SettledHome["batteries"], before: KeptCourse | null): KeptCourse {
  const mode = home.mode === "auto" ? "auto" : "advise";
  const hours = (home.endMs - home.startMs) / MS_PER_HOUR;
  const course = newCourse(
    steered.map(({ battery }) => battery),
    steered.map((one) => socAtStart(one, hours)),
    before?.mode === mode ? before.course.arriving : [],
  );
  return { mode, course };
}

/** State of charge when the interval began, from the one at its end and what flowed. */
function socAtStart({ battery, soc, powerW }: SettledBattery, hours: number): number {
  if (soc === null) return battery.initialSoc;
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
