import { raised } from "./fault.ts";
import { isSpace } from "./numbers.ts";

export const CONTROLS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", f: "\f", v: "\v", a: "\u0007" };
export const MOST_REPEATS = 10_000;

/**
 * Regular expressions with Python's syntax, by backtracking with every step counted: a pattern from an untrusted
 * publisher cannot hang us, as it could with the engine's own.
 */
export type Node =
  | { kind: "char"; test: (character: string) => boolean }
  | { kind: "start" | "end" | "string-start" | "string-end" | "boundary" | "not-boundary" }
  | { kind: "group"; index: number; body: Node }
  | { kind: "sequence"; items: Node[] }
  | { kind: "either"; options: Node[] }
  | { kind: "repeat"; body: Node; least: number; most: number; lazy: boolean }
  | { kind: "look"; body: Node; ahead: boolean; negative: boolean }
  | { kind: "reference"; index: number };

export type Flags = { ignoreCase: boolean; multiline: boolean; dotAll: boolean; verbose: boolean };

const digit = (c: string): boolean => /^\p{Nd}$/u.test(c);

const word = (c: string): boolean => /^[\p{L}\p{N}_]$/u.test(c);

const space = (c: string): boolean => isSpace(c);

export const not =
  (test: (c: string) => boolean) =>
  (c: string): boolean =>
    !test(c);

const CLASSES: Readonly<Record<string, (c: string) => boolean>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
};

export class PatternParser {
  readonly #source: readonly string[];
  readonly flags: Flags;
  readonly names = new Map<string, number>();
  groups = 0;
  #at = 0;
  #depth = 0;

  constructor(source: string, ignoreCase: boolean) {
    this.#source = Array.from(source);
    this.flags = { ignoreCase, multiline: false, dotAll: false, verbose: false };
    if (this.#source.length > 5_000) throw raised("the pattern is too long");
  }

  parse(): Node {
    const node = this.#either();
    if (this.#at < this.#source.length) throw raised("unbalanced parenthesis");
    return node;
  }

  #peek(): string | undefined {
    return this.#source[this.#at];
  }

  #skip(text: string): boolean {
    if (!Array.from(text).every((c, i) => this.#source[this.#at + i] === c)) return false;
    this.#at += text.length;
    return true;
  }

  #either(): Node {
    if (++this.#depth > 100) throw raised("the pattern goes too deep");
    const options = [this.#sequence()];
    while (this.#skip("|")) options.push(this.#sequence());
    this.#depth--;
    const [only] = options;
    return options.length === 1 && only ? only : { kind: "either", options };
  }

  #sequence(): Node {
    const items: Node[] = [];
    for (;;) {
      const next = this.#peek();
      if (next === undefined || next === "|" || next === ")") return { kind: "sequence", items };
      if (this.flags.verbose && /\s/.test(next)) {
        this.#at++;
        continue;
      }
      const atom = this.#atom();
      if (atom) items.push(this.#repeated(atom));
    }
  }

  #repeated(atom: Node): Node {
    let node = atom;
    for (;;) {
      let least: number;
      let most: number;
      const braces = /^\{(\d*)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 16).join(""));
      if (this.#skip("*")) [least, most] = [0, Infinity];
      else if (this.#skip("+")) [least, most] = [1, Infinity];
      else if (this.#skip("?")) [least, most] = [0, 1];
      else if (braces && (braces[1] !== "" || braces[2] !== "") && !(braces[1] === "" && braces[3] === "")) {
        this.#at += braces[0].length;
        least = Number(braces[1] || 0);
        most = braces[2] === "" ? least : braces[3] === "" ? Infinity : Number(braces[3]);
        if (least > most || least > MOST_REPEATS) throw raised("bad repeat interval");
      } else return node;
      if (node.kind === "repeat") throw raised("multiple repeat");
      const lazy = this.#skip("?");
      if (!lazy) this.#skip("+");
      node = { kind: "repeat", body: node, least, most, lazy };
    }
  }

  #char(character: string): Node {
    if (!this.flags.ignoreCase) return { kind: "char", test: (c) => c === character };
    const folded = character.toLowerCase();
    return { kind: "char", test: (c) => c.toLowerCase() === folded };
  }

  #atom(): Node | undefined {
    const character = this.#source[this.#at++] ?? "";
    switch (character) {
      case ".": {
        const { dotAll } = this.flags;
        return { kind: "char", test: (c) => dotAll || c !== "\n" };
      }
      case "^":
        return { kind: "start" };
      case "$":
        return { kind: "end" };
      case "[":
        return this.#set();
      case "(":
        return this.#group();
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        throw raised("nothing to repeat");
      default:
        return this.#char(character);
    }
  }

  #escape(): Node {
    const character = this.#source[this.#at++];
    if (character === undefined) throw raised("bad escape (end of pattern)");
    const test = CLASSES[character];
    if (test) return { kind: "char", test };
    if (character === "b") return { kind: "boundary" };
    if (character === "B") return { kind: "not-boundary" };
    if (character === "A") return { kind: "string-start" };
    if (character === "Z" || character === "z") return { kind: "string-end" };
    if (/[1-9]/.test(character)) {
      const second = this.#peek();
      const number =
        second !== undefined && /\d/.test(second) ? Number(character + this.#source[this.#at++]) : Number(character);
      if (number > this.groups) throw raised(`invalid group reference ${number}`);
      return { kind: "reference", index: number };
    }
    return this.#char(this.#escapedCharacter(character));
  }

  #escapedCharacter(character: string): string {
    const control = CONTROLS[character];
    if (control !== undefined) return control;
    const size = { x: 2, u: 4, U: 8 }[character];
    if (size !== undefined) {
      const digits = this.#source.slice(this.#at, this.#at + size).join("");
      if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length !== size) throw raised("incomplete escape");
      this.#at += size;
      const code = Number.parseInt(digits, 16);
      if (code > 0x10ffff) throw raised("bad escape");
      return String.fromCodePoint(code);
    }
    if (character === "0") return "\0";
    if (/[a-zA-Z]/.test(character)) throw raised(`bad escape \\${character}`);
    return character;
  }

  #set(): Node {
    const negative = this.#skip("^");
    const tests: ((c: string) => boolean)[] = [];
    let first = true;
    for (;;) {
      const character = this.#source[this.#at++];
      if (character === undefined) throw raised("unterminated character set");
      if (character === "]" && !first) break;
      first = false;
      let low = character;
      if (character === "\\") {
        const escaped = this.#source[this.#at++] ?? "";
        const known = CLASSES[escaped];
        if (known) {
          tests.push(known);
          continue;
        }
        low = escaped === "b" ? "\b" : this.#escapedCharacter(escaped);
      }
      if (this.#peek() === "-" && this.#source[this.#at + 1] !== "]" && this.#source[this.#at + 1] !== undefined) {
        this.#at++;
        let high = this.#source[this.#at++] ?? "";
        if (high === "\\") high = this.#escapedCharacter(this.#source[this.#at++] ?? "");
        const from = low.codePointAt(0) ?? 0;
        const to = high.codePointAt(0) ?? 0;
        if (from > to) throw raised("bad character range");
        tests.push((c) => {
          const code = c.codePointAt(0) ?? 0;
          return code >= from && code <= to;
        });
      } else {
        const one = low;
        tests.push((c) => c === one);
      }
    }
    const { ignoreCase } = this.flags;
    const has = (c: string): boolean =>
      tests.some(
        (test) => test(c) || (ignoreCase && (test(oneOf(c.toLowerCase(), c)) || test(oneOf(c.toUpperCase(), c)))),
      );
    return { kind: "char", test: negative ? not(has) : has };
  }

  #group(): Node | undefined {
    const close = (node: Node): Node => {
      if (!this.#skip(")")) throw raised("missing ), unterminated subpattern");
      return node;
    };
    if (!this.#skip("?")) {
      const index = ++this.groups;
      return close({ kind: "group", index, body: this.#either() });
    }
    if (this.#skip(":")) return close(this.#either());
    if (this.#skip("=")) return close({ kind: "look", body: this.#either(), ahead: true, negative: false });
    if (this.#skip("!")) return close({ kind: "look", body: this.#either(), ahead: true, negative: true });
    if (this.#skip("<=")) return close({ kind: "look", body: this.#either(), ahead: false, negative: false });
    if (this.#skip("<!")) return close({ kind: "look", body: this.#either(), ahead: false, negative: true });
    if (this.#skip("P<")) {
      let name = "";
      while (this.#peek() !== ">" && this.#peek() !== undefined) name += this.#source[this.#at++];
      if (!this.#skip(">")) throw raised("missing >");
      const index = ++this.groups;
      this.names.set(name, index);
      return close({ kind: "group", index, body: this.#either() });
    }
    if (this.#skip("P=")) {
      let name = "";
      while (this.#peek() !== ")" && this.#peek() !== undefined) name += this.#source[this.#at++];
      const index = this.names.get(name);
      if (index === undefined) throw raised(`unknown group name '${name}'`);
      return close({ kind: "reference", index });
    }
    if (this.#skip("#")) {
      while (this.#peek() !== ")" && this.#peek() !== undefined) this.#at++;
      if (!this.#skip(")")) throw raised("missing ), unterminated comment");
      return undefined;
    }
    const flags = /^([aiLmsux]+)([:)])/.exec(this.#source.slice(this.#at, this.#at + 12).join(""));
    if (!flags) throw raised("unknown extension");
    this.#at += flags[0].length;
    const before = { ...this.flags };
    if (flags[1]?.includes("i")) this.flags.ignoreCase = true;
    if (flags[1]?.includes("m")) this.flags.multiline = true;
    if (flags[1]?.includes("s")) this.flags.dotAll = true;
    if (flags[1]?.includes("x")) this.flags.verbose = true;
    if (flags[2] === ")") return undefined;
    const body = close(this.#either());
    Object.assign(this.flags, before);
    return body;
  }
}

/** Python's replacement template: \1, \g<1>, \g<name>, \n and the like. */
/** In the other case, where that is one character too. */
const oneOf = (other: string, character: string): string => (Array.from(other).length === 1 ? other : character);
