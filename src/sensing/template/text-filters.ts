import { wholeOr as whole, withParameters } from "./arguments.ts";
import { raised, TemplateFault, undefinedFault } from "./fault.ts";
import { fixedText } from "./numbers.ts";
import { formatPercent } from "./formatting.ts";
import type { Filter } from "./runtime.ts";
import { capitalize } from "./text-case.ts";
import { replaced } from "./text-methods.ts";
import { coerceFloat } from "./numeric-filters.ts";
import { isIterable, isTrue, limited, listOf, pyLength } from "./operations.ts";
import { characters, lengthOf, textOf } from "./text.ts";
import { isSpace } from "./numbers.ts";
import { Dict, Tuple, typeName } from "./values.ts";

/** Letters that have no mark to drop, as unidecode writes them. */
const LATIN: ReadonlyMap<string, string> = new Map(
  "ß:ss ẞ:Ss æ:ae Æ:AE œ:oe Œ:OE ø:o Ø:O đ:d Đ:D ð:d Ð:D þ:th Þ:Th ł:l Ł:L ı:i ħ:h Ħ:H ŧ:t Ŧ:T ŋ:ng Ŋ:NG ĸ:k"
    .split(" ")
    .map((pair) => pair.split(":") as [string, string]),
);
function transliterated(text: string): string {
  const plain = text
    .replace(/\p{L}/gu, (c) => LATIN.get(c) ?? c)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "");
  if (/(?!\p{Script=Latin})\p{L}/u.test(plain))
    throw new TemplateFault("unknown", "other scripts are Home Assistant's to transliterate");
  return plain;
}

const quotedUrl = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Filters that take any value as text. */
export const TEXT_FILTERS: readonly [string, Filter][] = [
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
    ({ work }, value) => {
      if (typeof value === "string" || !isIterable(value)) return quotedUrl(textOf(value)).replaceAll("%2F", "/");
      const pairs =
        value instanceof Dict ? [...value.entries()] : listOf(value, work).map((pair) => listOf(pair, work));
      return pairs
        .map((pair) => {
          if (pair.length !== 2) throw raised("not enough values to unpack");
          return pair.map((part) => quotedUrl(textOf(part ?? null)).replaceAll("%20", "+")).join("=");
        })
        .join("&");
    },
  ],
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
      const two = /^-?\d+$/.test(text.slice(-2)) ? Number(text.slice(-2)) : Number.NaN;
      if (Number.isNaN(last) || Number.isNaN(two)) throw raised("invalid literal for int()");
      const rest = ((two % 100) + 100) % 100;
      return text + (rest >= 11 && rest <= 13 ? "th" : (["th", "st", "nd", "rd"][last] ?? "th"));
    },
  ],
  [
    "slugify",
    withParameters("slugify", ["separator"], (_, value, [separator = "_"]) => {
      if (typeof separator !== "string") throw raised("the separator must be a text");
      if (textOf(value) === "") return "";
      const plain = transliterated(textOf(value)).toLowerCase();
      const slug = plain
        .replace(/'+|(?<=\d),(?=\d)/g, "")
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, "");
      return slug === "" ? "unknown" : slug.replaceAll("-", separator);
    }),
  ],
];
