/** A mixed integer linear programme in sparse rows, as plain typed arrays: it can be posted to a worker thread. */
export type SparseModel = Readonly<{
  columnCount: number;
  rowCount: number;
  cost: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  /** 1 where the column takes whole numbers only. */
  integer: Int32Array;
  rowLower: Float64Array;
  rowUpper: Float64Array;
  rowStarts: Int32Array;
  columnIndices: Int32Array;
  coefficients: Float64Array;
}>;

/** Terms of a row: column, coefficient, column, coefficient, … */
export type Terms = number[];

/** Collects columns and rows; infinite bounds are ±Infinity. */
export class LinearModel {
  #cost: number[] = [];
  #lower: number[] = [];
  #upper: number[] = [];
  #integer: number[] = [];
  #rowLower: number[] = [];
  #rowUpper: number[] = [];
  #rowStarts: number[] = [0];
  #indices: number[] = [];
  #coefficients: number[] = [];

  get columnCount(): number {
    return this.#cost.length;
  }

  get rowCount(): number {
    return this.#rowLower.length;
  }

  /** Adds a column and returns its index. */
  column(lower: number, upper: number, cost = 0): number {
    this.#cost.push(cost);
    this.#lower.push(lower);
    this.#upper.push(upper);
    this.#integer.push(0);
    return this.#cost.length - 1;
  }

  /** Adds a 0/1 column and returns its index. */
  binary(cost = 0, upper = 1): number {
    const index = this.column(0, upper, cost);
    this.#integer[index] = 1;
    return index;
  }

  /** Another model, the same for now. */
  copy(): LinearModel {
    const other = new LinearModel();
    other.#cost = this.#cost.slice();
    other.#lower = this.#lower.slice();
    other.#upper = this.#upper.slice();
    other.#integer = this.#integer.slice();
    other.#rowLower = this.#rowLower.slice();
    other.#rowUpper = this.#rowUpper.slice();
    other.#rowStarts = this.#rowStarts.slice();
    other.#indices = this.#indices.slice();
    other.#coefficients = this.#coefficients.slice();
    return other;
  }

  addCost(column: number, cost: number): void {
    this.#cost[column] = (this.#cost[column] ?? 0) + cost;
  }

  costs(): readonly number[] {
    return [...this.#cost];
  }

  clearCosts(): void {
    this.#cost.fill(0);
  }

  /** Narrows a column to [lower, upper]. */
  bound(column: number, lower: number, upper: number): void {
    this.#lower[column] = lower;
    this.#upper[column] = upper;
  }

  /** Adds lower <= sum of terms <= upper and returns the row's index. */
  row(lower: number, upper: number, terms: Terms): number {
    for (let i = 0; i < terms.length; i += 2) {
      this.#indices.push(terms[i] as number);
      this.#coefficients.push(terms[i + 1] as number);
    }
    this.#rowLower.push(lower);
    this.#rowUpper.push(upper);
    this.#rowStarts.push(this.#indices.length);
    return this.#rowLower.length - 1;
  }

  toSparse(): SparseModel {
    return {
      columnCount: this.#cost.length,
      rowCount: this.#rowLower.length,
      cost: Float64Array.from(this.#cost),
      lower: Float64Array.from(this.#lower),
      upper: Float64Array.from(this.#upper),
      integer: Int32Array.from(this.#integer),
      rowLower: Float64Array.from(this.#rowLower),
      rowUpper: Float64Array.from(this.#rowUpper),
      rowStarts: Int32Array.from(this.#rowStarts),
      columnIndices: Int32Array.from(this.#indices),
      coefficients: Float64Array.from(this.#coefficients),
    };
  }
}
