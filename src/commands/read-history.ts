import { readFileSync } from "node:fs";
import { HyperVoltError } from "../domain/errors.ts";
import { parseHomeHistory } from "../domain/home-history-file.ts";
import { openLines } from "./open-lines.ts";

/**
 * A home's history from its two files.
 * @param names how the two are called in messages
 * @throws HyperVoltError USAGE when a file cannot be read; SERIES_INVALID
 */
export function readHistory(
  csvFile: string,
  siteFile: string,
  names: Readonly<{ csv: string; site: string }>,
): ReturnType<typeof parseHomeHistory> {
  using lines = openLines(csvFile);
  let site: string;
  try {
    site = readFileSync(siteFile, "utf8");
  } catch (error) {
    throw new HyperVoltError("USAGE", `cannot read ${siteFile}: ${(error as Error).message}`);
  }
  return parseHomeHistory(lines, site, names);
}
