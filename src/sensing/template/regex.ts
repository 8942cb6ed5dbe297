import { raised, type Work } from "./fault.ts";
import { isSpace } from "./numbers.ts";

/**
 * Regular expressions with Python's syntax, by backtracking with every step counted: a pattern from an untrusted
 * publisher cannot hang us, as it could with the engine's own.
 */
type Node =
  | { kind: "char"; test: (character: string) => boolean }
  | { kind: "start" | "end" | "string-start" | "string-end" | "boundary" | "not-boundary" }
  | { kind: "group"; index: number; body: Node }
  | { kind: "sequence"; items: Node[] }
  | { kind: "either"; options: Node[] }
  | { kind: "repeat"; body: Node; least: number; most: number; lazy: boolean }
  | { kind: "look"; body: Node; ahead: boolean; negative: boolean }
  | { kind: "reference"; index: number };

export type Match = Readonly<{ start: number; end: number; groups: readonly (string | undefined)[] }>;

const MOST_REPEATS = 10_000;

export class Pattern {
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  readonly #root: Node;
  readonly #flags: Flags;

  constructor(source: string, ignoreCase: boolean) {
    const parser = new PatternParser(source, ignoreCase);
    this.#root = parser.parse();
    this.groups = parser.groups;
    this.names = parser.names;
    this.#flags = parser.flags;
  }

  /** The match that starts exactly at `from`. */
  matchAt(text: readonly string[], from: number, work: Work): Match | undefined {
    const captures: (readonly [number, number] | undefined)[] = [];
    const flags = this.#flags;
    let end = -1;
    const run = (node: Node, at: number, next: (at: number) => boolean, depth: number): boolean => {
      work.spend(1);
      if (depth > 3_000) throw raised("the pattern goes too deep");
      const isWord = (i: number): boolean => /^[\p{L}\p{N}_]$/u.test(text[i] ?? "");
      switch (node.kind) {
        case "char":
          return at < text.length && node.test(text[at] ?? "") && next(at + 1);
        case "start":
          return (at === 0 || (flags.multiline && text[at - 1] === "\n")) && next(at);
        case "string-start":
          return at === 0 && next(at);
        case "end":
          return (
            (at === text.length ||
              (at === text.length - 1 && text[at] === "\n") ||
              (flags.multiline && text[at] === "\n")) &&
            next(at)
          );
        case "string-end":
          return at === text.length && next(at);
        case "boundary":
          return isWord(at - 1) !== isWord(at) && next(at);
        case "not-boundary":
          return isWord(at - 1) === isWord(at) && next(at);
        case "group": {
          const before = captures[node.index];
          const done = run(
            node.body,
            at,
            (to) => {
              const inner = captures[node.index];
              captures[node.index] = [at, to];
              if (next(to)) return true;
              captures[node.index] = inner;
              return false;
            },
            depth + 1,
          );
          if (!done) captures[node.index] = before;
          return done;
        }
        case "sequence": {
          const step = (i: number, here: number): boolean => {
            const item = node.items[i];
            return item ? run(item, here, (to) => step(i + 1, to), depth + 1) : next(here);
          };
          return step(0, at);
        }
        case "either":
          return node.options.some((option) => run(option, at, next, depth + 1));
        case "repeat": {
          if (node.body.kind === "char") {
            const { test } = node.body;
            let count = 0;
            if (node.lazy) {
              for (; count < node.least; count++)
                if (at + count >= text.length || !test(text[at + count] ?? "")) return false;
              for (; ; count++) {
                work.spend(1);
                if (next(at + count)) return true;
                if (count >= node.most || at + count >= text.length || !test(text[at + count] ?? "")) return false;
              }
            }
            while (count < node.most && at + count < text.length && test(text[at + count] ?? "")) {
              work.spend(1);
              count++;
            }
            for (; count >= node.least; count--) if (next(at + count)) return true;
            return false;
          }
          const more = (count: number, here: number, level: number): boolean => {
            const again = (): boolean =>
              count < node.most &&
              run(
                node.body,
                here,
                (to) => (to === here && count >= node.least ? false : more(count + 1, to, level + 1)),
                level + 1,
              );
            if (count < node.least) return again();
            return node.lazy ? next(here) || again() : again() || next(here);
          };
          return more(0, at, depth);
        }
        case "look": {
          if (node.ahead) {
            const found = run(node.body, at, () => true, depth + 1);
            return found !== node.negative && next(at);
          }
          let found = false;
          for (let from = at; from >= 0 && !found; from--) found = run(node.body, from, (to) => to === at, depth + 1);
          return found !== node.negative && next(at);
        }
        case "reference": {
          const span = captures[node.index];
          if (!span) return false;
          const wanted = text.slice(span[0], span[1]);
          return wanted.every((c, i) => text[at + i] === c) && next(at + wanted.length);
        }
      }
    };
    const found = run(
      this.#root,
      from,
      (to) => {
        end = to;
        return true;
      },
      0,
    );
    if (!found) return undefined;
    const groups = Array.from({ length: this.groups + 1 }, (_, i) => {
      const span = i === 0 ? ([from, end] as const) : captures[i];
      return span && text.slice(span[0], span[1]).join("");
    });
    return { start: from, end, groups };
  }

  search(text: readonly string[], from: number, work: Work): Match | undefined {
    for (let at = from; at <= text.length; at++) {
      const match = this.matchAt(text, at, work);
      if (match) return match;
    }
    return undefined;
  }

  /** All matches from left to right, empty ones not directly after another match's end are kept as Python keeps them. */
  all(text: readonly string[], work: Work): Match[] {
    const found: Match[] = [];
    let at = 0;
    while (at <= text.length) {
      const match = this.search(text, at, work);
      if (!match) break;
      found.push(match);
      at = match.end > match.start ? match.end : match.end + 1;
      if (match.end > match.start) {
        const empty = this.matchAt(text, match.end, work);
        if (empty && empty.end === empty.start) {
          found.push(empty);
          at = match.end + 1;
          const longer = this.#longerAt(text, match.end, work);
          if (longer) {
            found.pop();
            at = match.end;
          }
        }
      }
    }
    return found;
  }

  #longerAt(text: readonly string[], at: number, work: Work): boolean {
    const match = this.matchAt(text, at, work);
    return match !== undefined && match.end > match.start;
  }
}

type Flags = { ignoreCase: boolean; multiline: boolean; dotAll: boolean; verbose: boolean };

const digit = (c: string): boolean => /^\p{Nd}$/u.test(c);
const word = (c: string): boolean => /^[\p{L}\p{N}_]$/u.test(c);
const space = (c: string): boolean => isSpace(c);
const not =
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
const CONTROLS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", f: "\f", v: "\v", a: "\u0007" };

class PatternParser {
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

/** A replacement is refused for a group there is not, also where nothing is replaced. */
export function checkTemplate(template: string, pattern: Pattern): void {
  expandTemplate(template, { start: 0, end: 0, groups: [] }, pattern);
}

export function expandTemplate(template: string, match: Match, pattern: Pattern): string {
  return template.replace(
    /\\(?:g<([^>]*)>|(\d{1,2})|([\s\S]))/g,
    (_all, name?: string, number?: string, one?: string) => {
      const key = name ?? number;
      if (key !== undefined) {
        const index = /^\d+$/.test(key) ? Number(key) : pattern.names.get(key);
        if (index === undefined || index > pattern.groups) throw raised(`invalid group reference ${key}`);
        return match.groups[index] ?? "";
      }
      if (one === "\\") return "\\";
      const control = CONTROLS[one ?? ""];
      if (control !== undefined) return control;
      if (/[a-zA-Z]/.test(one ?? "")) throw raised(`bad escape \\${one}`);
      return `\\${one}`;
    },
  );
}
