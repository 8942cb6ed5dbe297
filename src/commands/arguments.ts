import { parseArgs, type ParseArgsConfig } from "node:util";
import { HyperVoltError } from "../domain/errors.ts";
import { instantOf } from "../domain/iso-instant.ts";

type OptionSpecs = NonNullable<ParseArgsConfig["options"]>;

/**
 * Arguments of a command, `--name value` or `--name=value`.
 * @throws HyperVoltError USAGE, with the command's usage
 */
export function parseArguments<T extends OptionSpecs>(argv: readonly string[], options: T, usage: string) {
  try {
    return parseArgs({
      args: [...argv],
      options: { ...options, help: { type: "boolean", short: "h" } as const },
      allowPositionals: false,
    }).values;
  } catch (error) {
    throw new HyperVoltError("USAGE", `${(error as Error).message}\n${usage}`);
  }
}

/** @throws HyperVoltError USAGE */
export function numberArgument(
  name: string,
  text: string | undefined,
  fallback: number,
  low: number,
  high: number,
): number {
  if (text === undefined) return fallback;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value >= low && value <= high))
    throw new HyperVoltError("USAGE", `--${name} takes a number from ${low} to ${high}, not "${text}"`);
  return value;
}

/** An instant in ISO-8601 with an offset or Z. @throws HyperVoltError USAGE */
export function instantArgument(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const atMs = instantOf(text);
  if (Number.isNaN(atMs))
    throw new HyperVoltError(
      "USAGE",
      `--${name} takes a time with its offset such as 2025-02-14T00:00:00+01:00, not "${text}"`,
    );
  return atMs;
}

/** @throws HyperVoltError USAGE */
export function requiredArgument(name: string, text: string | undefined, usage: string): string {
  if (text === undefined || text === "") throw new HyperVoltError("USAGE", `--${name} is missing\n${usage}`);
  return text;
}
