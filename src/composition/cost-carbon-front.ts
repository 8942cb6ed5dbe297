import type { Planner } from "../planning/planner.ts";
import type { RichProblem } from "../planning/rich-problem.ts";

/** Currency per kg CO2e, from money only to carbon nearly at any price. */
const WEIGHTS = [0, 0.05, 0.15, 0.4, 1, 2.5];

export type FrontPoint = Readonly<{ carbonPricePerKg: number; cost: number; carbonKg: number }>;

/** Plans along the cost-carbon front of a problem, cheapest first; points that another one beats are left out. */
export async function costCarbonFront(planner: Planner, problem: RichProblem): Promise<readonly FrontPoint[]> {
  const points: FrontPoint[] = [];
  for (const carbonPricePerKg of WEIGHTS) {
    const { cost, carbonKg } = await planner.plan(
      { ...problem, objective: { carbonPricePerKg } },
      { timeLimitMs: 1_000, gap: 5e-3, explain: false },
    );
    points.push({ carbonPricePerKg, cost, carbonKg });
  }
  return points.filter(
    (point, i) =>
      !points.some(
        (other, j) =>
          j !== i &&
          other.cost <= point.cost &&
          other.carbonKg <= point.carbonKg &&
          (other.cost < point.cost || other.carbonKg < point.carbonKg || j < i),
      ),
  );
}
