import { raised } from "./fault.ts";
import type { Filter, Runtime } from "./runtime.ts";
import { type Arguments, typeName, type Value } from "./values.ts";

/**
 * Binds the arguments of a call to parameter names, as Python does.
 * @param required how many of them must be given
 * @returns the values in the order of `names`; undefined where not given
 */
export function bind(
  what: string,
  names: readonly string[],
  required: number,
  { positional, named }: Arguments,
): readonly (Value | undefined)[] {
  if (positional.length > names.length)
    throw raised(`${what}() takes at most ${names.length} arguments (${positional.length} given)`);
  const values: (Value | undefined)[] = names.map((_, i) => positional[i]);
  for (const [name, value] of named) {
    const index = names.indexOf(name);
    if (index < 0) throw raised(`${what}() got an unexpected keyword argument '${name}'`);
    if (index < positional.length) throw raised(`${what}() got multiple values for argument '${name}'`);
    values[index] = value;
  }
  for (let i = 0; i < required; i++)
    if (values[i] === undefined) throw raised(`${what}() missing required argument '${names[i]}'`);
  return values;
}

/** A filter of fixed parameters after the value. */
export const withParameters =
  (
    name: string,
    parameters: readonly string[],
    run: (runtime: Runtime, value: Value, given: readonly (Value | undefined)[]) => Value,
    required = 0,
  ): Filter =>
  (runtime, value, given) =>
    run(runtime, value, bind(name, parameters, required, given));

/** A whole number, or `fallback` for nothing and None. */
export function wholeOr(value: Value | undefined, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "bigint" && typeof value !== "boolean")
    throw raised(`'${typeName(value)}' object cannot be interpreted as an integer`);
  return Number(BigInt(value));
}
