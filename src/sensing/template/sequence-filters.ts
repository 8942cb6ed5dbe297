import { wholeOr as whole, withParameters } from "./arguments.ts";
import { binary } from "./arithmetic.ts";
import { attributeGetter } from "./attributes.ts";
import { combined, compensatedSum } from "./combining.ts";
import { isEqual } from "./comparison.ts";
import { raised, undefinedFault } from "./fault.ts";
import type { Filter } from "./runtime.ts";
import { isNumeric, isTrue, iterate, limited, listOf } from "./operations.ts";
import { mapped, selecting } from "./selecting.ts";
import { members, setOperation } from "./set-operations.ts";
import { extreme, folded, sorted, sortKey } from "./sorting.ts";
import { characters, textOf } from "./text.ts";
import { Dict, generator, Lazy, PySet, Range, Tuple, typeName, Undefined, type Value } from "./values.ts";

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
