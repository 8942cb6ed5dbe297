import { ABSOLUTE_GAP, aimedAllowance, provenAllowance } from "./accuracy.ts";
import { branchAndBound } from "./branch-and-bound.ts";
import { buildModel, copyOf, type PlanModel } from "./build-model.ts";
import { type Basis, carryBasis } from "./carry-basis.ts";
import { fullObjective } from "./comfort-cost.ts";
import { obviousExclusions, separateFlows, widenExclusions } from "./exclusions.ts";
import { extractFlows } from "./extract-flows.ts";
import type { LinearSolver, SolverResult } from "./highs-solver.ts";
import { holdDirections, holdLoads, likelyPlacement, placementIn } from "./hold-decisions.ts";
import type { Exclusions } from "./model-build.ts";
import type { PlanFlows } from "./plan-flows.ts";
import type { Placement } from "./plan-in-force.ts";
import type { PlanInstance } from "./plan-instance.ts";
import { quickFlows } from "./quick-flows.ts";
import { ruleOut } from "./rule-out.ts";
import { searchWhole, type Start } from "./search-whole.ts";
import { isWhole, startOf } from "./whole-numbers.ts";

export type SolveOptions = Readonly<{
  /** Time left, ms; asked again before each solve. */
  remainingMs: () => number;
  /** Relative gap that counts as proven. */
  gap: number;
  /** Where the plan in force has the loads. */
  inForce?: Placement | undefined;
}>;

/** The best decisions found and a proven lower bound of the objective of any. */
export type SolvedFlows = Readonly<{
  flows: PlanFlows;
  objective: number;
  bound: number;
  optimal: boolean;
  /** Where opposite flows had to be kept apart. */
  exclusions: Exclusions;
}>;

export type SolveOutcome =
  | Readonly<{ kind: "solved"; solved: SolvedFlows }>
  /** Nothing found in time; `bound` is a proven lower bound all the same. */
  | Readonly<{ kind: "unfinished"; bound: number }>
  | Readonly<{ kind: "infeasible" }>;

/** Linear programmes are cheap: they show where opposite flows must be kept apart before the real solve. */
const PRELIMINARY_ROUNDS = 5;
const ROUNDS = 6;
const MENDING_ROUNDS = 6;
/** With more whole numbers undecided than this, branching on them here would take longer than the solver's search. */
const FEW_UNDECIDED = 150;
/** The last digits of a sum of money. */
const ROUNDING = 1e-9;

/**
 * Solves a problem whose wishes can all be met. Opposite flows are kept apart by whole numbers only where prices or a
 * first solution show the need (docs/decisions/0011); the result has none anywhere.
 */
export function solveWithin(solver: LinearSolver, instance: PlanInstance, options: SolveOptions): SolveOutcome {
  return new Search(solver, instance, options).run();
}

type Found = Readonly<{ flows: PlanFlows; objective: number }>;

class Search {
  readonly #solver: LinearSolver;
  readonly #instance: PlanInstance;
  readonly #options: SolveOptions;
  #bound = -Infinity;
  #best: Found | undefined;
  /** The last model built as it is, and its linear programme where that was solved. */
  #model: { exclusions: Exclusions; built: PlanModel; relaxed?: SolverResult } | undefined;
  /** Where the next linear programme starts. */
  #basis: Readonly<{ of: PlanModel; basis: Basis }> | undefined;

  constructor(solver: LinearSolver, instance: PlanInstance, options: SolveOptions) {
    this.#solver = solver;
    this.#instance = instance;
    this.#options = options;
  }

  run(): SolveOutcome {
    const instance = this.#instance;
    const first = this.#preliminaries();
    if (first === "infeasible") return { kind: "infeasible" };
    let { exclusions } = first;
    if (first.values) {
      const { layout } = this.#built(exclusions);
      const placements = [this.#options.inForce, likelyPlacement(instance, layout, first.values)];
      for (const placement of placements)
        if (placement && !this.#isOver()) exclusions = this.#tryPlacement(exclusions, placement);
    }
    for (let round = 0; round < ROUNDS && !this.#isOver(); round++) {
      const found = this.#solveRound(exclusions);
      if (found === "infeasible") return { kind: "infeasible" };
      if (!found || !found.grown) return this.#outcome(found !== undefined && found.optimal);
      const everywhere = widenExclusions(instance, exclusions, found.exclusions, true);
      this.#tryDecisions(everywhere, found.flows);
      exclusions = round === 0 ? widenExclusions(instance, exclusions, found.exclusions, false) : everywhere;
    }
    return this.#outcome(this.#isOver());
  }

  #outcome(optimal: boolean): SolveOutcome {
    if (!this.#best) return { kind: "unfinished", bound: this.#bound };
    const { objective } = this.#best;
    const isProven = optimal || objective - this.#bound <= provenAllowance(this.#options.gap, objective) + ROUNDING;
    const exclusions = this.#model?.exclusions ?? obviousExclusions(this.#instance);
    return { kind: "solved", solved: { ...this.#best, bound: this.#bound, optimal: isProven, exclusions } };
  }

  /** Less than this better is not better. */
  #allowance({ objective }: Readonly<{ objective: number }>): number {
    return aimedAllowance(this.#options.gap, objective);
  }

  /** Is there nothing left to look for? */
  #isOver(): boolean {
    return this.#best !== undefined && this.#best.objective - this.#bound <= this.#allowance(this.#best) + ROUNDING;
  }

  /** Linear programmes until they show no opposite flows; a last one that is whole is the plan. */
  #preliminaries(): "infeasible" | Readonly<{ exclusions: Exclusions; values: Float64Array | undefined }> {
    const instance = this.#instance;
    let exclusions = obviousExclusions(instance);
    for (let round = 0; round < PRELIMINARY_ROUNDS; round++) {
      const built = this.#built(exclusions);
      const result = this.#relax(exclusions);
      if (result.status === "infeasible") return "infeasible";
      if (result.status !== "optimal" || !result.values) return { exclusions, values: undefined };
      const separated = separateFlows(instance, extractFlows(instance, built.layout, result.values), exclusions);
      if (!separated.grown) {
        if (isWhole(built, result.values)) this.#offer(separated.flows);
        return { exclusions, values: result.values };
      }
      exclusions =
        round === 0 ? separated.exclusions : widenExclusions(instance, exclusions, separated.exclusions, false);
    }
    return { exclusions, values: undefined };
  }

  /** The model as it is; copy it before holding anything. */
  #built(exclusions: Exclusions): PlanModel {
    if (this.#model?.exclusions !== exclusions)
      this.#model = { exclusions, built: buildModel(this.#instance, exclusions) };
    return this.#model.built;
  }

  #relax(exclusions: Exclusions): SolverResult {
    const built = this.#built(exclusions);
    const known = this.#model?.relaxed;
    if (known) return known;
    const result = this.#solveLinear(built);
    if (result.status === "optimal") this.#bound = Math.max(this.#bound, result.bound);
    if (this.#model) this.#model.relaxed = result;
    return result;
  }

  /** A linear programme, from the basis of the last one. */
  #solveLinear(built: PlanModel): SolverResult {
    const basis = this.#basis && carryBasis(this.#basis.of, this.#basis.basis, built);
    const limits = { timeLimitMs: this.#options.remainingMs(), relativeGap: 0, absoluteGap: 0, relax: true, basis };
    const result = this.#solver.solve(built.sparse(), limits);
    if (result.basis) this.#basis = { of: built, basis: result.basis };
    return result;
  }

  /** The best plan with the loads so placed: first freely, then with every direction that shows held. */
  #tryPlacement(exclusions: Exclusions, placement: Placement): Exclusions {
    const built = copyOf(this.#built(exclusions));
    return holdLoads(this.#instance, built, placement) ? this.#mend(built, exclusions) : exclusions;
  }

  /** The best plan with the loads placed as in `flows` and every direction as there. */
  #tryDecisions(exclusions: Exclusions, flows: PlanFlows): Exclusions {
    const built = copyOf(this.#built(exclusions));
    if (!holdLoads(this.#instance, built, placementIn(flows))) return exclusions;
    holdDirections(this.#instance, built, flows);
    return this.#mend(built, exclusions);
  }

  /**
   * Solves a model with its loads held, and again with the directions held that it left undecided, until no opposite
   * flows are left. @returns the exclusions, grown by what was seen on the way
   */
  #mend(first: PlanModel, exclusions: Exclusions): Exclusions {
    const instance = this.#instance;
    let [built, seen] = [first, exclusions];
    for (let attempt = 0; attempt < MENDING_ROUNDS; attempt++) {
      const { values } = this.#solveHeld(built);
      if (!values) return seen;
      const separated = separateFlows(instance, extractFlows(instance, built.layout, values), seen);
      const isDone = isWhole(built, values);
      if (!separated.grown && isDone) {
        this.#offer(separated.flows);
        return seen;
      }
      if (separated.grown) {
        seen = separated.exclusions;
        built = copyOf(this.#built(seen));
        if (!holdLoads(instance, built, placementIn(separated.flows))) return seen;
      }
      const undecided = separated.grown || attempt > MENDING_ROUNDS / 2 ? undefined : values;
      holdDirections(instance, built, separated.flows, undecided);
    }
    return seen;
  }

  /** A model with its loads held: what is then left of the whole numbers is let go, but for those nobody would round. */
  #solveHeld(built: PlanModel): SolverResult {
    const { gap, remainingMs } = this.#options;
    if (this.#instance.tanks.length === 0 && !this.#instance.transferSwitch) return this.#solveLinear(built);
    const limits = { timeLimitMs: remainingMs(), relativeGap: gap, absoluteGap: ABSOLUTE_GAP };
    return this.#solver.solve(built.sparse(), limits);
  }

  #offer(flows: PlanFlows): void {
    const objective = fullObjective(this.#instance, flows);
    if (!this.#best || objective < this.#best.objective) this.#best = { flows, objective };
  }

  #solveRound(exclusions: Exclusions): "infeasible" | Round | undefined {
    const instance = this.#instance;
    const { gap, remainingMs } = this.#options;
    const narrowed = this.#narrow(exclusions);
    if (this.#isOver()) return undefined;
    const few = narrowed && this.#branch(exclusions, narrowed);
    if (few?.isOver) return few.round;
    // What was found on the way narrows the search further.
    const { built, cutoff } = (few?.isBetter ? this.#narrow(exclusions) : narrowed) ?? this.#wide(exclusions);
    if (this.#isOver()) return undefined;
    const best = this.#best;
    const start = best && startOf(instance, built, this.#built(exclusions), best.flows);
    const otherStart = (): Start | undefined => {
      if (!instance.transferSwitch) this.#tryDecisions(exclusions, quickFlows(instance));
      const fixing = this.#best && startOf(instance, built, this.#built(exclusions), this.#best.flows);
      return this.#best && fixing && { fixing, objective: this.#best.objective };
    };
    const size = Math.abs(best?.objective ?? this.#bound);
    const relativeGap = size > 0 && size < Infinity ? Math.min(gap, aimedAllowance(gap, size) / size) : gap;
    const limits = { remainingMs, relativeGap, enoughGap: gap, absoluteGap: ABSOLUTE_GAP, start, otherStart };
    const result = searchWhole(this.#solver, instance, built, limits);
    if (result.status === "infeasible" && !best) {
      // A plan that another search finds says otherwise.
      if (!this.#best) otherStart();
      return this.#best ? undefined : "infeasible";
    }
    this.#raiseBound(Math.min(result.status === "infeasible" ? Infinity : result.bound, cutoff));
    return result.values && this.#receive(built, exclusions, result.values, result.status === "optimal");
  }

  #raiseBound(bound: number): void {
    if (bound < Infinity) this.#bound = Math.max(this.#bound, bound);
  }

  /** Offers a whole solution, unless it has opposite flows that nobody has seen yet. */
  #receive(built: PlanModel, exclusions: Exclusions, values: Float64Array, optimal: boolean): Round {
    const separated = separateFlows(this.#instance, extractFlows(this.#instance, built.layout, values), exclusions);
    if (!separated.grown) this.#offer(separated.flows);
    return { ...separated, optimal };
  }

  #wide(exclusions: Exclusions): Narrowed {
    return { built: copyOf(this.#built(exclusions)), cutoff: Infinity };
  }

  /** The model without what no plan can have that is better than the best so far; undefined while there is none. */
  #narrow(exclusions: Exclusions): Narrowed | undefined {
    const best = this.#best;
    if (!best) return undefined;
    const relaxed = this.#relax(exclusions);
    const { built } = this.#wide(exclusions);
    const cutoff = best.objective - this.#allowance(best);
    return { built, cutoff: ruleOut(built.model, relaxed, cutoff) ? cutoff : Infinity };
  }

  /** Where few whole numbers are undecided, runs among them: branches on them. Of switches alone, cuts know more. */
  #branch(
    exclusions: Exclusions,
    { built }: Narrowed,
  ): Readonly<{ isOver: boolean; isBetter: boolean; round: Round | undefined }> | undefined {
    const best = this.#best;
    const groups = built.layout.loads.flatMap(({ kind, columns }) => (kind === "starts" ? [columns] : []));
    const sparse = built.sparse();
    const undecided = sparse.integer.filter((flag, i) => flag === 1 && sparse.lower[i] !== sparse.upper[i]).length;
    if (!best || undecided > FEW_UNDECIDED || groups.length === 0) return undefined;
    const { isOver, found, bound } = branchAndBound(this.#solver, sparse, {
      basis: this.#model?.relaxed?.basis,
      groups,
      cutoff: best.objective - this.#allowance(best),
      allowanceOf: (objective) => this.#allowance({ objective }),
      remainingMs: this.#options.remainingMs,
    });
    this.#raiseBound(bound);
    const round = found && this.#receive(built, exclusions, found.values, isOver);
    return { isOver, isBetter: this.#best !== best, round };
  }
}

type Round = Readonly<{ flows: PlanFlows; exclusions: Exclusions; grown: boolean; optimal: boolean }>;
/** A model to search, and the objective up to which it has every plan. */
type Narrowed = Readonly<{ built: PlanModel; cutoff: number }>;
