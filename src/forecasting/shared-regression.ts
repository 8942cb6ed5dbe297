/**
 * Ridge regression of many outputs on the same inputs: the inputs are standardized, the constant is free. Rows are
 * added one at a time; one factorization serves all outputs.
 */
export class SharedRegression {
  readonly #width: number;
  readonly #outputs: number;
  readonly #gram: Float64Array;
  /** Sum of weighted inputs times outputs; width rows of `outputs`. */
  readonly #moments: Float64Array;
  readonly #inputSum: Float64Array;
  readonly #outputSum: Float64Array;
  #weight = 0;
  rows = 0;

  constructor(width: number, outputs: number) {
    this.#width = width;
    this.#outputs = outputs;
    this.#gram = new Float64Array(width * width);
    this.#moments = new Float64Array(width * outputs);
    this.#inputSum = new Float64Array(width);
    this.#outputSum = new Float64Array(outputs);
  }

  /** Adds one example; all values finite. */
  add(x: Float64Array, y: Float64Array, weight = 1): void {
    const width = this.#width;
    const outputs = this.#outputs;
    for (let i = 0; i < width; i++) {
      const xi = (x[i] as number) * weight;
      if (xi === 0) continue;
      this.#inputSum[i] = (this.#inputSum[i] as number) + xi;
      for (let j = 0, at = i * width; j <= i; j++, at++)
        this.#gram[at] = (this.#gram[at] as number) + xi * (x[j] as number);
      for (let o = 0, at = i * outputs; o < outputs; o++, at++)
        this.#moments[at] = (this.#moments[at] as number) + xi * (y[o] as number);
    }
    for (let o = 0; o < outputs; o++) this.#outputSum[o] = (this.#outputSum[o] as number) + weight * (y[o] as number);
    this.#weight += weight;
    this.rows++;
  }

  /**
   * @param penalty what holds each standardized coefficient back, as a share of the weight of all examples
   * @returns a function from inputs to outputs; inputs are held within six deviations of their mean
   */
  solve(penalty: number): (x: Float64Array, into: Float64Array) => void {
    const width = this.#width;
    const outputs = this.#outputs;
    const total = Math.max(this.#weight, 1e-12);
    const mean = this.#inputSum.map((sum) => sum / total);
    const scale = mean.map((middle, i) => {
      const variance = (this.#gram[i * width + i] as number) / total - middle * middle;
      return variance > 1e-9 ? 1 / Math.sqrt(variance) : 0;
    });
    const factor = new Float64Array(width * width);
    for (let i = 0; i < width; i++)
      for (let j = 0; j <= i; j++) {
        const covariance = (this.#gram[i * width + j] as number) / total - (mean[i] as number) * (mean[j] as number);
        factor[i * width + j] = covariance * (scale[i] as number) * (scale[j] as number) + (i === j ? penalty : 0);
      }
    factorize(factor, width);
    const weights = new Float64Array(width * outputs);
    const column = new Float64Array(width);
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < width; i++) {
        const joint = (this.#moments[i * outputs + o] as number) / total;
        column[i] = (joint - ((mean[i] as number) * (this.#outputSum[o] as number)) / total) * (scale[i] as number);
      }
      substitute(factor, width, column);
      for (let i = 0; i < width; i++) weights[i * outputs + o] = column[i] as number;
    }
    const middle = this.#outputSum.map((sum) => sum / total);
    return (x, into) => {
      into.set(middle);
      for (let i = 0; i < width; i++) {
        const off = ((x[i] as number) - (mean[i] as number)) * (scale[i] as number);
        const held = Math.min(Math.max(off, -6), 6);
        if (held === 0) continue;
        for (let o = 0, at = i * outputs; o < outputs; o++, at++)
          into[o] = (into[o] as number) + held * (weights[at] as number);
      }
    };
  }
}

/** Cholesky's factor of the lower triangle, in place. */
function factorize(matrix: Float64Array, width: number): void {
  for (let i = 0; i < width; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * width + j] as number;
      for (let k = 0; k < j; k++) sum -= (matrix[i * width + k] as number) * (matrix[j * width + k] as number);
      matrix[i * width + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (matrix[j * width + j] as number);
    }
}

/** Solves for one right-hand side, in place. */
function substitute(factor: Float64Array, width: number, column: Float64Array): void {
  for (let i = 0; i < width; i++) {
    let sum = column[i] as number;
    for (let k = 0; k < i; k++) sum -= (factor[i * width + k] as number) * (column[k] as number);
    column[i] = sum / (factor[i * width + i] as number);
  }
  for (let i = width - 1; i >= 0; i--) {
    let sum = column[i] as number;
    for (let k = i + 1; k < width; k++) sum -= (factor[k * width + i] as number) * (column[k] as number);
    column[i] = sum / (factor[i * width + i] as number);
  }
}
