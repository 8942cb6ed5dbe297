import { bind } from "./arguments.ts";
import { ratio } from "./durations.ts";
import { raised } from "./fault.ts";
import { formatSpec } from "./formatting.ts";
import type { Runtime } from "./interpreter.ts";
import { digitValue, isSpace, SPACE_RUN } from "./numbers.ts";
import { isEqual } from "./comparison.ts";
import { isTrue, limited, listOf } from "./operations.ts";
import { characters, lengthOf, reprOf, textOf } from "./text.ts";
import { type Arguments, Bytes, Dict, Lazy, PySet, Range, Tuple, typeName, Undefined, type Value } from "./values.ts";

export type Method = (runtime: Runtime, given: Arguments) => Value;

/** Methods that change their object: the sandbox has them, but undefined. */
export const MUTATING: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["dict", new Set(["clear", "pop", "popitem", "setdefault", "update"])],
  ["list", new Set(["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"])],
  [
    "set",
    new Set([
      "add",
      "clear",
      "difference_update",
      "discard",
      "intersection_update",
      "pop",
      "remove",
      "symmetric_difference_update",
      "update",
    ]),
  ],
]);

export function methodOf(value: Value, name: string): Method | undefined {
  if (typeof value === "string") {
    const method = TEXT.get(name);
    return method && ((runtime, given) => method(runtime, value, given));
  }
  if (value instanceof Dict) return dictMethod(value, name);
  if (Array.isArray(value)) return sequenceMethod(value, name) ?? (name === "copy" ? () => [...value] : undefined);
  if (value instanceof Tuple) return sequenceMethod(value.items, name);
  if (value instanceof PySet) return setMethod(value, name);
  if (value instanceof Bytes) return bytesMethod(value, name);
  if (value instanceof Range && (name === "count" || name === "index"))
    return sequenceMethod(
      Array.from({ length: value.length }, (_, i) => value.at(i)),
      name,
    );
  if (typeof value === "number") return floatMethod(value, name);
  if (typeof value === "bigint" || typeof value === "boolean") return intMethod(BigInt(value), name);
  return undefined;
}

function floatMethod(value: number, name: string): Method | undefined {
  if (name === "is_integer") return () => Number.isInteger(value);
  if (name === "conjugate") return () => value;
  if (name === "as_integer_ratio")
    return () => {
      return new Tuple(ratio(value));
    };
  if (name === "hex" || name === "fromhex")
    return () => {
      throw raised(`float.${name} is not here`);
    };
  return undefined;
}

function intMethod(value: bigint, name: string): Method | undefined {
  const size = value < 0n ? -value : value;
  if (name === "bit_length") return () => (size === 0n ? 0n : BigInt(size.toString(2).length));
  if (name === "bit_count") return () => BigInt(size.toString(2).replaceAll("0", "").length);
  if (name === "conjugate") return () => value;
  if (name === "is_integer") return () => true;
  if (name === "as_integer_ratio") return () => new Tuple([value, 1n]);
  if (name === "to_bytes" || name === "from_bytes")
    return (_, given) => {
      const [length, order] = bind("to_bytes", ["length", "byteorder", "signed"], 0, given);
      const count = typeof length === "bigint" ? Number(length) : 1;
      if (count > 1_000 || value < 0n || value >= 1n << BigInt(8 * count)) throw raised("int too big to convert");
      const data = new Uint8Array(count);
      for (let i = 0; i < count; i++) data[count - 1 - i] = Number((value >> BigInt(8 * i)) & 0xffn);
      return new Bytes(order === "little" ? data.reverse() : data);
    };
  return undefined;
}

function dictMethod(dict: Dict, name: string): Method | undefined {
  const pairs = (): Value[] => [...dict.entries()].map((pair) => new Tuple(pair));
  switch (name) {
    case "get":
      return (_, given) => {
        if (given.named.size > 0) throw raised("dict.get() takes no keyword arguments");
        const [key, fallback] = bind("get", ["key", "default"], 1, given);
        return dict.get(key ?? null) ?? (dict.has(key ?? null) ? null : (fallback ?? null));
      };
    case "items":
      return () =>
        new Lazy(
          `dict_items(${reprOf(pairs())})`,
          () => pairs()[Symbol.iterator](),
          () => dict.size,
        );
    case "keys":
      return () =>
        new Lazy(
          `dict_keys(${reprOf([...dict.keys()])})`,
          () => dict.keys(),
          () => dict.size,
        );
    case "values":
      return () =>
        new Lazy(
          `dict_values(${reprOf([...dict.values()])})`,
          () => dict.values(),
          () => dict.size,
        );
    case "copy":
      return () => {
        const copy = new Dict();
        for (const [key, value] of dict.entries()) copy.set(key, value);
        return copy;
      };
    case "fromkeys":
      return ({ work }, given) => {
        const [keys, value] = bind("fromkeys", ["iterable", "value"], 1, given);
        const made = new Dict();
        for (const key of listOf(keys ?? null, work)) made.set(key, value ?? null);
        return made;
      };
    default:
      return undefined;
  }
}

function sequenceMethod(items: readonly Value[], name: string): Method | undefined {
  if (name === "count")
    return ({ work }, given) => {
      const [wanted] = bind("count", ["value"], 1, given);
      work.spend(items.length);
      return BigInt(items.filter((item) => isEqual(item, wanted ?? null)).length);
    };
  if (name === "index")
    return ({ work }, given) => {
      const [wanted] = bind("index", ["value", "start", "stop"], 1, given);
      work.spend(items.length);
      const at = items.findIndex((item) => isEqual(item, wanted ?? null));
      if (at < 0) throw raised(`${reprOf(wanted ?? null)} is not in list`);
      return BigInt(at);
    };
  return undefined;
}

function setMethod(set: PySet, name: string): Method | undefined {
  const has = (key: Value): boolean => set.members.has(key);
  const keys = (): Value[] => [...set.members.keys()];
  const others = (runtime: Runtime, { positional }: Arguments): PySet =>
    new PySet(positional.flatMap((one) => listOf(one, runtime.work)));
  switch (name) {
    case "union":
      return (runtime, given) => new PySet([...keys(), ...others(runtime, given).members.keys()]);
    case "intersection":
      return (runtime, given) => {
        const other = others(runtime, given);
        return new PySet(keys().filter((key) => other.members.has(key)));
      };
    case "difference":
      return (runtime, given) => {
        const other = others(runtime, given);
        return new PySet(keys().filter((key) => !other.members.has(key)));
      };
    case "issubset":
      return (runtime, given) => {
        const other = others(runtime, given);
        return keys().every((key) => other.members.has(key));
      };
    case "issuperset":
      return (runtime, given) => [...others(runtime, given).members.keys()].every(has);
    case "isdisjoint":
      return (runtime, given) => ![...others(runtime, given).members.keys()].some(has);
    case "copy":
      return () => new PySet(keys());
    default:
      return undefined;
  }
}

function bytesMethod({ data }: Bytes, name: string): Method | undefined {
  if (name === "decode") return () => decodeBytes(data);
  if (name === "hex") return () => Buffer.from(data).toString("hex");
  return undefined;
}

export function decodeBytes(data: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw raised("'utf-8' codec can't decode");
  }
}

const ENDS = "\\n\\r\\v\\f\\u001c-\\u001e\\u0085\\u2028\\u2029";
const LINE_END = new RegExp(`(?:\\r\\n|[${ENDS}])$`);
const linesOf = (text: string): string[] =>
  (text.match(new RegExp(`[^${ENDS}]*(?:\\r\\n|[${ENDS}]|$)`, "g")) ?? []).filter((line) => line !== "");

type TextMethod = (runtime: Runtime, text: string, given: Arguments) => Value;

const textArgument = (value: Value | undefined): string => {
  if (typeof value !== "string") throw raised(`expected str, not ${value === undefined ? "nothing" : typeName(value)}`);
  return value;
};
const wholeArgument = (value: Value | undefined, fallback: number): number => {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "bigint" && typeof value !== "boolean")
    throw raised(`'${typeName(value)}' object cannot be interpreted as an integer`);
  return Number(BigInt(value));
};

const strip =
  (start: boolean, end: boolean): TextMethod =>
  (_, text, given) => {
    const [set] = bind("strip", ["chars"], 0, given);
    const drop =
      set === undefined || set === null
        ? isSpace
        : (character: string): boolean => characters(textArgument(set)).includes(character);
    const all = characters(text);
    let from = 0;
    let to = all.length;
    if (start) while (from < to && drop(all[from] ?? "")) from++;
    if (end) while (to > from && drop(all[to - 1] ?? "")) to--;
    return all.slice(from, to).join("");
  };

function splitText(text: string, separator: Value | undefined, limit: number, fromEnd: boolean): string[] {
  if (separator === undefined || separator === null) {
    const kept = text.split(SPACE_RUN).filter((word) => word !== "");
    if (limit < 0 || kept.length <= limit + 1) return kept;
    return fromEnd ? splitSpaceEnd(text, limit) : splitSpaceStart(text, limit);
  }
  const by = textArgument(separator);
  if (by === "") throw raised("empty separator");
  const parts = text.split(by);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  if (fromEnd) {
    const cut = parts.length - limit;
    return [parts.slice(0, cut).join(by), ...parts.slice(cut)];
  }
  return [...parts.slice(0, limit), parts.slice(limit).join(by)];
}

function splitSpaceStart(text: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = text.trimStart();
  while (parts.length < limit) {
    const gap = /\s+/.exec(rest);
    if (!gap) break;
    parts.push(rest.slice(0, gap.index));
    rest = rest.slice(gap.index + gap[0].length);
  }
  return rest === "" ? parts : [...parts, rest];
}

function splitSpaceEnd(text: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = text.trimEnd();
  while (parts.length < limit) {
    const word = /\S+$/.exec(rest)?.[0];
    if (word === undefined || word === rest) break;
    parts.unshift(word);
    rest = rest.slice(0, rest.length - word.length).trimEnd();
  }
  return rest === "" ? parts : [rest, ...parts];
}

const every =
  (test: (character: string) => boolean): TextMethod =>
  (_, text) =>
    text !== "" && characters(text).every(test);

const affix =
  (end: boolean): TextMethod =>
  (_, text, given) => {
    const [wanted, start, stop] = bind("startswith", ["prefix", "start", "end"], 1, given);
    const all = characters(text);
    const part = all.slice(wholeArgument(start, 0), wholeArgument(stop, all.length)).join("");
    const options = wanted instanceof Tuple ? wanted.items : [wanted];
    return options.some((one) => (end ? part.endsWith(textArgument(one)) : part.startsWith(textArgument(one))));
  };

const find =
  (last: boolean, must: boolean): TextMethod =>
  (_, text, given) => {
    const [wanted, start, stop] = bind("find", ["sub", "start", "end"], 1, given);
    const all = characters(text);
    const within = (at: number): number => Math.min(Math.max(at < 0 ? at + all.length : at, 0), all.length);
    const from = within(wholeArgument(start, 0));
    const part = all.slice(from, within(wholeArgument(stop, all.length))).join("");
    const at = last ? part.lastIndexOf(textArgument(wanted)) : part.indexOf(textArgument(wanted));
    if (at < 0 && must) throw raised("substring not found");
    return BigInt(at < 0 ? -1 : from + lengthOf(part.slice(0, at)));
  };

const justify =
  (side: "left" | "right" | "center"): TextMethod =>
  ({ work }, text, given) => {
    const [width, fill = " "] = bind("ljust", ["width", "fillchar"], 1, given);
    const missing = wholeArgument(width, 0) - lengthOf(text);
    if (missing <= 0) return text;
    work.spend(missing);
    const filler = textArgument(fill);
    if (side === "left") return limited(text + filler.repeat(Math.min(missing, 1e6)), work);
    if (side === "right") return limited(filler.repeat(Math.min(missing, 1e6)) + text, work);
    const wide = wholeArgument(width, 0);
    const before = Math.floor(missing / 2) + (missing & wide & 1);
    return limited(filler.repeat(before) + text + filler.repeat(missing - before), work);
  };

/** One letter may become two, of which the second stays small. */
const titled = (character: string): string => {
  const [first = "", ...rest] = character.toUpperCase();
  return first + rest.join("").toLowerCase();
};

export function titleCase(text: string): string {
  let inWord = false;
  let out = "";
  for (const character of text) {
    const cased = character.toLowerCase() !== character.toUpperCase();
    out += cased ? (inWord ? character.toLowerCase() : titled(character)) : character;
    inWord = cased;
  }
  return out;
}

export const capitalize = (text: string): string => {
  const [first = "", ...rest] = Array.from(text);
  return titled(first) + rest.join("").toLowerCase();
};

const TEXT: ReadonlyMap<string, TextMethod> = new Map<string, TextMethod>([
  ["upper", (_, text) => text.toUpperCase()],
  ["lower", (_, text) => text.toLowerCase()],
  ["casefold", (_, text) => text.toLowerCase().replaceAll("ß", "ss")],
  ["title", (_, text) => titleCase(text)],
  ["capitalize", (_, text) => capitalize(text)],
  [
    "swapcase",
    (_, text) =>
      characters(text)
        .map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()))
        .join(""),
  ],
  ["strip", strip(true, true)],
  ["lstrip", strip(true, false)],
  ["rstrip", strip(false, true)],
  [
    "split",
    ({ work }, text, given) => {
      const [separator, limit] = bind("split", ["sep", "maxsplit"], 0, given);
      work.spend(text.length / 4);
      return splitText(text, separator, wholeArgument(limit, -1), false);
    },
  ],
  [
    "rsplit",
    ({ work }, text, given) => {
      const [separator, limit] = bind("rsplit", ["sep", "maxsplit"], 0, given);
      work.spend(text.length / 4);
      return splitText(text, separator, wholeArgument(limit, -1), true);
    },
  ],
  [
    "splitlines",
    (_, text, given) => {
      const [keep] = bind("splitlines", ["keepends"], 0, given);
      const kept = linesOf(text);
      return keep !== undefined && isTrue(keep) ? kept : kept.map((line) => line.replace(LINE_END, ""));
    },
  ],
  [
    "join",
    ({ work }, text, given) => {
      const [items] = bind("join", ["iterable"], 1, given);
      const parts = listOf(items ?? null, work).map((item, i) => {
        if (typeof item !== "string")
          throw raised(`sequence item ${i}: expected str instance, ${typeName(item)} found`);
        return item;
      });
      return limited(parts.join(text), work);
    },
  ],
  [
    "replace",
    ({ work }, text, given) => {
      const [old, next, count] = bind("replace", ["old", "new", "count"], 2, given);
      return replaced(text, textArgument(old), textArgument(next), wholeArgument(count, -1), work);
    },
  ],
  ["startswith", affix(false)],
  ["endswith", affix(true)],
  ["find", find(false, false)],
  ["rfind", find(true, false)],
  ["index", find(false, true)],
  ["rindex", find(true, true)],
  [
    "count",
    ({ work }, text, given) => {
      const [wanted] = bind("count", ["sub", "start", "end"], 1, given);
      work.spend(text.length / 4);
      const part = textArgument(wanted);
      return BigInt(part === "" ? lengthOf(text) + 1 : text.split(part).length - 1);
    },
  ],
  ["isdigit", every((c) => digitValue(c.codePointAt(0) ?? 0) >= 0 || /^[²³¹⁰-⁹₀-₉①-⑨]$/u.test(c))],
  ["isdecimal", every((c) => digitValue(c.codePointAt(0) ?? 0) >= 0)],
  ["isnumeric", every((c) => /^\p{N}$/u.test(c))],
  ["isalpha", every((c) => /^\p{L}$/u.test(c))],
  ["isalnum", every((c) => /^[\p{L}\p{N}]$/u.test(c))],
  ["isspace", every(isSpace)],
  ["isascii", (_, text) => characters(text).every((c) => (c.codePointAt(0) ?? 0) < 128)],
  ["isupper", (_, text) => text !== text.toLowerCase() && text === text.toUpperCase()],
  ["islower", (_, text) => text !== text.toUpperCase() && text === text.toLowerCase()],
  ["istitle", (_, text) => text !== text.toLowerCase() && text === titleCase(text)],
  ["isidentifier", (_, text) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text)],
  ["isprintable", (_, text) => !/\p{C}/u.test(text)],
  [
    "zfill",
    ({ work }, text, given) => {
      const [width] = bind("zfill", ["width"], 1, given);
      const missing = wholeArgument(width, 0) - lengthOf(text);
      if (missing <= 0) return text;
      work.spend(missing);
      const sign = /^[-+]/.exec(text)?.[0] ?? "";
      return limited(sign + "0".repeat(Math.min(missing, 1e6)) + text.slice(sign.length), work);
    },
  ],
  ["ljust", justify("left")],
  ["rjust", justify("right")],
  ["center", justify("center")],
  [
    "partition",
    (_, text, given) => {
      const by = textArgument(bind("partition", ["sep"], 1, given)[0]);
      const at = text.indexOf(by);
      return new Tuple(at < 0 ? [text, "", ""] : [text.slice(0, at), by, text.slice(at + by.length)]);
    },
  ],
  [
    "rpartition",
    (_, text, given) => {
      const by = textArgument(bind("rpartition", ["sep"], 1, given)[0]);
      const at = text.lastIndexOf(by);
      return new Tuple(at < 0 ? ["", "", text] : [text.slice(0, at), by, text.slice(at + by.length)]);
    },
  ],
  [
    "removeprefix",
    (_, text, given) => {
      const part = textArgument(bind("removeprefix", ["prefix"], 1, given)[0]);
      return text.startsWith(part) ? text.slice(part.length) : text;
    },
  ],
  [
    "removesuffix",
    (_, text, given) => {
      const part = textArgument(bind("removesuffix", ["suffix"], 1, given)[0]);
      return part !== "" && text.endsWith(part) ? text.slice(0, -part.length) : text;
    },
  ],
  [
    "expandtabs",
    (_, text) => {
      let column = 0;
      return characters(text)
        .map((c) => {
          const shown = c === "\t" ? " ".repeat(8 - (column % 8)) : c;
          column = c === "\n" || c === "\r" ? 0 : column + shown.length;
          return shown;
        })
        .join("");
    },
  ],
  ["encode", (_, text) => new Bytes(new TextEncoder().encode(text))],
  ["format", (runtime, text, given) => formatText(runtime, text, given)],
  [
    "format_map",
    (runtime, text, given) => {
      const [mapping] = bind("format_map", ["mapping"], 1, given);
      if (!(mapping instanceof Dict)) throw raised("format_map wants a mapping");
      const named = new Map<string, Value>();
      for (const [key, value] of mapping.entries()) if (typeof key === "string") named.set(key, value);
      return formatText(runtime, text, { positional: [], named });
    },
  ],
  ["maketrans", () => new Dict()],
  [
    "translate",
    (runtime, text, given) => {
      const [table] = bind("translate", ["table"], 1, given);
      return characters(text)
        .map((c) => {
          const found = runtime.item(table ?? null, BigInt(c.codePointAt(0) ?? 0));
          if (found instanceof Undefined) return c;
          if (found === null) return "";
          return typeof found === "bigint" ? String.fromCodePoint(Number(found)) : textOf(found);
        })
        .join("");
    },
  ],
]);

export function replaced(text: string, old: string, next: string, count: number, work: Runtime["work"]): string {
  const pieces = old === "" ? ["", ...characters(text), ""] : text.split(old);
  const times = count < 0 ? pieces.length - 1 : Math.min(count, pieces.length - 1);
  work.spend(text.length / 8 + times);
  if (text.length + times * next.length > 1_000_000) return limited(" ".repeat(1_000_001), work);
  if (times === pieces.length - 1) return pieces.join(next);
  return [pieces.slice(0, times + 1).join(next), ...pieces.slice(times + 1)].join(old);
}

const FIELD = /\{\{|\}\}|\{([^{}:!]*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}|[{}]/g;

/** str.format with positions, names, attributes, items, conversions and format specs. */
function formatText(runtime: Runtime, pattern: string, given: Arguments): string {
  let automatic = 0;
  const field = (path: string): Value => {
    const [, first = "", rest = ""] = /^([^.[]*)(.*)$/s.exec(path) ?? [];
    let value: Value | undefined;
    if (first === "") value = given.positional[automatic++];
    else if (/^\d+$/.test(first)) value = given.positional[Number(first)];
    else {
      value = given.named.get(first);
      if (value === undefined) throw raised(`KeyError: '${first}'`);
    }
    if (value === undefined) throw raised("Replacement index out of range for positional args tuple");
    for (const [, attribute, item] of rest.matchAll(/\.([^.[]+)|\[([^\]]*)\]/g)) {
      value =
        attribute !== undefined
          ? runtime.attribute(value, attribute)
          : runtime.item(value, /^\d+$/.test(item ?? "") ? BigInt(item ?? "0") : (item ?? ""));
    }
    return value;
  };
  const shown = pattern.replace(FIELD, (all, path: string | undefined, conversion?: string, spec?: string) => {
    runtime.work.spend(2);
    if (all === "{{") return "{";
    if (all === "}}") return "}";
    if (path === undefined) throw raised("Single '}' or '{' encountered in format string");
    let value = field(path);
    if (conversion === "r" || conversion === "a") value = reprOf(value);
    else if (conversion === "s") value = textOf(value);
    const wanted = (spec ?? "").replace(/\{([^{}]*)\}/g, (_, inner: string) => textOf(field(inner)));
    return formatSpec(value, wanted);
  });
  return limited(shown, runtime.work);
}
