import { Dict, type Value } from "./values.ts";

/** Deeper nesting is refused, as orjson does. */
const DEEPEST = 1_024;

/**
 * JSON as Home Assistant's parser (orjson) takes it: no NaN or Infinity, no number that does not fit, no lone
 * surrogate, no byte order mark, nothing after the value. Whole numbers stay whole; those over 64 bits are floats.
 * @returns undefined when the text is not JSON
 */
export function parseJson(text: string): Value | undefined {
  try {
    return new Parser(text).document();
  } catch (error) {
    if (error === NOT_JSON) return undefined;
    throw error;
  }
}

const NOT_JSON = Symbol("not JSON");
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const LETTER_T = 0x74;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_E = 0x65;
const LETTER_CAPITAL_E = 0x45;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const isDigit = (code: number): boolean => code >= DIGIT_0 && code <= DIGIT_9;

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    if (!text.isWellFormed()) throw NOT_JSON;
    this.#text = text;
  }

  document(): Value {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw NOT_JSON;
    return value;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #value(depth: number): Value {
    this.#space();
    switch (this.#text.charCodeAt(this.#at)) {
      case OPEN_BRACE:
        if (depth >= DEEPEST) throw NOT_JSON;
        return this.#object(depth);
      case OPEN_BRACKET:
        if (depth >= DEEPEST) throw NOT_JSON;
        return this.#array(depth);
      case QUOTE:
        return this.#string();
      case LETTER_T:
        return this.#word("true", true);
      case LETTER_F:
        return this.#word("false", false);
      case LETTER_N:
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #word(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) throw NOT_JSON;
    this.#at += word.length;
    return value;
  }

  #number(): Value {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    let code = text.charCodeAt(at);
    const negative = code === MINUS;
    if (negative) code = text.charCodeAt(++at);
    if (!(code >= DIGIT_0 && code <= DIGIT_9)) throw NOT_JSON;
    let whole = code - DIGIT_0;
    if (code === DIGIT_0) code = text.charCodeAt(++at);
    else while ((code = text.charCodeAt(++at)) >= DIGIT_0 && code <= DIGIT_9) whole = whole * 10 + (code - DIGIT_0);
    let isWhole = true;
    if (code === POINT && isDigit(text.charCodeAt(at + 1))) {
      isWhole = false;
      do code = text.charCodeAt(++at);
      while (isDigit(code));
    }
    if (code === LETTER_E || code === LETTER_CAPITAL_E) {
      const next = text.charCodeAt(at + 1);
      const digits = next === PLUS || next === MINUS ? at + 2 : at + 1;
      if (isDigit(text.charCodeAt(digits))) {
        isWhole = false;
        at = digits;
        while (isDigit(text.charCodeAt(at))) at++;
      }
    }
    this.#at = at;
    if (isWhole && at - start < 16) return BigInt(negative ? -whole : whole);
    return otherNumber(text.slice(start, at), isWhole);
  }

  #string(): string {
    const start = ++this.#at;
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code === QUOTE) return text.slice(start, this.#at++);
      if (code === 0x5c) return this.#escaped(start);
      if (Number.isNaN(code) || code < 0x20) throw NOT_JSON;
      this.#at++;
    }
  }

  #escaped(start: number): string {
    let out = this.#text.slice(start, this.#at);
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || character < " ") throw NOT_JSON;
      this.#at++;
      if (character === '"') return wellFormed(out);
      if (character !== "\\") {
        out += character;
        continue;
      }
      const escape = this.#text[this.#at++];
      const plain = escape === undefined ? undefined : ESCAPES.get(escape);
      if (plain !== undefined) out += plain;
      else if (escape === "u") out += this.#unicode();
      else throw NOT_JSON;
    }
  }

  #unicode(): string {
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw NOT_JSON;
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #array(depth: number): Value {
    this.#at++;
    const items: Value[] = [];
    this.#space();
    if (this.#text.charCodeAt(this.#at) === CLOSE_BRACKET) {
      this.#at++;
      return items;
    }
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#space();
      const next = this.#text.charCodeAt(this.#at++);
      if (next === CLOSE_BRACKET) return items;
      if (next !== COMMA) throw NOT_JSON;
    }
  }

  #object(depth: number): Value {
    this.#at++;
    const dict = new Dict();
    this.#space();
    if (this.#text.charCodeAt(this.#at) === CLOSE_BRACE) {
      this.#at++;
      return dict;
    }
    for (;;) {
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== QUOTE) throw NOT_JSON;
      const key = this.#string();
      this.#space();
      if (this.#text.charCodeAt(this.#at++) !== COLON) throw NOT_JSON;
      dict.setText(key, this.#value(depth + 1));
      this.#space();
      const next = this.#text.charCodeAt(this.#at++);
      if (next === CLOSE_BRACE) return dict;
      if (next !== COMMA) throw NOT_JSON;
    }
  }
}

const ESCAPES = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Fractions, exponents, and whole numbers that may not fit 64 bits. */
function otherNumber(text: string, isWhole: boolean): Value {
  const whole = isWhole && text.length < 21 ? BigInt(text) : undefined;
  if (whole !== undefined && whole >= -(1n << 63n) && whole < 1n << 64n) return whole;
  const value = Number(text);
  if (!Number.isFinite(value)) throw NOT_JSON;
  return value;
}

function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw NOT_JSON;
  return text;
}
