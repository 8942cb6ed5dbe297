import * as highsPackage from "highs";
import type { Basis as HighsBasis, CallbackEventFor, Highs, HighsCallbackMap, ModelData } from "highs";
import type { Basis } from "./carry-basis.ts";
import type { SparseModel } from "./linear-model.ts";

/** What came of a solve. `bound` is a proven lower bound of the objective; -Infinity while nothing is proven. */
export type SolverResult = Readonly<{
  status: "optimal" | "feasible" | "infeasible" | "unknown";
  values: Float64Array | undefined;
  objective: number;
  bound: number;
  /** Shadow prices of the rows; only of a linear programme. */
  rowDuals: Float64Array | undefined;
  /** What the objective would at least rise by per unit of a column; only of a linear programme. */
  reducedCosts?: Float64Array | undefined;
  /** Where another linear programme like it may start; only of a linear programme. */
  basis?: Basis | undefined;
}>;

export type SolveLimits = Readonly<{
  timeLimitMs: number;
  relativeGap: number;
  absoluteGap: number;
  /** Solve without whole-number conditions. */
  relax?: boolean;
  /** A known solution, or part of one: columns and their values. */
  start?: Fixing;
  /** Of a linear programme: the basis to start from. */
  basis?: Basis | undefined;
  /** Every search the solver knows: worth it where nothing is found soon. */
  thorough?: boolean;
  /** Called with each better solution while solving, and what is proven by then. */
  onImproved?: (values: Float64Array, bound: number) => void;
  /** Asked now and then while searching, with the relative gap so far (Infinity without a solution): stop here? */
  givesUp?: (relativeGap: number) => boolean;
}>;

/** Columns held at values. */
export type Fixing = Readonly<{ columns: Int32Array; values: Float64Array }>;

/** A solver of mixed integer linear programmes, minimising. Synchronous: run it in a worker thread. */
export interface LinearSolver {
  solve(model: SparseModel, limits: SolveLimits): SolverResult;
  /** The linear programme of a model, to be solved again and again with other bounds. Close it. */
  open(model: SparseModel, basis?: Basis): OpenProgramme;
}

/** A linear programme whose columns may be bounded anew; each solve starts from the last one's basis. */
export interface OpenProgramme {
  bound(column: number, lower: number, upper: number): void;
  /** @returns undefined where there is no solution, or none whose objective is below `cutoff` */
  solve(cutoff?: number): LinearSolution | undefined;
  close(): void;
}

export type LinearSolution = Readonly<{ values: Float64Array; objective: number; rowDuals: Float64Array }>;

/** Loads HiGHS (WebAssembly). Deterministic for the same model and limits, time limits aside. */
export async function loadHighsSolver(): Promise<LinearSolver> {
  const highs = await (highsPackage.default as unknown as LoadHighs)();
  return {
    solve: (model, limits) => solveWith(highs, model, limits),
    open: (model, basis) => openWith(highs, model, basis),
  };
}

/** Two searches that cost more time than they ever save on plans: half of it at 288 steps (bench/plan.ts). */
const SEARCH = { mip_heuristic_run_root_reduced_cost: false, mip_heuristic_run_feasibility_jump: false } as const;
/**
 * A day's plan has so few whole numbers that the searches by sub-problem do not pay either: without them, and with cheap
 * rounding instead, it is three to six times as fast. Longer plans need them.
 */
const FEW_INTEGERS = 300;
const SEARCH_FEW_INTEGERS = {
  mip_heuristic_run_rins: false,
  mip_heuristic_run_rens: false,
  mip_heuristic_run_zi_round: true,
  mip_heuristic_run_shifting: true,
} as const;
const countOf = (flags: Int32Array): number => flags.reduce((sum, flag) => sum + flag, 0);

/** The package's types call its ES module CommonJS: its default export is the loader itself. */
type LoadHighs = () => Promise<Highs>;

function solveWith(highs: Highs, model: SparseModel, limits: SolveLimits): SolverResult {
  const { modelStatus: code, callbackType, solutionStatus } = highs.constants;
  const isMip = limits.relax !== true && model.integer.includes(1);
  return highs.withModel(
    { ...asModelData(model), ...(isMip ? { integrality: model.integer } : {}) },
    (instance): SolverResult => {
      instance.options.set({
        output_flag: false,
        time_limit: Math.max(0.001, limits.timeLimitMs / 1000),
        mip_rel_gap: limits.relativeGap,
        mip_abs_gap: limits.absoluteGap,
        mip_allow_restart: false,
        mip_feasibility_tolerance: 1e-7,
        ...(limits.thorough === true ? {} : SEARCH),
        ...(limits.thorough !== true && countOf(model.integer) <= FEW_INTEGERS ? SEARCH_FEW_INTEGERS : {}),
      });
      if (isMip && limits.start) instance.setSolution({ indices: limits.start.columns, values: limits.start.values });
      if (!isMip && limits.basis) instance.setBasis({ colStatus: limits.basis.columns, rowStatus: limits.basis.rows });
      const { onImproved, givesUp } = limits;
      const callbacks: HighsCallbackMap = {
        [callbackType.mipInterrupt]: (event: CallbackEventFor<6>): undefined => {
          if (givesUp?.(event.data.mip_gap ?? Infinity) === true) event.interrupt();
        },
        [callbackType.mipImprovingSolution]: ({ data }: CallbackEventFor<4>): undefined => {
          if (data.mip_solution && onImproved) onImproved(data.mip_solution, data.mip_dual_bound ?? -Infinity);
        },
      };
      const { modelStatus } = isMip && (onImproved || givesUp) ? instance.run(callbacks) : instance.run();
      const infeasible = modelStatus === code.infeasible || modelStatus === code.unboundedOrInfeasible;
      if (infeasible)
        return { status: "infeasible", values: undefined, objective: Infinity, bound: Infinity, rowDuals: undefined };
      const hasValues = instance.info.get("primal_solution_status") === solutionStatus.feasible;
      const solution = hasValues ? instance.getSolution() : undefined;
      const objective = solution ? instance.getObjectiveValue() : Infinity;
      const optimal = modelStatus === code.optimal || modelStatus === code.empty;
      const mipBound = isMip ? Number(instance.info.get("mip_dual_bound")) : optimal ? objective : -Infinity;
      return {
        status: optimal && solution ? "optimal" : solution ? "feasible" : "unknown",
        values: solution?.colValue,
        objective,
        bound: Number.isFinite(mipBound) ? Math.min(mipBound, objective) : -Infinity,
        rowDuals: isMip ? undefined : solution?.rowDual,
        reducedCosts: isMip ? undefined : solution?.colDual,
        basis: isMip || !optimal ? undefined : basisOf(instance.getBasis()),
      };
    },
  );
}

const basisOf = ({ colStatus, rowStatus }: HighsBasis): Basis => ({ columns: colStatus, rows: rowStatus });

function asModelData(model: SparseModel): ModelData {
  return {
    numCols: model.columnCount,
    numRows: model.rowCount,
    colCost: model.cost,
    colLower: model.lower,
    colUpper: model.upper,
    rowLower: model.rowLower,
    rowUpper: model.rowUpper,
    matrix: {
      format: "csr",
      numRows: model.rowCount,
      numCols: model.columnCount,
      starts: model.rowStarts,
      indices: model.columnIndices,
      values: model.coefficients,
    },
  };
}

/** The solver takes no infinite option. */
const UNBOUNDED = 1e30;

function openWith(highs: Highs, model: SparseModel, basis?: Basis): OpenProgramme {
  const instance = highs.createModel(asModelData(model));
  instance.options.set({ output_flag: false });
  if (basis) instance.setBasis({ colStatus: basis.columns, rowStatus: basis.rows });
  return {
    bound: (column, lower, upper) => void instance.changeColBounds(column, lower, upper),
    solve: (cutoff = Infinity) => {
      instance.options.set("objective_bound", Math.min(cutoff, UNBOUNDED));
      const { modelStatus } = instance.run();
      if (modelStatus !== highs.constants.modelStatus.optimal) return undefined;
      const objective = instance.getObjectiveValue();
      if (objective >= cutoff) return undefined;
      const { colValue, rowDual } = instance.getSolution();
      return { values: colValue, objective, rowDuals: rowDual };
    },
    close: () => instance.dispose(),
  };
}
