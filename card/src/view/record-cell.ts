import { html } from "lit";
import type { TemplateResult } from "lit";
import type { Format } from "./format.ts";
import { titleOf } from "./record-titles.ts";

/** Columns of words of ours, of sentences, and of shares of one. */
const WORDS = new Set(["sensor_type", "role", "kind", "action", "status", "source", "outcome"]);
const SENTENCES = new Set(["reason", "alternative", "status_detail"]);
const SHARES = new Set(["confidence", "soc"]);

/** A stored value as a cell: numbers, times, marks, words and objects each in their way. */
export function recordCell(column: string, value: unknown, fmt: Format): TemplateResult {
  if (value === null || value === undefined) return html`<td class="dim">–</td>`;
  if (typeof value === "number")
    return html`<td class="number">${SHARES.has(column) ? fmt.percent(value) : fmt.number(value, 3)}</td>`;
  if (typeof value === "boolean") return html`<td>${value ? "✓" : "✗"}</td>`;
  if (typeof value === "string") {
    if (/^\d{4}-\d\d-\d\dT/.test(value)) return html`<td>${fmt.dateTime(Date.parse(value))}</td>`;
    if (SENTENCES.has(column)) return html`<td>${fmt.say(value)}</td>`;
    return html`<td>${WORDS.has(column) ? titleOf(value, fmt.locale.language) : value}</td>`;
  }
  const text = Object.entries(value)
    .map(([key, part]) => `${titleOf(key, fmt.locale.language)}: ${String(part)}`)
    .join(", ");
  return html`<td class="small">${text}</td>`;
}
