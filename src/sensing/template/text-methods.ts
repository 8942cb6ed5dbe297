import { bind } from "./arguments.ts";
import { raised } from "./fault.ts";
import { formatText } from "./format-text.ts";
import type { Runtime } from "./runtime.ts";
import { digitValue, isSpace } from "./numbers.ts";
import { isTrue, limited, listOf } from "./operations.ts";
import { LINE_END, linesOf, splitText, textArgument, wholeArgument } from "./split-text.ts";
import { capitalize, titleCase } from "./text-case.ts";
import { characters, lengthOf, textOf } from "./text.ts";
import { type Arguments, Bytes, Dict, Tuple, typeName, Undefined, type Value } from "./values.ts";

type TextMethod = (runtime: Runtime, text: string, given: Arguments) => Value;

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

export const every =
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

export const TEXT: ReadonlyMap<string, TextMethod> = new Map<string, TextMethod>([
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
