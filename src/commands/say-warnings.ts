import type { HistoryWarning } from "../domain/home-history-file.ts";

/** What was read past in a history, one line each on standard error (contract series.md). */
export function sayWarnings(warnings: readonly HistoryWarning[]): void {
  for (const { kind, column, count, firstLine } of warnings)
    process.stderr.write(`warning: ${count} × ${kind} in ${column}, first in line ${firstLine}\n`);
}
