import { raised } from "./fault.ts";
import { SPACE_RUN } from "./numbers.ts";
import { typeName, type Value } from "./values.ts";

const ENDS = "\\n\\r\\v\\f\\u001c-\\u001e\\u0085\\u2028\\u2029";

export const LINE_END = new RegExp(`(?:\\r\\n|[${ENDS}])$`);

export const linesOf = (text: string): string[] =>
  (text.match(new RegExp(`[^${ENDS}]*(?:\\r\\n|[${ENDS}]|$)`, "g")) ?? []).filter((line) => line !== "");

export const textArgument = (value: Value | undefined): string => {
  if (typeof value !== "string") throw raised(`expected str, not ${value === undefined ? "nothing" : typeName(value)}`);
  return value;
};

export const wholeArgument = (value: Value | undefined, fallback: number): number => {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "bigint" && typeof value !== "boolean")
    throw raised(`'${typeName(value)}' object cannot be interpreted as an integer`);
  return Number(BigInt(value));
};

export function splitText(text: string, separator: Value | undefined, limit: number, fromEnd: boolean): string[] {
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
