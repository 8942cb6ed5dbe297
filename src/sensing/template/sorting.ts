import { withParameters } from "./arguments.ts";
import { attributeGetter } from "./attributes.ts";
import { compare } from "./comparison.ts";
import type { Filter, Runtime } from "./runtime.ts";
import { isTrue, listOf } from "./operations.ts";
import { Undefined, type Value } from "./values.ts";

/** Jinja compares text without regard to case unless told. */
export const folded = (value: Value, sensitive: boolean): Value =>
  !sensitive && typeof value === "string" ? value.toLowerCase() : value;

export function sorted(
  items: readonly Value[],
  key: (item: Value) => Value,
  reverse: boolean,
  runtime: Runtime,
): Value[] {
  runtime.work.spend(items.length * Math.log2(items.length + 2));
  const keyed = items.map((item) => ({ item, key: key(item) }));
  const order = (a: { key: Value }, b: { key: Value }): number =>
    compare(a.key, b.key, "<") < 0 ? -1 : compare(b.key, a.key, "<") < 0 ? 1 : 0;
  keyed.sort(reverse ? (a, b) => order(b, a) : order);
  return keyed.map(({ item }) => item);
}

/** Keys of `sort`: one attribute, or several by commas. */
export function sortKey(runtime: Runtime, attribute: Value | undefined, sensitive: boolean): (item: Value) => Value {
  if (attribute === undefined || attribute === null) return (item) => folded(item, sensitive);
  const paths: Value[] = typeof attribute === "string" ? attribute.split(",") : [attribute];
  const getters = paths.map((path) => attributeGetter(runtime, path));
  return (item) => getters.map((get) => folded(get(item), sensitive));
}

export const extreme = (sign: 1 | -1, name: string): Filter =>
  withParameters(name, ["case_sensitive", "attribute"], (runtime, value, [sensitive, attribute]) => {
    const items = listOf(value, runtime.work);
    if (items.length === 0) return new Undefined("No aggregated item, sequence was empty.");
    const get =
      attribute === undefined || attribute === null ? (one: Value): Value => one : attributeGetter(runtime, attribute);
    const caseful = sensitive !== undefined && isTrue(sensitive);
    let best = items[0] ?? null;
    let bestKey = folded(get(best), caseful);
    for (const item of items.slice(1)) {
      const key = folded(get(item), caseful);
      const order = sign > 0 ? compare(key, bestKey, ">") : compare(bestKey, key, "<") * 1;
      if (sign > 0 ? order > 0 : compare(key, bestKey, "<") < 0) {
        best = item;
        bestKey = key;
      }
    }
    return best;
  });
