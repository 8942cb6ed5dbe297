import { raised, type Work } from "./fault.ts";
import { type Flags, type Node, PatternParser } from "./regex-parser.ts";

export type Match = Readonly<{ start: number; end: number; groups: readonly (string | undefined)[] }>;

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
