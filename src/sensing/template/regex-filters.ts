import { withParameters } from "./arguments.ts";
import { raised } from "./fault.ts";
import type { Filter, Runtime } from "./runtime.ts";
import { isTrue, limited } from "./operations.ts";
import { checkTemplate, expandTemplate } from "./regex-template.ts";
import { Pattern } from "./regex.ts";
import { textOf } from "./text.ts";
import { Tuple, type Value } from "./values.ts";

const compiled = (find: Value | undefined, ignoreCase: Value | undefined, runtime: Runtime): Pattern => {
  const source = find ?? "";
  if (typeof source !== "string") throw raised("first argument must be string or compiled pattern");
  runtime.work.spend(source.length);
  return new Pattern(source, ignoreCase !== undefined && isTrue(ignoreCase));
};

function findAll(runtime: Runtime, value: Value, find: Value | undefined, ignoreCase: Value | undefined): Value[] {
  const pattern = compiled(find, ignoreCase, runtime);
  return pattern.all(Array.from(textOf(value)), runtime.work).map(({ groups }): Value => {
    if (pattern.groups === 0) return groups[0] ?? "";
    if (pattern.groups === 1) return groups[1] ?? "";
    return new Tuple(groups.slice(1).map((group) => group ?? ""));
  });
}

export const REGEX_FILTERS: readonly [string, Filter][] = [
  [
    "regex_match",
    withParameters("regex_match", ["find", "ignorecase"], (runtime, value, [find, ignoreCase]) => {
      const pattern = compiled(find, ignoreCase, runtime);
      return pattern.matchAt(Array.from(textOf(value)), 0, runtime.work) !== undefined;
    }),
  ],
  [
    "regex_search",
    withParameters("regex_search", ["find", "ignorecase"], (runtime, value, [find, ignoreCase]) => {
      const pattern = compiled(find, ignoreCase, runtime);
      return pattern.search(Array.from(textOf(value)), 0, runtime.work) !== undefined;
    }),
  ],
  [
    "regex_replace",
    withParameters(
      "regex_replace",
      ["find", "replace", "ignorecase"],
      (runtime, value, [find, replace = "", ignoreCase]) => {
        const pattern = compiled(find, ignoreCase, runtime);
        if (typeof replace !== "string") throw raised("decoding to str: need a bytes-like object");
        checkTemplate(replace, pattern);
        const text = Array.from(textOf(value));
        let out = "";
        let at = 0;
        for (const match of pattern.all(text, runtime.work)) {
          out += text.slice(at, match.start).join("") + expandTemplate(replace, match, pattern);
          at = match.end;
          limited(out, runtime.work);
        }
        return out + text.slice(at).join("");
      },
    ),
  ],
  [
    "regex_findall",
    withParameters("regex_findall", ["find", "ignorecase"], (runtime, value, [find, ignoreCase]) =>
      findAll(runtime, value, find, ignoreCase),
    ),
  ],
  [
    "regex_findall_index",
    withParameters(
      "regex_findall_index",
      ["find", "index", "ignorecase"],
      (runtime, value, [find, index = 0n, ignoreCase]) => {
        const all = findAll(runtime, value, find, ignoreCase);
        const at = typeof index === "bigint" ? Number(index) : 0;
        const found = all[at < 0 ? all.length + at : at];
        if (found === undefined) throw raised("list index out of range");
        return found;
      },
    ),
  ],
];
