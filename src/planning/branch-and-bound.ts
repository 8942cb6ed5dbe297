import type { Basis } from "./carry-basis.ts";
import type { LinearSolver, OpenProgramme } from "./highs-solver.ts";
import type { SparseModel } from "./linear-model.ts";

export type BranchLimits = Readonly<{
  /** The linear programme's basis. */
  basis: Basis | undefined;
  /** Groups of whole-number columns of which at most one is 1, in an order that means something. */
  groups: readonly Int32Array[];
  /** Only what is better than this counts. */
  cutoff: number;
  /** How far below a plan that is found nothing more is looked for. */
  allowanceOf: (objective: number) => number;
  remainingMs: () => number;
  /** Give up after so many linear programmes. */
  mostSolves?: number;
}>;

/** `isOver`: nothing better than the cutoff, or than what was found less the allowance, is left. */
export type Branched = Readonly<{
  isOver: boolean;
  found: Readonly<{ values: Float64Array; objective: number }> | undefined;
  bound: number;
}>;

/** More linear programmes than this take longer than the solver's own search. */
const MOST_SOLVES = 200;
/** After so many it is judged whether the rest will do. */
const JUDGED_AFTER = 20;
/** Choices tried before one is taken, near the root; farther down, what was learned there decides. */
const MOST_TRIED = 2;
/** How much counts as done while there is nothing to compare with. */
const DONE_IN_THE_DARK = 0.25;
const WHOLE = 1e-6;

/** Columns held at 0 or 1 on the way to a node, its linear programme's optimum and solution. */
type Node = Readonly<{ held: ReadonlyMap<number, 0 | 1>; bound: number; values: Float64Array }>;
/** Two ways on from a node, of which one must be taken: columns and what they are held at. */
type Choice = Readonly<{ sides: readonly [readonly Hold[], readonly Hold[]]; share: number }>;
type Hold = readonly [column: number, value: 0 | 1];

/**
 * Branch and bound where few whole numbers are undecided: each node is a linear programme from the last one's basis,
 * half a millisecond for a day, where the solver's own search takes thirty before its first node. Runs branch on
 * "starts before or after" (special ordered sets, Beale and Tomlin 1970), and each choice is tried on both sides before
 * it is taken (strong branching, Applegate et al. 1995). Gives up where it would take long.
 */
export function branchAndBound(solver: LinearSolver, model: SparseModel, limits: BranchLimits): Branched {
  const programme = solver.open(model, limits.basis);
  try {
    return branchIn(programme, model, limits);
  } finally {
    programme.close();
  }
}

/** The same in a programme that is open, with its columns bounded as in `model`; they are left bounded anew. */
export function branchIn(programme: OpenProgramme, model: SparseModel, limits: BranchLimits): Branched {
  return new Tree(model, limits, programme).search();
}

class Tree {
  readonly #model: SparseModel;
  readonly #limits: BranchLimits;
  readonly #programme: OpenProgramme;
  readonly #integers: readonly number[];
  readonly #singles: readonly number[];
  #held: ReadonlyMap<number, 0 | 1> = new Map();
  #found: Branched["found"];
  #solves = 0;

  constructor(model: SparseModel, limits: BranchLimits, programme: OpenProgramme) {
    this.#model = model;
    this.#limits = limits;
    this.#programme = programme;
    const free = (i: number): boolean => model.integer[i] === 1 && (model.lower[i] ?? 0) < (model.upper[i] ?? 0);
    this.#integers = [...model.integer.keys()].filter(free);
    const grouped = new Set(limits.groups.flatMap((group) => [...group]));
    this.#singles = this.#integers.filter((i) => !grouped.has(i));
  }

  search(): Branched {
    const root = this.#solve(new Map());
    const open = root ? [root] : [];
    while (open.length > 0) {
      open.sort((a, b) => b.bound - a.bound);
      const node = open.pop();
      if (!node || node.bound >= this.#cutoff()) return this.#over();
      if (this.#isHopeless(root?.bound ?? node.bound, node.bound))
        return { isOver: false, found: this.#found, bound: node.bound };
      open.push(...this.#branch(node));
    }
    return this.#over();
  }

  #over(): Branched {
    return { isOver: true, found: this.#found, bound: this.#cutoff() };
  }

  #cutoff(): number {
    return this.#found ? this.#found.objective - this.#limits.allowanceOf(this.#found.objective) : this.#limits.cutoff;
  }

  /** At the pace so far, will what is left take too many linear programmes? */
  #isHopeless(rootBound: number, bound: number): boolean {
    const { remainingMs, mostSolves = MOST_SOLVES } = this.#limits;
    if (remainingMs() <= 0 || this.#solves > mostSolves) return true;
    if (this.#solves < JUDGED_AFTER) return false;
    const wanted = this.#cutoff() - rootBound;
    const done = wanted < Infinity ? (bound - rootBound) / Math.max(1e-12, wanted) : DONE_IN_THE_DARK;
    return this.#solves > mostSolves * Math.max(done, 0.1);
  }

  /** The ways on from a node that may hold something better. */
  #branch(node: Node): Node[] {
    const room = this.#cutoff() - node.bound;
    const tried = this.#choices(node.values).slice(0, MOST_TRIED);
    let best: { gain: number; nodes: Node[] } = { gain: -1, nodes: [] };
    for (const { sides } of tried) {
      const nodes = sides.map((holds) => this.#solve(new Map([...node.held, ...holds])));
      const left = nodes.filter((it) => it !== undefined);
      if (left.length === 0) return [];
      const most = Math.min(room, 1e6);
      const gain = nodes.reduce((product, it) => product * Math.max(1e-7, it ? it.bound - node.bound : most), 1);
      if (gain > best.gain) best = { gain, nodes: left };
    }
    return best.nodes.filter(({ bound }) => bound < this.#cutoff());
  }

  /** What a solution leaves undecided, the most undecided first; runs before single switches. */
  #choices(values: Float64Array): Choice[] {
    const value = (column: number): number => values[column] ?? 0;
    const choices: Choice[] = [];
    for (const group of this.#limits.groups) {
      const columns = [...group];
      const likely = columns.filter((column) => value(column) > WHOLE);
      if (likely.length < 2) {
        choices.push(...this.#switchesOf(likely, value));
        continue;
      }
      const total = columns.reduce((sum, column) => sum + value(column), 0);
      const mean = columns.reduce((sum, column, i) => sum + i * value(column), 0) / total;
      const [before, after] = [columns.slice(0, Math.floor(mean) + 1), columns.slice(Math.floor(mean) + 1)];
      const share = before.reduce((sum, column) => sum + value(column), 0) / total;
      const none = (side: readonly number[]): Hold[] => side.map((column) => [column, 0]);
      choices.push({ sides: [none(after), none(before)], share: 1 + Math.min(share, 1 - share) });
    }
    choices.push(...this.#switchesOf(this.#singles, value));
    return choices.sort((a, b) => b.share - a.share);
  }

  #switchesOf(columns: readonly number[], value: (column: number) => number): Choice[] {
    return columns.flatMap((column): Choice[] => {
      const share = Math.min(value(column), 1 - value(column));
      return share > WHOLE ? [{ sides: [[[column, 0]], [[column, 1]]], share }] : [];
    });
  }

  /** The node with these columns held; undefined where it has nothing better, or is whole and thereby found. */
  #solve(held: ReadonlyMap<number, 0 | 1>): Node | undefined {
    const { lower, upper } = this.#model;
    for (const column of this.#held.keys())
      if (!held.has(column)) this.#programme.bound(column, lower[column] ?? 0, upper[column] ?? 1);
    for (const [column, value] of held)
      if (this.#held.get(column) !== value) this.#programme.bound(column, value, value);
    this.#held = held;
    this.#solves++;
    const solution = this.#programme.solve(this.#cutoff());
    if (!solution) return undefined;
    const { values, objective } = solution;
    const isWhole = this.#integers.every((i) => Math.abs((values[i] ?? 0) - Math.round(values[i] ?? 0)) <= WHOLE);
    if (!isWhole) return { held, bound: objective, values };
    this.#found = { values, objective };
    return undefined;
  }
}
