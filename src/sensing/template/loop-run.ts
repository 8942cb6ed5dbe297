import { raised, type Work } from "./fault.ts";
import { isEqual } from "./comparison.ts";
import { iterate, pyLength } from "./operations.ts";
import { Callable, Undefined, type Value } from "./values.ts";

/** The state of one for loop, as `loop` shows it. */
export class LoopRun {
  readonly #source: Value;
  readonly #work: Work;
  readonly #depth: number;
  #walk: Iterator<Value>;
  #index0 = -1;
  #ahead: IteratorResult<Value> | undefined;
  #before: Value | undefined;
  #length: number | undefined;
  #changed: readonly Value[] | undefined;
  current: Value = null;

  constructor(source: Value, work: Work, depth: number) {
    this.#source = source;
    this.#work = work;
    this.#depth = depth;
    this.#walk = iterate(source);
  }

  advance(): boolean {
    const next = this.#ahead ?? this.#walk.next();
    this.#ahead = undefined;
    if (next.done) return false;
    this.#before = this.#index0 >= 0 ? this.current : undefined;
    this.current = next.value;
    this.#index0++;
    return true;
  }

  #peek(): IteratorResult<Value> {
    return (this.#ahead ??= this.#walk.next());
  }

  #size(): number {
    if (this.#length !== undefined) return this.#length;
    try {
      this.#length = Number(pyLength(this.#source));
    } catch {
      const rest: Value[] = [];
      for (let next = this.#peek(); !next.done; next = this.#walk.next()) {
        this.#work.spend(1);
        rest.push(next.value);
      }
      this.#walk = rest[Symbol.iterator]();
      this.#ahead = undefined;
      this.#length = this.#index0 + 1 + rest.length;
    }
    return this.#length;
  }

  attribute(name: string): Value | undefined {
    const index = this.#index0 + 1;
    switch (name) {
      case "index":
        return BigInt(index);
      case "index0":
        return BigInt(this.#index0);
      case "first":
        return this.#index0 === 0;
      case "last":
        return this.#peek().done === true;
      case "length":
        return BigInt(this.#size());
      case "revindex":
        return BigInt(this.#size() - this.#index0);
      case "revindex0":
        return BigInt(this.#size() - index);
      case "depth":
        return BigInt(this.#depth + 1);
      case "depth0":
        return BigInt(this.#depth);
      case "previtem":
        return this.#before ?? (this.#index0 > 0 ? null : new Undefined("there is no previous item"));
      case "nextitem": {
        const next = this.#peek();
        return next.done ? new Undefined("there is no next item") : next.value;
      }
      case "cycle":
        return new Callable("<bound method LoopContext.cycle>", ({ positional }) => {
          if (positional.length === 0) throw raised("no items for cycling given");
          return positional[this.#index0 % positional.length] ?? null;
        });
      case "changed":
        return new Callable("<bound method LoopContext.changed>", ({ positional }) => {
          const before = this.#changed;
          this.#changed = positional;
          return (
            !before ||
            before.length !== positional.length ||
            !before.every((one, i) => isEqual(one, positional[i] ?? null))
          );
        });
      default:
        return undefined;
    }
  }
}
