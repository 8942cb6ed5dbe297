import { TemplateSyntaxFault } from "./fault.ts";

export type Token = Readonly<
  | { type: "data"; text: string }
  | { type: "begin"; block: boolean }
  | { type: "end"; block: boolean }
  | { type: "name" | "operator"; text: string }
  | { type: "string"; text: string }
  | { type: "integer"; value: bigint }
  | { type: "float"; value: number }
  | { type: "eof" }
>;

const NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const FLOAT = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/y;
const INTEGER = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const STRING = /'([^'\\]*(?:\\[\s\S][^'\\]*)*)'|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"/y;
const OPERATOR = /\*\*|\/\/|==|!=|>=|<=|[-+/*%~[\](){}<>=.:|,;]/y;
const SPACE = /\s+/y;
const CLOSING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
const RAW = /^\{%([-+]?)\s*raw\s*(-?)%\}/;

/** Cuts a template into tokens (Jinja's lexer with its default delimiters; one trailing newline is dropped). */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const text = source.replace(/\r\n|\r/g, "\n").replace(/\n$/, "");
  let at = 0;
  let stripNext = false;

  const data = (raw: string, stripEnd: boolean): void => {
    let kept = stripNext ? raw.replace(/^\s+/, "") : raw;
    if (stripEnd) kept = kept.replace(/\s+$/, "");
    if (kept !== "") tokens.push({ type: "data", text: kept });
    stripNext = false;
  };

  while (at < text.length) {
    const open = nextOpening(text, at);
    if (open < 0) {
      data(text.slice(at), false);
      break;
    }
    const kind = text[open + 1];
    const stripBefore = text[open + 2] === "-";
    const before = text.slice(at, open);
    if (kind === "#") {
      const close = text.indexOf("#}", open + 2);
      if (close < 0) throw new TemplateSyntaxFault("Missing end of comment tag");
      data(before, stripBefore);
      stripNext = text[close - 1] === "-" && close - 1 > open + 1;
      at = close + 2;
      continue;
    }
    const raw = kind === "%" ? RAW.exec(text.slice(open)) : null;
    if (raw) {
      data(before, raw[1] === "-");
      const bodyAt = open + raw[0].length;
      const end = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
      end.lastIndex = bodyAt;
      const found = end.exec(text);
      if (!found) throw new TemplateSyntaxFault("Missing end of raw directive");
      stripNext = raw[2] === "-";
      data(text.slice(bodyAt, found.index), found[1] === "-");
      stripNext = found[2] === "-";
      at = found.index + found[0].length;
      continue;
    }
    data(before, stripBefore);
    const block = kind === "%";
    tokens.push({ type: "begin", block });
    at = open + 2;
    if (text[at] === "-" || (text[at] === "+" && block)) at++;
    const inside = insideTag(text, at, block, tokens);
    at = inside.at;
    stripNext = inside.strip;
  }
  tokens.push({ type: "eof" });
  return tokens;
}

function nextOpening(text: string, from: number): number {
  for (let at = text.indexOf("{", from); at >= 0; at = text.indexOf("{", at + 1)) {
    const next = text[at + 1];
    if (next === "{" || next === "%" || next === "#") return at;
  }
  return -1;
}

function insideTag(text: string, from: number, block: boolean, tokens: Token[]): { at: number; strip: boolean } {
  const closing = block ? "%}" : "}}";
  const open: string[] = [];
  let at = from;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found;
  };
  while (at < text.length) {
    if (match(SPACE)) continue;
    if (open.length === 0) {
      const mark = text[at] === "-" || (block && text[at] === "+") ? 1 : 0;
      if (text.startsWith(closing, at + mark)) {
        tokens.push({ type: "end", block });
        return { at: at + mark + 2, strip: mark === 1 && text[at] === "-" };
      }
    }
    const string = match(STRING);
    if (string) {
      tokens.push({ type: "string", text: unescape(string[1] ?? string[2] ?? "") });
      continue;
    }
    const float = text[at - 1] === "." ? null : match(FLOAT);
    if (float) {
      tokens.push({ type: "float", value: Number(float[0].replaceAll("_", "")) });
      continue;
    }
    const integer = match(INTEGER);
    if (integer) {
      tokens.push({ type: "integer", value: BigInt(integer[0].replaceAll("_", "").toLowerCase()) });
      continue;
    }
    const name = match(NAME);
    if (name) {
      tokens.push({ type: "name", text: name[0] });
      continue;
    }
    const operator = match(OPERATOR)?.[0];
    if (operator === undefined) throw new TemplateSyntaxFault(`unexpected char '${text[at]}'`);
    if (operator === "(" || operator === "[" || operator === "{") open.push(operator);
    else if (CLOSING[operator] !== undefined && open.pop() !== CLOSING[operator])
      throw new TemplateSyntaxFault(`unexpected '${operator}'`);
    tokens.push({ type: "operator", text: operator });
  }
  throw new TemplateSyntaxFault("unexpected end of template");
}

const ESCAPE = /\\(?:\n|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;
const SIMPLE: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Python's "unicode-escape" codec on a string literal. */
function unescape(literal: string): string {
  if (!literal.includes("\\")) return literal;
  return literal.replace(ESCAPE, (all, octal?: string, hex?: string, unicode?: string, long?: string, one?: string) => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const digits = hex ?? unicode ?? long;
    if (digits !== undefined) {
      const code = Number.parseInt(digits, 16);
      if (code > 0x10ffff) throw new TemplateSyntaxFault("illegal Unicode character");
      return String.fromCodePoint(code);
    }
    if (one === undefined) return "";
    if (one === "x" || one === "u" || one === "U" || one === "N") throw new TemplateSyntaxFault("truncated escape");
    return SIMPLE[one] ?? all;
  });
}
