import type { Planner, PlanOptions, RichPlan, RichProblem } from "./planner.ts";

/** A plan along the front between cheapest and cleanest, and the price of carbon at which it is the best one. */
export type FrontPlan = Readonly<{ carbonPricePerKg: number; cost: number; carbonKg: number; plan: RichPlan }>;

/** At this price, per kg, carbon decides and money breaks ties. */
const CARBON_DECIDES_PER_KG = 1_000;

/**
 * `count` plans along the front of money against carbon, cheapest first. Between two neighbours the next plan is looked
 * for at the price of carbon at which both are worth the same (Aneja and Nair 1979), where the gap is widest first.
 * Where the front has fewer plans, the cleanest is repeated.
 */
export async function planFront(
  planner: Planner,
  problem: RichProblem,
  count: number,
  options: PlanOptions,
): Promise<FrontPlan[]> {
  const at = async (carbonPricePerKg: number): Promise<FrontPlan> => {
    const plan = await planner.plan(priced(problem, carbonPricePerKg), { ...options, explain: false });
    return { carbonPricePerKg, cost: plan.cost, carbonKg: plan.carbonKg, plan };
  };
  const front = [await at(0)];
  if (count > 1) front.push(await at(CARBON_DECIDES_PER_KG));
  const empty = new Set<FrontPlan>();
  while (front.length < count) {
    const gap = widestGap(front, empty);
    const [cheap, clean] = [front[gap], front[gap + 1]];
    if (!cheap || !clean) break;
    const between = await at(indifferentPrice(cheap, clean));
    const isNew = between.carbonKg < cheap.carbonKg - 1e-6 && between.carbonKg > clean.carbonKg + 1e-6;
    if (isNew) front.splice(gap + 1, 0, between);
    else empty.add(cheap);
  }
  while (front.length < count) front.push(front.at(-1) as FrontPlan);
  return front;
}

function priced(problem: RichProblem, carbonPricePerKg: number): RichProblem {
  return { ...problem, objective: { ...problem.objective, carbonPricePerKg } };
}

/** What a plan costs but for carbon: wear and stored energy included. */
const moneyOf = ({ plan, carbonPricePerKg, carbonKg }: FrontPlan): number =>
  plan.objective - carbonPricePerKg * carbonKg;

function indifferentPrice(cheap: FrontPlan, clean: FrontPlan): number {
  const saved = cheap.carbonKg - clean.carbonKg;
  const price = saved > 1e-9 ? (moneyOf(clean) - moneyOf(cheap)) / saved : Number.NaN;
  const [low, high] = [cheap.carbonPricePerKg, clean.carbonPricePerKg];
  return price >= low && price <= high ? price : (low + high) / 2;
}

/** Index of the plan after which the front has its widest gap, those known to be empty left out; -1 without any. */
function widestGap(front: readonly FrontPlan[], empty: ReadonlySet<FrontPlan>): number {
  const [first, last] = [front[0], front.at(-1)];
  if (!first || !last) return -1;
  const carbonSpan = Math.max(1e-9, first.carbonKg - last.carbonKg);
  const moneySpan = Math.max(1e-9, moneyOf(last) - moneyOf(first));
  let best = { gap: -1, size: 1e-9 };
  for (let gap = 0; gap + 1 < front.length; gap++) {
    const [cheap, clean] = [front[gap], front[gap + 1]];
    if (!cheap || !clean || empty.has(cheap)) continue;
    const size = (cheap.carbonKg - clean.carbonKg) / carbonSpan + (moneyOf(clean) - moneyOf(cheap)) / moneySpan;
    if (size > best.size) best = { gap, size };
  }
  return best.gap;
}
