import { attributeGetter } from "./attributes.ts";
import { undefinedFault } from "./fault.ts";
import type { Filter } from "./runtime.ts";
import { isTrue, iterate } from "./operations.ts";
import { reprOf } from "./text.ts";
import { generator, type Value } from "./values.ts";

export const mapped: Filter = (runtime, value, given) => {
  const { positional, named } = given;
  let apply: (item: Value) => Value;
  if (positional.length === 0 && named.has("attribute")) {
    const fallback = named.get("default");
    apply = attributeGetter(runtime, named.get("attribute") ?? null, fallback);
  } else {
    const [name, ...rest] = positional;
    if (name === undefined) throw undefinedFault("map requires a filter argument");
    if (typeof name !== "string") throw undefinedFault(`No filter named ${reprOf(name)}.`);
    apply = (item) => runtime.filter(name, item, { positional: rest, named });
  }
  if (!isTrue(value)) return generator([][Symbol.iterator]());
  const walk = iterate(value);
  return generator(
    (function* (): Generator<Value> {
      for (let next = walk.next(); !next.done; next = walk.next()) yield apply(next.value);
    })(),
  );
};

export const selecting =
  (keep: boolean, byAttribute: boolean): Filter =>
  (runtime, value, { positional, named }) => {
    if (!isTrue(value)) return generator([][Symbol.iterator]());
    const rest = [...positional];
    let get = (item: Value): Value => item;
    if (byAttribute) {
      const attribute = rest.shift();
      if (attribute === undefined) throw undefinedFault("Missing parameter for attribute name");
      get = attributeGetter(runtime, attribute);
    }
    const name = rest.shift();
    const test = (item: Value): boolean => {
      if (name === undefined) return isTrue(item);
      if (typeof name !== "string") throw undefinedFault(`No test named ${reprOf(name)}.`);
      return runtime.test(name, item, { positional: rest, named });
    };
    const walk = iterate(value);
    return generator(
      (function* (): Generator<Value> {
        for (let next = walk.next(); !next.done; next = walk.next()) {
          runtime.work.spend(1);
          if (test(get(next.value)) === keep) yield next.value;
        }
      })(),
    );
  };
