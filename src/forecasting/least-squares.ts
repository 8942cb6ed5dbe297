/**
 * Ridge regression by the normal equations and Cholesky's factorization. Rows are added one at a time, so that the
 * design matrix is never held.
 */
export class LeastSquares {
  readonly #width: number;
  readonly #gram: Float64Array;
  readonly #moments: Float64Array;
  rows = 0;

  constructor(width: number) {
    this.#width = width;
    this.#gram = new Float64Array(width * width);
    this.#moments = new Float64Array(width);
  }

  /** Adds one example; `x` holds `width` finite values. */
  add(x: Float64Array, y: number, weight = 1): void {
    const width = this.#width;
    const gram = this.#gram;
    for (let i = 0; i < width; i++) {
      const xi = (x[i] as number) * weight;
      if (xi === 0) continue;
      this.#moments[i] = (this.#moments[i] as number) + xi * y;
      const at = i * width;
      for (let j = 0; j <= i; j++) gram[at + j] = (gram[at + j] as number) + xi * (x[j] as number);
    }
    this.rows++;
  }

  /**
   * Coefficients.
   * @param penalty what is added to each diagonal entry of the Gram matrix; one value per column
   */
  solve(penalty: (column: number) => number): Float64Array {
    const width = this.#width;
    const factor = this.#gram.slice();
    for (let i = 0; i < width; i++) {
      factor[i * width + i] = (factor[i * width + i] as number) + penalty(i) + 1e-9;
      for (let j = 0; j <= i; j++) {
        let sum = factor[i * width + j] as number;
        for (let k = 0; k < j; k++) sum -= (factor[i * width + k] as number) * (factor[j * width + k] as number);
        factor[i * width + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (factor[j * width + j] as number);
      }
    }
    const solution = this.#moments.slice();
    for (let i = 0; i < width; i++) {
      let sum = solution[i] as number;
      for (let k = 0; k < i; k++) sum -= (factor[i * width + k] as number) * (solution[k] as number);
      solution[i] = sum / (factor[i * width + i] as number);
    }
    for (let i = width - 1; i >= 0; i--) {
      let sum = solution[i] as number;
      for (let k = i + 1; k < width; k++) sum -= (factor[k * width + i] as number) * (solution[k] as number);
      solution[i] = sum / (factor[i * width + i] as number);
    }
    return solution;
  }
}
