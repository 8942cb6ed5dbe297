import { type Columns, EMPTY_COLUMNS, GrowingColumns, sliceColumns } from "./columns.ts";

/** Readings that are committed but not yet in chunks, by sensor key. */
export class Unpacked {
  readonly #byKey = new Map<number, GrowingColumns>();
  #count = 0;

  /** Readings held, a few written twice counted twice. */
  get count(): number {
    return this.#count;
  }

  push(key: number, atMs: number, value: number): void {
    let columns = this.#byKey.get(key);
    if (columns === undefined) this.#byKey.set(key, (columns = new GrowingColumns()));
    columns.push(atMs, value);
    this.#count++;
  }

  keys(): IterableIterator<number> {
    return this.#byKey.keys();
  }

  columns(key: number, fromMs = -Infinity, toMs = Infinity): Columns {
    const growing = this.#byKey.get(key);
    return growing === undefined ? EMPTY_COLUMNS : sliceColumns(growing.columns(), fromMs, toMs);
  }

  forget(key: number): void {
    this.#count -= this.#byKey.get(key)?.length ?? 0;
    this.#byKey.delete(key);
    if (this.#byKey.size === 0) this.#count = 0;
  }
}
