import { bind, wholeOr as whole, withParameters } from "./arguments.ts";
import { plainAttributeOf } from "./attributes.ts";
import { raised, TemplateFault, undefinedFault } from "./fault.ts";
import type { Filter, Runtime } from "./runtime.ts";
import { jsonText } from "./json-text.ts";
import { boolOf, coerceFloat, floatOrDefault, intOrDefault, roundOrDefault } from "./numeric-filters.ts";
import { isEqual } from "./comparison.ts";
import { isTrue, listOf, pyLength } from "./operations.ts";
import { REGEX_FILTERS } from "./regex-filters.ts";
import { BINARY_FILTERS } from "./binary-filters.ts";
import { TIME_FILTERS } from "./time-functions.ts";
import { parseJson } from "./strict-json.ts";
import { reprOf, textOf } from "./text.ts";
import { Bytes, Dict, PySet, typeName, Undefined, type Value } from "./values.ts";
import { MATH } from "./math-functions.ts";
import { SEQUENCE_FILTERS } from "./sequence-filters.ts";
import { TEXT_FILTERS } from "./text-filters.ts";

/** Every filter the sandbox knows, by name. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ...SEQUENCE_FILTERS,
  ...TEXT_FILTERS,
  ["float", floatOrDefault],
  ["int", intOrDefault],
  ["round", roundOrDefault],
  ["bool", boolOf],
  ...MATH,
  ...REGEX_FILTERS,
  ...BINARY_FILTERS,
  ...TIME_FILTERS,
  [
    "abs",
    withParameters("abs", [], (_, value) => {
      if (typeof value === "number") return Math.abs(value);
      if (typeof value === "bigint" || typeof value === "boolean") {
        const number = BigInt(value);
        return number < 0n ? -number : number;
      }
      throw raised(`bad operand type for abs(): '${typeName(value)}'`);
    }),
  ],
  ...(["default", "d"] as const).map((name): [string, Filter] => [
    name,
    withParameters(name, ["default_value", "boolean"], (_, value, [fallback = "", boolean]) =>
      value instanceof Undefined || (boolean !== undefined && isTrue(boolean) && !isTrue(value)) ? fallback : value,
    ),
  ]),
  ...(["length", "count"] as const).map((name): [string, Filter] => [
    name,
    withParameters(name, [], (_, value) => pyLength(value)),
  ]),
  [
    "random",
    () => {
      throw new TemplateFault("unknown", "chance");
    },
  ],
  [
    "attr",
    withParameters(
      "attr",
      ["name"],
      (runtime, value, [name]) => {
        if (value instanceof Undefined) throw undefinedFault(value.message);
        return plainAttributeOf(runtime, value, textOf(name ?? null));
      },
      1,
    ),
  ],
  ["pprint", (_, value) => reprOf(value)],
  [
    "iif",
    withParameters("iif", ["if_true", "if_false", "if_none"], (_, value, [yes = true, no = false, none]) =>
      value === null && none !== undefined ? none : isTrue(value) ? yes : no,
    ),
  ],
  [
    "is_defined",
    (_, value) => {
      if (value instanceof Undefined) throw undefinedFault(value.message);
      return value;
    },
  ],
  ["is_number", withParameters("is_number", [], (_, value) => Number.isFinite(coerceFloat(value) ?? Number.NaN))],
  ["typeof", withParameters("typeof", [], (_, value) => typeName(value))],
  [
    "contains",
    ({ work }, value, { positional }) => {
      const wanted = positional[0];
      if (wanted === undefined) throw raised("contains expected 2 arguments, got 1");
      return containsFilter(value, wanted, work);
    },
  ],
  [
    "from_json",
    withParameters("from_json", ["default"], (_, value, [fallback]) => {
      if (typeof value !== "string" && !(value instanceof Bytes)) {
        if (fallback !== undefined) return fallback;
        throw raised("Input must be bytes, bytearray, memoryview, or str");
      }
      const text = typeof value === "string" ? value : new TextDecoder().decode(value.data);
      const parsed = parseJson(text);
      if (parsed !== undefined) return parsed;
      if (fallback === undefined) throw raised("from_json got invalid input");
      return fallback;
    }),
  ],
  ...(["to_json", "tojson"] as const).map((name): [string, Filter] => [
    name,
    (runtime, value, given) => {
      if (name === "tojson") {
        const [indent] = bind(name, ["indent"], 0, given);
        return jsonText(
          value,
          {
            spaces: true,
            indent: indent === undefined || indent === null ? 0 : whole(indent, 0),
            ascii: true,
            sort: true,
            html: true,
          },
          runtime.work,
        );
      }
      const [ascii, pretty, sort] = bind(name, ["ensure_ascii", "pretty_print", "sort_keys"], 0, given);
      const yes = (one: Value | undefined): boolean => one !== undefined && isTrue(one);
      return jsonText(
        value,
        { spaces: yes(ascii), indent: yes(pretty) ? 2 : 0, ascii: yes(ascii), sort: yes(sort), html: false },
        runtime.work,
      );
    },
  ]),
  [
    "apply",
    (runtime, value, { positional: [fn, ...rest], named }) =>
      runtime.call(fn ?? null, { positional: [value, ...rest], named }),
  ],
  [
    "shuffle",
    () => {
      throw new TemplateFault("unknown", "chance");
    },
  ],
]);

function containsFilter(container: Value, item: Value, work: Runtime["work"]): boolean {
  if (typeof container === "string") {
    if (typeof item !== "string") throw raised("'in <string>' requires string as left operand");
    return container.includes(item);
  }
  if (container instanceof Dict) return container.has(item);
  if (container instanceof PySet) return container.members.has(item);
  return listOf(container, work).some((one) => isEqual(one, item));
}
