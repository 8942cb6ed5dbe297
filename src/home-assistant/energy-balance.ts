/**
 * One stream of a home's energy, Wh per interval, all of one length; NaN where nothing is known. `sign`: +1 feeds the
 * home (import, solar, discharge), -1 leaves it (export, charge).
 */
export type EnergyStream = Readonly<{ id: string; name: string; sign: 1 | -1; energyWh: readonly number[] }>;

export type Culprit = Readonly<{
  id: string;
  name: string;
  kind: "sign" | "kilo" | "milli" | "twice" | "swapped";
  /** In words a user understands. */
  what: string;
}>;

export type Balance = Readonly<{
  /** Adds up within `TOLERANCE`. */
  holds: boolean;
  /** Share of the home's energy that does not add up. */
  error: number;
  /** The one change that makes it add up, if there is one. */
  culprit: Culprit | null;
  /** Intervals that could be checked. */
  intervals: number;
}>;

export const TOLERANCE = 0.05;
/** A culprit must take away this share of the error to be named. */
const EXPLAINS = 0.7;
const FEWEST_INTERVALS = 12;
const RANK_SHARE = 0.1;

/**
 * Checks that PV + grid + battery = load within a few percent. Without a meter of the load the sum must at least be a
 * load that can be: never negative, and no less than what single devices used.
 * @param load     Wh per interval, or null where no meter tells
 * @param atLeast  Wh per interval that metered devices used together; absent where there are none
 * @param hours    length of an interval
 */
export function checkBalance(
  streams: readonly EnergyStream[],
  load: readonly number[] | null,
  hours: number,
  atLeast?: readonly number[],
): Balance {
  const length = Math.min(...streams.map(({ energyWh }) => energyWh.length), load?.length ?? Number.POSITIVE_INFINITY);
  const known = Array.from({ length: Number.isFinite(length) ? length : 0 }, (_, i) => i).filter(
    (i) => streams.every(({ energyWh }) => Number.isFinite(energyWh[i])) && (!load || Number.isFinite(load[i])),
  );
  if (streams.length === 0 || known.length < FEWEST_INTERVALS)
    return { holds: true, error: 0, culprit: null, intervals: known.length };
  const errorOf = (variant: readonly EnergyStream[], scaledLoad = load): number =>
    scaledLoad ? againstLoad(variant, scaledLoad, known) : againstReason(variant, known, hours, atLeast);
  const error = errorOf(streams);
  if (error <= TOLERANCE) return { holds: true, error, culprit: null, intervals: known.length };

  const suspects = streams.flatMap((stream, i) =>
    variantsOf(stream).map(({ kind, what, energyWh }) => {
      const variant = streams.with(i, { ...stream, energyWh });
      return { culprit: { id: stream.id, name: stream.name, kind, what }, error: errorOf(variant), variant };
    }),
  );
  for (const [i, a] of streams.entries())
    for (const [j, b] of streams.entries())
      if (i < j && a.sign !== b.sign) {
        const variant = streams.with(i, { ...a, energyWh: b.energyWh }).with(j, { ...b, energyWh: a.energyWh });
        const what = `${a.name} and ${b.name} are the wrong way round`;
        suspects.push({ culprit: { id: a.id, name: a.name, kind: "swapped", what }, error: errorOf(variant), variant });
      }
  if (load)
    for (const [kind, factor, what] of [
      ["kilo", 1_000, "the load is in kW where W was expected"],
      ["milli", 0.001, "the load is in W where kW was expected"],
      ["sign", -1, "the load has the wrong sign"],
    ] as const)
      suspects.push({
        culprit: { id: "load", name: "Load", kind, what },
        error: errorOf(
          streams,
          load.map((value) => value * factor),
        ),
        variant: [...streams],
      });
  // Where several changes would do, the right one leaves a load that does not follow what is fed in or stored.
  const rank = ({ error: left, variant }: (typeof suspects)[number]): number =>
    load ? left : Math.max(left, TOLERANCE) + RANK_SHARE * dependence(variant, [...streams, ...variant], known);
  const best = suspects.sort((a, b) => rank(a) - rank(b))[0];
  const explains = best !== undefined && best.error <= Math.max(TOLERANCE, error * (1 - EXPLAINS));
  return { holds: false, error, culprit: explains ? best.culprit : null, intervals: known.length };
}

function variantsOf({ name, energyWh }: EnergyStream): { kind: Culprit["kind"]; what: string; energyWh: number[] }[] {
  const scaled = (factor: number): number[] => energyWh.map((value) => value * factor);
  return [
    { kind: "sign", what: `${name} has the wrong sign`, energyWh: scaled(-1) },
    { kind: "kilo", what: `${name} is in kW where W was expected`, energyWh: scaled(1_000) },
    { kind: "milli", what: `${name} is in W where kW was expected`, energyWh: scaled(0.001) },
    { kind: "twice", what: `${name} is counted twice`, energyWh: scaled(0) },
  ];
}

const sumAt = (streams: readonly EnergyStream[], i: number): number =>
  streams.reduce((sum, { sign, energyWh }) => sum + sign * (energyWh[i] ?? 0), 0);

function againstLoad(streams: readonly EnergyStream[], load: readonly number[], known: readonly number[]): number {
  let offWh = 0;
  let totalWh = 0;
  for (const i of known) {
    offWh += Math.abs(sumAt(streams, i) - (load[i] ?? 0));
    totalWh += Math.abs(load[i] ?? 0);
  }
  return totalWh > 0 ? offWh / totalWh : offWh > 0 ? 1 : 0;
}

/** No home uses less than nothing, less than its devices, or more than its fuses carry for hours. */
function againstReason(
  streams: readonly EnergyStream[],
  known: readonly number[],
  hours: number,
  atLeast: readonly number[] | undefined,
): number {
  const MOST_W = 40_000;
  const LEAST_W = 15;
  let offWh = 0;
  let totalWh = 0;
  for (const i of known) {
    const sumWh = sumAt(streams, i);
    const leastWh = Math.max(0, atLeast?.[i] ?? 0);
    offWh += Math.max(0, leastWh - sumWh, sumWh - MOST_W * hours);
    for (const { energyWh } of streams) offWh += Math.max(0, -(energyWh[i] ?? 0));
    totalWh += Math.max(Math.abs(sumWh), leastWh);
  }
  const meanW = totalWh / (known.length * hours);
  const implausible = meanW < LEAST_W ? 1 : 0;
  // A stream that is zero all the time cannot be what is wrong: taking one out must not look like a cure.
  const missing = streams.filter(({ energyWh }) => known.every((i) => energyWh[i] === 0)).length * TOLERANCE;
  return (totalWh > 0 ? offWh / totalWh : 1) + implausible + missing;
}

/**
 * How strongly the load follows what leaves the home or goes into its battery: largest correlation, 0..1.
 * @param watched  also the streams a change took out: a load that mirrors one of them was not cured by its removal
 */
function dependence(
  streams: readonly EnergyStream[],
  watched: readonly EnergyStream[],
  known: readonly number[],
): number {
  const load = known.map((i) => sumAt(streams, i));
  const outgoing = watched.filter(({ sign }) => sign === -1).map(({ energyWh }) => known.map((i) => energyWh[i] ?? 0));
  return Math.max(0, ...outgoing.map((energyWh) => Math.abs(correlation(load, energyWh))));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const [da, db] = [value - meanA, (b[i] ?? 0) - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
