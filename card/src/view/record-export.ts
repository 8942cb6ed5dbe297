import type { Page } from "../../../src/serving/messages.ts";
import type { Records } from "../data/source.ts";
import type { Row } from "./record-tables.ts";

const PAGE_SIZE = 1_000;

/** Every row of a list that the filters let through, page by page. */
export async function allRows(
  records: Pick<Records, "get">,
  path: string,
  filters: Readonly<Record<string, string>>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let number = 1; ; number++) {
    const query = new URLSearchParams({ ...filters, page: String(number), page_size: String(PAGE_SIZE) });
    const { results, next } = await records.get<Page<Row>>(`${path}?${query.toString()}`);
    rows.push(...results);
    if (next === null || results.length === 0) return rows;
  }
}

/** Rows as text: RFC 4180 with a header of every field that occurs, or one JSON object a line. */
export function textOf(rows: readonly Row[], format: "csv" | "ndjson"): string {
  if (format === "ndjson") return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly unknown[]): string => `${cells.map(cell).join(",")}\r\n`;
  return line(fields) + rows.map((row) => line(fields.map((field) => row[field]))).join("");
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean);
  // A spreadsheet takes text that begins so for a formula.
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** Puts a text on the reader's disk. */
export function saveText(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
