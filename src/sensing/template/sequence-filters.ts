import { attributeGetter } from "./attributes.ts";
import { wholeOr as whole, withParameters } from "./arguments.ts";
import { raised, undefinedFault } from "./fault.ts";
import type { Filter, Runtime } from "./interpreter.ts";
import { binary } from "./arithmetic.ts";
import { compare, isEqual } from "./comparison.ts";
import { isNumeric, isTrue, iterate, limited, listOf } from "./operations.ts";
import { characters, reprOf, textOf } from "./text.ts";
import { Dict, generator, Lazy, PySet, Range, Tuple, typeName, Undefined, type Value } from "./values.ts";

/** Jinja compares text without regard to case unless told. */
const folded = (value: Value, sensitive: boolean): Value =>
  !sensitive && typeof value === "string" ? value.toLowerCase() : value;

function sorted(items: readonly Value[], key: (item: Value) => Value, reverse: boolean, runtime: Runtime): Value[] {
  runtime.work.spend(items.length * Math.log2(items.length + 2));
  const keyed = items.map((item) => ({ item, key: key(item) }));
  const order = (a: { key: Value }, b: { key: Value }): number =>
    compare(a.key, b.key, "<") < 0 ? -1 : compare(b.key, a.key, "<") < 0 ? 1 : 0;
  keyed.sort(reverse ? (a, b) => order(b, a) : order);
  return keyed.map(({ item }) => item);
}

/** Keys of `sort`: one attribute, or several by commas. */
function sortKey(runtime: Runtime, attribute: Value | undefined, sensitive: boolean): (item: Value) => Value {
  if (attribute === undefined || attribute === null) return (item) => folded(item, sensitive);
  const paths: Value[] = typeof attribute === "string" ? attribute.split(",") : [attribute];
  const getters = paths.map((path) => attributeGetter(runtime, path));
  return (item) => getters.map((get) => folded(get(item), sensitive));
}

const extreme = (sign: 1 | -1, name: string): Filter =>
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

const mapped: Filter = (runtime, value, given) => {
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

const selecting =
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

const setOperation = (name: string, pick: (a: PySet, b: PySet) => Value[]): Filter =>
  withParameters(
    name,
    ["other"],
    (runtime, value, [other]) => {
      const side = (one: Value): PySet => {
        if (typeof one === "string") throw raised(`${name} expected a list, got str`);
        return new PySet(listOf(one, runtime.work));
      };
      return pick(side(value), side(other ?? null));
    },
    1,
  );

const members = (set: PySet): Value[] => [...set.members.keys()];
/** Filters of lists, sets and mappings. */
export const SEQUENCE_FILTERS: readonly [string, Filter][] = [
  [
    "join",
    withParameters("join", ["d", "attribute"], (runtime, value, [separator = "", attribute]) => {
      let items = listOf(value, runtime.work);
      if (attribute !== undefined && attribute !== null) items = items.map(attributeGetter(runtime, attribute));
      return limited(items.map(textOf).join(textOf(separator)), runtime.work);
    }),
  ],
  [
    "first",
    (_, value) => {
      const first = iterate(value).next();
      return first.done ? new Undefined("No first item, sequence was empty.") : first.value;
    },
  ],
  [
    "last",
    ({ work }, value) => {
      if (value instanceof Lazy && !value.length) throw raised("'generator' object is not reversible");
      if (value instanceof PySet) throw raised("'set' object is not reversible");
      const items = listOf(value, work);
      return items.length === 0 ? new Undefined("No last item, sequence was empty.") : (items.at(-1) ?? null);
    },
  ],
  ["list", ({ work }, value) => listOf(value, work)],
  [
    "items",
    (_, value) => {
      if (value instanceof Undefined) return generator([][Symbol.iterator]());
      if (!(value instanceof Dict)) throw raised("Can only get item pairs from a mapping.");
      const pairs = [...value.entries()].map((pair): Value => new Tuple(pair));
      return generator(pairs[Symbol.iterator]());
    },
  ],
  [
    "reverse",
    ({ work }, value) => {
      if (typeof value === "string") return characters(value).reverse().join("");
      return generator(listOf(value, work).reverse()[Symbol.iterator]());
    },
  ],
  [
    "sum",
    withParameters("sum", ["attribute", "start"], (runtime, value, [attribute, start = 0n]) => {
      let items = listOf(value, runtime.work);
      if (attribute !== undefined && attribute !== null) items = items.map(attributeGetter(runtime, attribute));
      if (items.every((item) => isNumeric(item)) && items.some((item) => typeof item === "number"))
        return compensatedSum(items as (number | bigint | boolean)[], start, runtime);
      return items.reduce((total, item) => binary("+", total, item, runtime.work), start);
    }),
  ],
  ["min", extreme(-1, "min")],
  ["max", extreme(1, "max")],
  [
    "sort",
    withParameters(
      "sort",
      ["reverse", "case_sensitive", "attribute"],
      (runtime, value, [reverse, caseful, attribute]) =>
        sorted(
          listOf(value, runtime.work),
          sortKey(runtime, attribute, caseful !== undefined && isTrue(caseful)),
          reverse !== undefined && isTrue(reverse),
          runtime,
        ),
    ),
  ],
  [
    "unique",
    withParameters("unique", ["case_sensitive", "attribute"], (runtime, value, [caseful, attribute]) => {
      const get =
        attribute === undefined || attribute === null
          ? (one: Value): Value => one
          : attributeGetter(runtime, attribute);
      const seen = new Dict();
      const kept = listOf(value, runtime.work).filter((item) => {
        const key = folded(get(item), caseful !== undefined && isTrue(caseful));
        if (seen.has(key)) return false;
        seen.set(key, null);
        return true;
      });
      return generator(kept[Symbol.iterator]());
    }),
  ],
  [
    "dictsort",
    withParameters(
      "dictsort",
      ["case_sensitive", "by", "reverse"],
      (runtime, value, [caseful, by = "key", reverse]) => {
        if (!(value instanceof Dict)) throw raised(`'${typeName(value)}' object has no attribute 'items'`);
        if (by !== "key" && by !== "value") throw undefinedFault('You can only sort by either "key" or "value"');
        const index = by === "key" ? 0 : 1;
        return sorted(
          [...value.entries()].map((pair): Value => new Tuple(pair)),
          (pair) =>
            folded(
              pair instanceof Tuple ? (pair.items[index] ?? null) : null,
              caseful !== undefined && isTrue(caseful),
            ),
          reverse !== undefined && isTrue(reverse),
          runtime,
        );
      },
    ),
  ],
  [
    "groupby",
    withParameters(
      "groupby",
      ["attribute", "default", "case_sensitive"],
      (runtime, value, [attribute, fallback, caseful]) => {
        const get = attributeGetter(runtime, attribute ?? null, fallback);
        const sensitive = caseful !== undefined && isTrue(caseful);
        const ordered = sorted(listOf(value, runtime.work), (item) => folded(get(item), sensitive), false, runtime);
        const groups: { key: Value; items: Value[] }[] = [];
        for (const item of ordered) {
          const key = get(item);
          const last = groups.at(-1);
          if (last && isEqual(folded(last.key, sensitive), folded(key, sensitive))) last.items.push(item);
          else groups.push({ key, items: [item] });
        }
        return groups.map(({ key, items }) => new Tuple([key, items]));
      },
      1,
    ),
  ],
  ["map", mapped],
  ["select", selecting(true, false)],
  ["reject", selecting(false, false)],
  ["selectattr", selecting(true, true)],
  ["rejectattr", selecting(false, true)],
  [
    "batch",
    withParameters(
      "batch",
      ["linecount", "fill_with"],
      ({ work }, value, [count, fill]) => {
        const size = whole(count, 1);
        const rows: Value[] = [];
        let row: Value[] = [];
        for (const item of listOf(value, work)) {
          if (row.length === size) {
            rows.push(row);
            row = [];
          }
          row.push(item);
        }
        if (row.length > 0) {
          if (fill !== undefined && fill !== null && size < 100_000) while (row.length < size) row.push(fill);
          rows.push(row);
        }
        return generator(rows[Symbol.iterator]());
      },
      1,
    ),
  ],
  [
    "slice",
    withParameters(
      "slice",
      ["slices", "fill_with"],
      ({ work }, value, [slices, fill]) => {
        const items = listOf(value, work);
        const count = whole(slices, 1);
        if (count === 0) throw raised("division by zero");
        work.spend(count);
        const size = Math.floor(items.length / count);
        const longer = items.length % count;
        const rows: Value[] = [];
        let at = 0;
        for (let i = 0; i < count; i++) {
          const to = at + size + (i < longer ? 1 : 0);
          const row = items.slice(at, to);
          if (fill !== undefined && fill !== null && i >= longer) row.push(fill);
          rows.push(row);
          at = to;
        }
        return generator(rows[Symbol.iterator]());
      },
      1,
    ),
  ],
  [
    "flatten",
    withParameters("flatten", ["levels"], (runtime, value, [levels]) => {
      const flat = (one: Value, left: number): Value[] => {
        if (typeof one === "string" || left < -100) throw raised("flatten expected a list, got str");
        return listOf(one, runtime.work).flatMap((item) =>
          Array.isArray(item) ||
          item instanceof Tuple ||
          item instanceof PySet ||
          item instanceof Dict ||
          item instanceof Range
            ? left >= 1 || left < 0
              ? flat(item, left - 1)
              : [item]
            : [item],
        );
      };
      return flat(value, levels === undefined || levels === null ? -1 : whole(levels, 0));
    }),
  ],
  ["intersect", setOperation("intersect", (a, b) => members(a).filter((one) => b.members.has(one)))],
  ["difference", setOperation("difference", (a, b) => members(a).filter((one) => !b.members.has(one)))],
  ["union", setOperation("union", (a, b) => members(new PySet([...members(a), ...members(b)])))],
  [
    "symmetric_difference",
    setOperation("symmetric_difference", (a, b) => [
      ...members(a).filter((one) => !b.members.has(one)),
      ...members(b).filter((one) => !a.members.has(one)),
    ]),
  ],
  [
    "combine",
    (_, value, { positional, named }) => combined([value, ...positional], isTrue(named.get("recursive") ?? false)),
  ],
];

export function combined(dicts: readonly Value[], recursive: boolean): Dict {
  const result = new Dict();
  for (const dict of dicts) {
    if (!(dict instanceof Dict)) throw raised(`combine expected a dict, got ${typeName(dict)}`);
    for (const [key, value] of dict.entries()) {
      const before = result.get(key);
      result.set(
        key,
        recursive && before instanceof Dict && value instanceof Dict ? combined([before, value], true) : value,
      );
    }
  }
  return result;
}

/** Python's sum of floats is compensated (Neumaier) since 3.12. */
function compensatedSum(items: readonly (number | bigint | boolean)[], start: Value, runtime: Runtime): Value {
  if (!isNumeric(start)) return items.reduce<Value>((total, item) => binary("+", total, item, runtime.work), start);
  let at = 0;
  let exact: Value = start;
  while (at < items.length && typeof items[at] !== "number" && typeof exact !== "number") {
    exact = binary("+", exact, items[at] ?? 0n, runtime.work);
    at++;
  }
  let total = Number(exact as number);
  let lost = 0;
  for (; at < items.length; at++) {
    const item = Number(items[at]);
    const next = total + item;
    lost += Math.abs(total) >= Math.abs(item) ? total - next + item : item - next + total;
    total = next;
  }
  return Number.isFinite(lost) ? total + lost : total;
}
