import type { Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { FEATURE_COUNT, featuresOf } from "../features.ts";
import { LeastSquares } from "../least-squares.ts";
import { levelOf } from "../level.ts";
import { homeExamplesOf } from "../trees/training-table.ts";

/** Penalty as a share of the number of examples; features are standardized. */
const PENALTY = 0.02;

/** Ridge regression on lags, profiles and calendar. */
export const ridge: Candidate = {
  id: "ridge",
  refitDays: 14,
  needsDays: 28,
  standing: 0.4,
  standingForPv: 0.05,
  suits: () => true,
  fit(frame) {
    const learned = learn(frame);
    const x = new Float64Array(FEATURE_COUNT + 1);
    return (
      learned && {
        forecast(at, lead) {
          const features = featuresOf(at, lead);
          const { centre, scale } = levelOf(at);
          const mean = Float64Array.from({ length: at.slots }, (_, c) => {
            learned.scaling.apply(features, c, x);
            let sum = 0;
            for (let k = 0; k <= FEATURE_COUNT; k++) sum += (learned.weights[k] as number) * (x[k] as number);
            return centre + scale * sum;
          });
          return { p50: mean, mean };
        },
      }
    );
  },
};

function learn(frame: DayFrame): { weights: Float64Array; scaling: Scaling } | undefined {
  const { table } = homeExamplesOf(frame);
  if (table.rows < 200) return undefined;
  const scaling = standardize(table.features, table.rows);
  const squares = new LeastSquares(FEATURE_COUNT + 1);
  const x = new Float64Array(FEATURE_COUNT + 1);
  for (let i = 0; i < table.rows; i++) {
    scaling.apply(table.features, i, x);
    squares.add(x, table.target[i] ?? 0);
  }
  return { weights: squares.solve((column) => (column < FEATURE_COUNT ? PENALTY * table.rows : 0)), scaling };
}

type Scaling = Readonly<{ apply(from: Float32Array, row: number, into: Float64Array): void }>;

/** Brings features to mean 0 and deviation 1; a missing one counts as the mean. The last column is the constant. */
function standardize(features: Float32Array, rows: number): Scaling {
  const mean = new Float64Array(FEATURE_COUNT);
  const deviation = new Float64Array(FEATURE_COUNT);
  for (let f = 0; f < FEATURE_COUNT; f++) {
    let sum = 0;
    let squares = 0;
    let count = 0;
    for (let i = 0; i < rows; i++) {
      const value = features[i * FEATURE_COUNT + f] as number;
      if (Number.isNaN(value)) continue;
      sum += value;
      squares += value * value;
      count++;
    }
    mean[f] = count > 0 ? sum / count : 0;
    deviation[f] = count > 0 ? Math.sqrt(Math.max(0, squares / count - (mean[f] ?? 0) ** 2)) : 0;
  }
  return {
    apply(from: Float32Array, row: number, into: Float64Array): void {
      for (let f = 0; f < FEATURE_COUNT; f++) {
        const value = from[row * FEATURE_COUNT + f] as number;
        const width = deviation[f] as number;
        const scaled = Number.isNaN(value) || width < 1e-9 ? 0 : (value - (mean[f] as number)) / width;
        into[f] = Math.min(Math.max(scaled, -8), 8);
      }
      into[FEATURE_COUNT] = 1;
    },
  };
}
