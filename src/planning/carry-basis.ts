import type { PlanModel } from "./build-model.ts";

/** Which columns and rows of a linear programme are basic (1), and at which bound the others are (HiGHS's codes). */
export type Basis = Readonly<{ columns: Int32Array; rows: Int32Array }>;

const [AT_LOWER, BASIC] = [0, 1];

/**
 * A basis of one model of a problem as a start for another, which may have other switches: what both have keeps its
 * status, a switch the first does not have begins without a say. Undefined where that is no basis.
 */
export function carryBasis(from: PlanModel, basis: Basis, to: PlanModel): Basis | undefined {
  const columns = new Int32Array(to.model.columnCount).fill(AT_LOWER);
  const rows = new Int32Array(to.model.rowCount).fill(BASIC);
  columns.set(basis.columns.subarray(0, from.common.columns));
  rows.set(basis.rows.subarray(0, from.common.rows));
  const known = new Map(from.switches.map((place, i) => [place.key, i]));
  for (const [i, place] of to.switches.entries()) {
    const k = known.get(place.key);
    const source = k === undefined ? undefined : from.switches[k];
    if (k === undefined || !source) continue;
    const next = from.switches[k + 1];
    const [columnEnd, rowEnd] = [next?.column ?? from.model.columnCount, next?.row ?? from.model.rowCount];
    const following = to.switches[i + 1];
    const room = (following?.column ?? to.model.columnCount) - place.column;
    if (room !== columnEnd - source.column) return undefined;
    columns.set(basis.columns.subarray(source.column, columnEnd), place.column);
    rows.set(basis.rows.subarray(source.row, rowEnd), place.row);
  }
  return countBasic(columns) + countBasic(rows) === rows.length ? { columns, rows } : undefined;
}

const countBasic = (statuses: Int32Array): number => statuses.reduce((sum, it) => sum + (it === BASIC ? 1 : 0), 0);
