import { html } from "lit";
import type { TemplateResult } from "lit";
import type { Format } from "./format.ts";

/** A stored value as a cell: numbers, times, marks and objects each in their way. */
export function recordCell(value: unknown, fmt: Format): TemplateResult {
  if (typeof value === "number") return html`<td class="number">${fmt.number(value, 3)}</td>`;
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value))
    return html`<td>${fmt.dateTime(Date.parse(value))}</td>`;
  if (value === null || value === undefined) return html`<td class="dim">–</td>`;
  if (typeof value === "object") {
    const text = Object.entries(value)
      .map(([key, part]) => `${key} ${String(part)}`)
      .join(", ");
    return html`<td class="small">${text}</td>`;
  }
  if (typeof value === "boolean") return html`<td aria-label=${String(value)}>${value ? "✓" : "✗"}</td>`;
  return html`<td>${value as string}</td>`;
}
