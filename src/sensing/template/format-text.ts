import { raised } from "./fault.ts";
import { formatSpec } from "./formatting.ts";
import type { Runtime } from "./runtime.ts";
import { limited } from "./operations.ts";
import { reprOf, textOf } from "./text.ts";
import type { Arguments, Value } from "./values.ts";

const FIELD = /\{\{|\}\}|\{([^{}:!]*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}|[{}]/g;

/** str.format with positions, names, attributes, items, conversions and format specs. */
export function formatText(runtime: Runtime, pattern: string, given: Arguments): string {
  let automatic = 0;
  const field = (path: string): Value => {
    const [, first = "", rest = ""] = /^([^.[]*)(.*)$/s.exec(path) ?? [];
    let value: Value | undefined;
    if (first === "") value = given.positional[automatic++];
    else if (/^\d+$/.test(first)) value = given.positional[Number(first)];
    else {
      value = given.named.get(first);
      if (value === undefined) throw raised(`KeyError: '${first}'`);
    }
    if (value === undefined) throw raised("Replacement index out of range for positional args tuple");
    for (const [, attribute, item] of rest.matchAll(/\.([^.[]+)|\[([^\]]*)\]/g)) {
      value =
        attribute !== undefined
          ? runtime.attribute(value, attribute)
          : runtime.item(value, /^\d+$/.test(item ?? "") ? BigInt(item ?? "0") : (item ?? ""));
    }
    return value;
  };
  const shown = pattern.replace(FIELD, (all, path: string | undefined, conversion?: string, spec?: string) => {
    runtime.work.spend(2);
    if (all === "{{") return "{";
    if (all === "}}") return "}";
    if (path === undefined) throw raised("Single '}' or '{' encountered in format string");
    let value = field(path);
    if (conversion === "r" || conversion === "a") value = reprOf(value);
    else if (conversion === "s") value = textOf(value);
    const wanted = (spec ?? "").replace(/\{([^{}]*)\}/g, (_, inner: string) => textOf(field(inner)));
    return formatSpec(value, wanted);
  });
  return limited(shown, runtime.work);
}
