const PUBACK = 4;

/** Acknowledgements of one turn of the event loop, which go out in one write. */
export class Acknowledgements {
  readonly #write: (bytes: Buffer) => void;
  #ids: number[] = [];
  #waiting = false;

  constructor(write: (bytes: Buffer) => void) {
    this.#write = write;
  }

  add(packetId: number): void {
    this.#ids.push(packetId);
    if (this.#waiting) return;
    this.#waiting = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    const ids = this.#ids;
    this.#ids = [];
    this.#waiting = false;
    const bytes = Buffer.allocUnsafe(ids.length * 4);
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] ?? 0;
      bytes[i * 4] = PUBACK << 4;
      bytes[i * 4 + 1] = 2;
      bytes[i * 4 + 2] = id >> 8;
      bytes[i * 4 + 3] = id & 0xff;
    }
    this.#write(bytes);
  }
}
