import { raised } from "./fault.ts";
import { floatText, intText } from "./numbers.ts";
import {
  Bytes,
  Callable,
  Dict,
  Duration,
  Instant,
  Day,
  TimeOfDay,
  Lazy,
  Loop,
  Namespace,
  PySet,
  Range,
  Slice,
  Tuple,
  Undefined,
  type Value,
} from "./values.ts";
import { dayText, durationText, instantText, timeRepr, timeText } from "./time.ts";

const DEEPEST = 200;
const MOST_TEXT = 1_000_000;

/** Python's str(). */
export function textOf(value: Value): string {
  if (typeof value === "string") return value;
  if (value instanceof Undefined) return "";
  if (value instanceof Instant) return instantText(value, " ");
  if (value instanceof Day) return dayText(value);
  if (value instanceof TimeOfDay) return timeText(value);
  if (value instanceof Duration) return durationText(value);
  return reprOf(value, 0);
}

/** Python's repr(). */
export function reprOf(value: Value, depth = 0): string {
  if (depth > DEEPEST) throw raised("maximum recursion depth exceeded");
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return intText(value);
  if (typeof value === "number") return floatText(value);
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${listed(value, depth)}]`;
  if (value instanceof Tuple) {
    const inner = listed(value.items, depth);
    return value.items.length === 1 ? `(${inner},)` : `(${inner})`;
  }
  if (value instanceof Dict) {
    const parts: string[] = [];
    let size = 0;
    for (const [key, item] of value.entries()) {
      const part = `${reprOf(key, depth + 1)}: ${reprOf(item, depth + 1)}`;
      size += part.length;
      if (size > MOST_TEXT) throw raised("text too long");
      parts.push(part);
    }
    return `{${parts.join(", ")}}`;
  }
  if (value instanceof PySet)
    return value.members.size === 0 ? "set()" : `{${listed([...value.members.keys()], depth)}}`;
  if (value instanceof Undefined) return "Undefined";
  if (value instanceof Bytes) return bytesText(value.data);
  if (value instanceof Callable || value instanceof Lazy) return value.shown;
  if (value instanceof Range)
    return value.step === 1n
      ? `range(${value.start}, ${value.stop})`
      : `range(${value.start}, ${value.stop}, ${value.step})`;
  if (value instanceof Slice) return `slice(${reprOf(value.start)}, ${reprOf(value.stop)}, ${reprOf(value.step)})`;
  if (value instanceof Namespace) return `<Namespace ${reprOf(namespaceDict(value), depth + 1)}>`;
  if (value instanceof Loop) return "<LoopContext>";
  return timeRepr(value);
}

function listed(items: readonly Value[], depth: number): string {
  let text = "";
  for (const [i, item] of items.entries()) {
    text += i > 0 ? `, ${reprOf(item, depth + 1)}` : reprOf(item, depth + 1);
    if (text.length > MOST_TEXT) throw raised("text too long");
  }
  return text;
}

function namespaceDict(namespace: Namespace): Dict {
  const dict = new Dict();
  for (const [key, value] of namespace.attributes) dict.setText(key, value);
  return dict;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = quote;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === quote || character === "\\") out += `\\${character}`;
    else if (character === "\n") out += "\\n";
    else if (character === "\r") out += "\\r";
    else if (character === "\t") out += "\\t";
    else if (code < 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0xad)
      out += `\\x${code.toString(16).padStart(2, "0")}`;
    else if (code !== 0x20 && /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]$/u.test(character))
      out += code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
    else out += character;
  }
  return out + quote;
}

function bytesText(data: Uint8Array): string {
  const quote = data.includes(0x27) && !data.includes(0x22) ? '"' : "'";
  let out = `b${quote}`;
  for (const byte of data) {
    if (byte === quote.charCodeAt(0) || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`;
    else if (byte === 9) out += "\\t";
    else if (byte === 10) out += "\\n";
    else if (byte === 13) out += "\\r";
    else if (byte >= 0x20 && byte < 0x7f) out += String.fromCharCode(byte);
    else out += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return out + quote;
}

/** Length in code points, as Python counts. */
export function lengthOf(text: string): number {
  if (!hasSurrogates(text)) return text.length;
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** The code points of a text, each a string. */
export const characters = (text: string): string[] => (hasSurrogates(text) ? Array.from(text) : text.split(""));

const hasSurrogates = (text: string): boolean => /[\ud800-\udfff]/.test(text);
