import type { AlertMatter } from "../domain/alert-values.ts";
import type { Finding } from "./finding.ts";

/**
 * Mean powers over one interval, W, as the sensors say; null where there is no such sensor or nothing is known. Grid +
 * is import, battery + is charging; PV and load are never below zero in truth.
 */
export type BalanceSample = Readonly<{
  gridW: number | null;
  pvW: number | null;
  batteryW: number | null;
  loadW: number | null;
}>;
type Part = keyof BalanceSample;
const PARTS = ["gridW", "pvW", "batteryW", "loadW"] as const;
const NAMES: Record<Part, string> = {
  gridW: "the grid meter",
  pvW: "the solar meter",
  batteryW: "the battery meter",
  loadW: "the load meter",
};
const METERS = { gridW: "grid", pvW: "solar", batteryW: "battery", loadW: "load" } as const;
/** How each part enters PV + grid - battery - load = 0. */
const SIGNS: Record<Part, number> = { gridW: 1, pvW: 1, batteryW: -1, loadW: -1 };

type FaultKind = Exclude<Extract<AlertMatter["kind"], `energy-balance-${string}`>, "energy-balance-left-out">;

/** What could be wrong with one meter, and what its value would be then. */
const FAULTS: readonly Readonly<{
  fault: FaultKind;
  says: (name: string) => string;
  todo: string;
  mend: (w: number) => number;
  bends: boolean;
}>[] = [
  {
    fault: "energy-balance-sign",
    says: (name) => `${name} counts the other way round`,
    todo: "Turn its sign, or pick the sensor with the right one.",
    mend: (w) => -w,
    bends: false,
  },
  {
    fault: "energy-balance-kilo",
    says: (name) => `${name} is in kW where W is expected`,
    todo: "Correct its unit or set its calibration to a scale of 1,000.",
    mend: (w) => w * 1_000,
    bends: true,
  },
  {
    fault: "energy-balance-milli",
    says: (name) => `${name} is in mW, or 1,000 times too high`,
    todo: "Correct its unit or set its calibration to a scale of 0.001.",
    mend: (w) => w / 1_000,
    bends: true,
  },
  {
    fault: "energy-balance-twice",
    says: (name) => `${name} is counted twice`,
    todo: "Remove one of the sensors with this role.",
    mend: (w) => w / 2,
    bends: true,
  },
  {
    fault: "energy-balance-half",
    says: (name) => `${name} sees one of two halves`,
    todo: "Look for a second sensor of the same kind, for example of another phase or inverter.",
    mend: (w) => w * 2,
    bends: true,
  },
];

/** Part of the throughput that may be unexplained: meters differ, and losses are real. */
const TOLERATED = 0.08;
const LEAST_W = 60;
const LEAST_SAMPLES = 12;

/**
 * Checks that PV + grid - battery = load over the last intervals, and names the likeliest culprit where it does not:
 * the one fault that explains nearly all of the gap in nearly all of them. Needs grid and load.
 */
export function energyBalance(samples: readonly BalanceSample[]): Finding[] {
  // A meter that is silent for a while is no meter that says nothing flows.
  const there = PARTS.filter((part) => samples.some((sample) => sample[part] !== null));
  if (!there.includes("gridW") || !there.includes("loadW")) return [];
  const known = samples.filter((sample) => there.every((part) => sample[part] !== null));
  if (known.length < LEAST_SAMPLES) return [];
  const gapW = medianOf(known.map((sample) => Math.abs(residualW(sample))));
  const throughW = medianOf(known.map(throughputW));
  if (gapW <= Math.max(LEAST_W, TOLERATED * throughW)) return [];
  const culprit = likeliest(known, gapW);
  return [
    {
      id: "energy-balance",
      matter: culprit
        ? { kind: culprit.kind, values: { gap_w: Math.round(gapW), meter: METERS[culprit.part] } }
        : { kind: "energy-balance", values: { gap_w: Math.round(gapW) } },
      severity: "warning",
      title: "The energy does not add up",
      detail: `Sun, grid and battery differ from the load by ${Math.round(gapW)} W${culprit ? `; it would add up if ${culprit.says} were put right` : ", and no single meter explains it"}.`,
      todo: culprit?.todo ?? "Check on the sensors page which sensor is grid, solar, battery and load.",
    },
  ];
}

type Culprit = Readonly<{ kind: FaultKind | "energy-balance-left-out"; part: Part; says: string; todo: string }>;

function likeliest(samples: readonly BalanceSample[], gapW: number): Culprit | null {
  let best: (Culprit & { gapW: number }) | null = null;
  const consider = (mended: readonly BalanceSample[], culprit: Culprit): void => {
    const leftW = medianOf(mended.map((sample) => Math.abs(residualW(sample))));
    if (best === null || leftW < best.gapW) best = { gapW: leftW, ...culprit };
  };
  for (const part of PARTS) {
    const range = samples.map((sample) => sample[part] ?? 0);
    if (range.every((w) => Math.abs(w) < 1e-9)) continue;
    for (const { fault, says, todo, mend, bends } of FAULTS) {
      // A wrong unit shows only in a meter that moves: a constant gap is no evidence of a factor.
      if (bends && spread(range) < 1e-6) continue;
      consider(
        samples.map((sample) => ({ ...sample, [part]: sample[part] === null ? null : mend(sample[part]) })),
        { kind: fault, part, says: `that ${says(NAMES[part])}`, todo },
      );
    }
  }
  for (const part of ["pvW", "batteryW"] as const)
    consider(
      samples.map((sample) => ({ ...sample, loadW: (sample.loadW ?? 0) + SIGNS[part] * (sample[part] ?? 0) })),
      {
        kind: "energy-balance-left-out",
        part,
        says: `that the load meter leaves out what ${NAMES[part]} counts`,
        todo: "Pick a load sensor that counts the whole house, or none: HyperVolt then works it out.",
      },
    );
  const found = best as (Culprit & { gapW: number }) | null;
  return found !== null && found.gapW < gapW * 0.2 ? found : null;
}

const residualW = (sample: BalanceSample): number =>
  PARTS.reduce((sum, part) => sum + SIGNS[part] * (sample[part] ?? 0), 0);
const throughputW = (sample: BalanceSample): number =>
  PARTS.reduce((sum, part) => sum + Math.abs(sample[part] ?? 0), 0) / 2;
const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
