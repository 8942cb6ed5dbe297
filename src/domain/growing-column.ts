/** Values of a page. */
const PAGE = 16_384;

/** Numbers by their place, of which nobody knows yet how many there will be; NaN where none was put. */
export class GrowingColumn {
  readonly #pages: (Float64Array | undefined)[] = [];

  /** @param place a whole number from 0 */
  put(place: number, value: number): void {
    const page = Math.floor(place / PAGE);
    const values = (this.#pages[page] ??= new Float64Array(PAGE).fill(Number.NaN));
    values[place % PAGE] = value;
  }

  /** The first `length` of them; there is nothing left here afterwards. */
  take(length: number): Float64Array {
    const whole = new Float64Array(length).fill(Number.NaN);
    for (let page = 0; page * PAGE < length; page++) {
      const values = this.#pages[page];
      if (values) whole.set(values.subarray(0, Math.min(PAGE, length - page * PAGE)), page * PAGE);
      this.#pages[page] = undefined;
    }
    this.#pages.length = 0;
    return whole;
  }
}
