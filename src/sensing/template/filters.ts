import { attributeGetter } from "./attributes.ts";
import { bind, wholeOr as whole, withParameters } from "./arguments.ts";
import { raised, TemplateFault, undefinedFault } from "./fault.ts";
import { fixedText } from "./numbers.ts";
import { formatPercent } from "./formatting.ts";
import type { Filter, Runtime } from "./interpreter.ts";
import { jsonText } from "./json-text.ts";
import { capitalize, replaced } from "./methods.ts";
import { boolOf, coerceFloat, floatOrDefault, intOrDefault, roundOrDefault } from "./numeric-filters.ts";
import { binary, compare, isEqual, isNumeric, isTrue, iterate, limited, listOf, pyLength } from "./operations.ts";
import { REGEX_FILTERS } from "./regex-filters.ts";
import { BINARY_FILTERS } from "./binary-filters.ts";
import { TIME_FILTERS } from "./time-functions.ts";
import { parseJson } from "./strict-json.ts";
import { characters, lengthOf, reprOf, textOf } from "./text.ts";
import { isSpace } from "./numbers.ts";
import {
  type Arguments,
  Bytes,
  Dict,
  generator,
  Lazy,
  PySet,
  Range,
  Slice,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from "./values.ts";
import { itemAt } from "./operations.ts";
import { MATH } from "./math-functions.ts";

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
        if (typeof one === "string" || one instanceof Undefined) throw raised(`${name} expected a list, got str`);
        return new PySet(listOf(one, runtime.work));
      };
      return pick(side(value), side(other ?? null));
    },
    1,
  );

const members = (set: PySet): Value[] => [...set.members.keys()];

export const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ["float", floatOrDefault],
  ["int", intOrDefault],
  ["round", roundOrDefault],
  ["bool", boolOf],
  ...MATH,
  ...REGEX_FILTERS,
  ...BINARY_FILTERS,
  ...TIME_FILTERS,
  [
    "abs",
    withParameters("abs", [], (_, value) => {
      if (typeof value === "number") return Math.abs(value);
      if (typeof value === "bigint" || typeof value === "boolean") {
        const number = BigInt(value);
        return number < 0n ? -number : number;
      }
      throw raised(`bad operand type for abs(): '${typeName(value)}'`);
    }),
  ],
  ...(["default", "d"] as const).map((name): [string, Filter] => [
    name,
    withParameters(name, ["default_value", "boolean"], (_, value, [fallback = "", boolean]) =>
      value instanceof Undefined || (boolean !== undefined && isTrue(boolean) && !isTrue(value)) ? fallback : value,
    ),
  ]),
  ...(["length", "count"] as const).map((name): [string, Filter] => [
    name,
    withParameters(name, [], (_, value) => pyLength(value)),
  ]),
  ["upper", (_, value) => textOf(value).toUpperCase()],
  ["lower", (_, value) => textOf(value).toLowerCase()],
  ["capitalize", (_, value) => capitalize(textOf(value))],
  [
    "title",
    (_, value) =>
      textOf(value)
        .split(/([-\s({[<]+)/u)
        .map((part) => {
          const [first = "", ...rest] = Array.from(part);
          return first.toUpperCase() + rest.join("").toLowerCase();
        })
        .join(""),
  ],
  [
    "trim",
    withParameters("trim", ["chars"], (_, value, [chars]) => {
      const text = textOf(value);
      const drop =
        chars === undefined || chars === null ? isSpace : (c: string): boolean => characters(textOf(chars)).includes(c);
      const all = characters(text);
      let from = 0;
      let to = all.length;
      while (from < to && drop(all[from] ?? "")) from++;
      while (to > from && drop(all[to - 1] ?? "")) to--;
      return all.slice(from, to).join("");
    }),
  ],
  ["string", (_, value) => textOf(value)],
  ["safe", (_, value) => textOf(value)],
  ...(["e", "escape", "forceescape"] as const).map((name): [string, Filter] => [
    name,
    (_, value) =>
      textOf(value)
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll("'", "&#39;")
        .replaceAll('"', "&#34;"),
  ]),
  [
    "replace",
    withParameters(
      "replace",
      ["old", "new", "count"],
      ({ work }, value, [old, next, count]) =>
        replaced(textOf(value), textOf(old ?? null), textOf(next ?? null), whole(count, -1), work),
      2,
    ),
  ],
  [
    "format",
    (_, value, { positional, named }) => {
      if (positional.length > 0 && named.size > 0)
        throw undefinedFault("can't handle positional and keyword arguments");
      const dict = new Dict();
      for (const [key, one] of named) dict.setText(key, one);
      return formatPercent(textOf(value), named.size > 0 ? dict : new Tuple(positional));
    },
  ],
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
  [
    "random",
    () => {
      throw new TemplateFault("unknown", "chance");
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
    "attr",
    withParameters(
      "attr",
      ["name"],
      (_, value, [name]) => new Undefined(`'${typeName(value)} object' has no attribute '${textOf(name ?? null)}'`),
      1,
    ),
  ],
  ["wordcount", (_, value) => BigInt(textOf(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)],
  [
    "indent",
    withParameters("indent", ["width", "first", "blank"], ({ work }, value, [width = 4n, first, blank]) => {
      if (typeof value !== "string") throw raised(`'${typeName(value)}' object cannot be indented`);
      const pad = typeof width === "string" ? width : " ".repeat(Math.min(whole(width, 4), 1_000));
      const lines = value.split("\n");
      const shown = lines.map((line, i) =>
        (i === 0 ? first !== undefined && isTrue(first) : line !== "" || (blank !== undefined && isTrue(blank)))
          ? pad + line
          : line,
      );
      return limited(shown.join("\n"), work);
    }),
  ],
  [
    "truncate",
    withParameters(
      "truncate",
      ["length", "killwords", "end", "leeway"],
      (_, value, [length, kill, end = "...", leeway]) => {
        const tail = textOf(end);
        const most = whole(length, 255);
        if (most < lengthOf(tail)) throw raised("expected length >= len(end)");
        if (pyLength(value) <= most + whole(leeway, 5)) return value;
        if (typeof value !== "string") throw raised(`'${typeName(value)}' object cannot be cut`);
        const all = characters(value);
        const kept = all.slice(0, most - lengthOf(tail)).join("");
        if (kill !== undefined && isTrue(kill)) return kept + tail;
        const cut = kept.lastIndexOf(" ");
        return (cut < 0 ? kept : kept.slice(0, cut)) + tail;
      },
    ),
  ],
  [
    "center",
    withParameters("center", ["width"], (_, value, [width]) => {
      const text = textOf(value);
      const wide = Math.min(whole(width, 80), 10_000);
      const missing = wide - lengthOf(text);
      if (missing <= 0) return text;
      const before = Math.floor(missing / 2) + (missing & wide & 1);
      return " ".repeat(before) + text + " ".repeat(missing - before);
    }),
  ],
  [
    "striptags",
    (_, value) =>
      textOf(value)
        .replace(/<!--[\s\S]*?-->/g, "")
        .replace(/<[^>]*>/g, "")
        .split(/\s+/)
        .filter(Boolean)
        .join(" "),
  ],
  [
    "filesizeformat",
    withParameters("filesizeformat", ["binary"], (_, value, [binaryUnits]) => {
      const bytes = coerceFloat(value);
      if (bytes === undefined) throw raised("could not convert string to float");
      const two = binaryUnits !== undefined && isTrue(binaryUnits);
      const base = two ? 1024 : 1000;
      const units = two
        ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
        : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
      if (bytes === 1) return "1 Byte";
      if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
      let i = 0;
      while (i < units.length - 1 && bytes >= base ** (i + 2)) i++;
      return `${fixedText((base * bytes) / base ** (i + 2), 1)} ${units[i]}`;
    }),
  ],
  [
    "urlencode",
    (_, value) =>
      encodeURIComponent(textOf(value))
        .replaceAll("%2F", "/")
        .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
  ],
  ["pprint", (_, value) => reprOf(value)],
  [
    "iif",
    withParameters("iif", ["if_true", "if_false", "if_none"], (_, value, [yes = true, no = false, none]) =>
      value === null && none !== undefined ? none : isTrue(value) ? yes : no,
    ),
  ],
  [
    "is_defined",
    (_, value) => {
      if (value instanceof Undefined) throw undefinedFault(value.message);
      return value;
    },
  ],
  ["is_number", withParameters("is_number", [], (_, value) => Number.isFinite(coerceFloat(value) ?? Number.NaN))],
  ["typeof", withParameters("typeof", [], (_, value) => typeName(value))],
  [
    "contains",
    ({ work }, value, { positional }) => {
      const wanted = positional[0];
      if (wanted === undefined) throw raised("contains expected 2 arguments, got 1");
      return containsFilter(value, wanted, work);
    },
  ],
  [
    "from_json",
    withParameters("from_json", ["default"], (_, value, [fallback]) => {
      if (typeof value !== "string" && !(value instanceof Bytes)) {
        if (fallback !== undefined) return fallback;
        throw raised("Input must be bytes, bytearray, memoryview, or str");
      }
      const text = typeof value === "string" ? value : new TextDecoder().decode(value.data);
      const parsed = parseJson(text);
      if (parsed !== undefined) return parsed;
      if (fallback === undefined) throw raised("from_json got invalid input");
      return fallback;
    }),
  ],
  ...(["to_json", "tojson"] as const).map((name): [string, Filter] => [
    name,
    (runtime, value, given) => {
      if (name === "tojson") {
        const [indent] = bind(name, ["indent"], 0, given);
        return jsonText(
          value,
          {
            spaces: true,
            indent: indent === undefined || indent === null ? 0 : whole(indent, 0),
            ascii: true,
            sort: true,
            html: true,
          },
          runtime.work,
        );
      }
      const [ascii, pretty, sort] = bind(name, ["ensure_ascii", "pretty_print", "sort_keys"], 0, given);
      const yes = (one: Value | undefined): boolean => one !== undefined && isTrue(one);
      return jsonText(
        value,
        { spaces: yes(ascii), indent: yes(pretty) ? 2 : 0, ascii: yes(ascii), sort: yes(sort), html: false },
        runtime.work,
      );
    },
  ]),
  [
    "ord",
    (_, value) => {
      if (typeof value !== "string" || lengthOf(value) !== 1) throw raised("ord() expected a character");
      return BigInt(value.codePointAt(0) ?? 0);
    },
  ],
  [
    "ordinal",
    (_, value) => {
      const text = textOf(value);
      const last = Number(text.at(-1));
      const two = Number(text.slice(-2));
      if (!Number.isInteger(last) || !Number.isInteger(two)) throw raised("invalid literal for int()");
      const rest = ((two % 100) + 100) % 100;
      return text + (rest >= 11 && rest <= 13 ? "th" : (["th", "st", "nd", "rd"][last] ?? "th"));
    },
  ],
  [
    "slugify",
    withParameters("slugify", ["separator"], (_, value, [separator = "_"]) => {
      if (typeof separator !== "string") throw raised("the separator must be a text");
      if (value === null || value === "") return "";
      const plain = textOf(value).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
      const slug = plain
        .replace(/'+|(?<=\d),(?=\d)/g, "")
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, "");
      return slug === "" ? "unknown" : slug.replaceAll("-", separator);
    }),
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
  [
    "apply",
    (runtime, value, { positional: [fn, ...rest], named }) =>
      runtime.call(fn ?? null, { positional: [value, ...rest], named }),
  ],
  [
    "shuffle",
    () => {
      throw new TemplateFault("unknown", "chance");
    },
  ],
]);

function containsFilter(container: Value, item: Value, work: Runtime["work"]): boolean {
  if (typeof container === "string") {
    if (typeof item !== "string") throw raised("'in <string>' requires string as left operand");
    return container.includes(item);
  }
  if (container instanceof Dict) return container.has(item);
  if (container instanceof PySet) return container.members.has(item);
  return listOf(container, work).some((one) => isEqual(one, item));
}

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

export const sliceOf = (value: Value, start: Value, stop: Value, work: Runtime["work"]): Value | undefined =>
  itemAt(value, new Slice(start, stop, null), work);
export type { Arguments };
