import type { Reading } from "../domain/reading.ts";
import type { Columns } from "./columns.ts";
import { WINDOW_READINGS } from "./hot-window.ts";

/** The newest readings of one sensor in time order, as columns; and as the bytes other processes read. */
export class WindowRing {
  readonly #times = new Float64Array(WINDOW_READINGS);
  readonly #values = new Float64Array(WINDOW_READINGS);
  #length = 0;
  /** When it last took a reading, on the caller's clock. */
  heardMs = 0;

  get length(): number {
    return this.#length;
  }

  get lastMs(): number {
    return this.#length === 0 ? -Infinity : (this.#times[this.#length - 1] ?? 0);
  }

  push(atMs: number, value: number): void {
    let at = this.#length;
    while (at > 0 && (this.#times[at - 1] ?? 0) > atMs) at--;
    if (at > 0 && this.#times[at - 1] === atMs) {
      this.#values[at - 1] = value;
      return;
    }
    if (this.#length === WINDOW_READINGS) {
      if (at === 0) return;
      this.#times.copyWithin(0, 1, at);
      this.#values.copyWithin(0, 1, at);
      at--;
    } else {
      this.#times.copyWithin(at + 1, at, this.#length);
      this.#values.copyWithin(at + 1, at, this.#length);
      this.#length++;
    }
    this.#times[at] = atMs;
    this.#values[at] = value;
  }

  has(atMs: number): boolean {
    return this.#times.subarray(0, this.#length).includes(atMs);
  }

  readings(sensorId: string): Reading[] {
    return Array.from({ length: this.#length }, (_, i) => ({
      sensorId,
      atMs: this.#times[i] ?? 0,
      value: this.#values[i] ?? 0,
    }));
  }

  /** 16 bytes a reading: instant and value as little-endian float64. */
  packed(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#length * 16);
    for (let i = 0; i < this.#length; i++) {
      bytes.writeDoubleLE(this.#times[i] ?? 0, i * 16);
      bytes.writeDoubleLE(this.#values[i] ?? 0, i * 16 + 8);
    }
    return bytes;
  }
}

/** What `packed` wrote, as columns. */
export function unpackWindow(bytes: Buffer): Columns {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = Math.floor(bytes.length / 16);
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    times[i] = view.getFloat64(i * 16, true);
    values[i] = view.getFloat64(i * 16 + 8, true);
  }
  return { times, values };
}
