import { raised, type Work } from "./fault.ts";
import { floatText, intText } from "./numbers.ts";
import { compareText } from "./comparison.ts";
import { textOf } from "./text.ts";
import { Dict, Tuple, typeName, type Value } from "./values.ts";

export type JsonStyle = Readonly<{ spaces: boolean; indent: number; ascii: boolean; sort: boolean; html: boolean }>;

/** JSON text of a value, in the style of orjson (compact) or of Python's json module (`spaces`). */
export function jsonText(value: Value, style: JsonStyle, work: Work): string {
  const write = (one: Value, depth: number): string => {
    work.spend(1);
    if (depth > 250) throw raised("Recursion limit reached");
    if (one === null) return "null";
    if (typeof one === "boolean") return String(one);
    if (typeof one === "bigint") return intText(one);
    if (typeof one === "number") {
      if (!Number.isFinite(one))
        return style.html ? (Number.isNaN(one) ? "NaN" : one > 0 ? "Infinity" : "-Infinity") : "null";
      return style.spaces
        ? floatText(one)
        : floatText(one)
            .replace("e+", "e")
            .replace(/e(-?)0/, "e$1");
    }
    if (typeof one === "string") return quoted(one, style.ascii);
    const gap = style.indent > 0 ? `\n${" ".repeat(Math.min(style.indent, 20) * (depth + 1))}` : "";
    const end = style.indent > 0 ? `\n${" ".repeat(Math.min(style.indent, 20) * depth)}` : "";
    const comma = style.indent > 0 ? "," : style.spaces ? ", " : ",";
    if (Array.isArray(one) || one instanceof Tuple) {
      const items = Array.isArray(one) ? one : one.items;
      if (items.length === 0) return "[]";
      return `[${gap}${items.map((item) => write(item, depth + 1)).join(comma + gap)}${end}]`;
    }
    if (one instanceof Dict) {
      if (one.size === 0) return "{}";
      const entries = [...one.entries()].map(([key, item]): [string, Value] => [keyText(key), item]);
      if (style.sort) entries.sort(([a], [b]) => compareText(a, b));
      const colon = style.spaces || style.indent > 0 ? ": " : ":";
      const pairs = entries.map(([key, item]) => quoted(key, style.ascii) + colon + write(item, depth + 1));
      return `{${gap}${pairs.join(comma + gap)}${end}}`;
    }
    throw raised(`Object of type ${typeName(one)} is not JSON serializable`);
  };
  const text = write(value, 0);
  if (!style.html) return text;
  return text
    .replaceAll("<", "\\u003c")
    .replaceAll(">", "\\u003e")
    .replaceAll("&", "\\u0026")
    .replaceAll("'", "\\u0027");
}

function keyText(key: Value): string {
  if (key === null) return "null";
  if (typeof key === "boolean") return String(key);
  return textOf(key);
}

function quoted(text: string, ascii: boolean): string {
  const json = JSON.stringify(text);
  if (!ascii) return json;
  return json.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
