import type { AlertDto } from "../../../src/serving/messages.ts";
import type { AlertText } from "../lang/alerts/alert-words.ts";
import type { Format } from "./format.ts";

type Values = NonNullable<AlertDto["values"]>;

/** Words of ours for what the engine names by a key. */
const NAMED: Readonly<Record<string, string>> = {
  grid: "grid",
  solar: "solar",
  battery: "battery",
  load: "legend.load",
  pv_w: "solar",
  load_w: "legend.load",
};
/** Values that are sentences of the engine. */
const SENTENCES = new Set(["detail", "why", "missing", "todo"]);

/**
 * An alert in the reader's language: said anew from its kind and values where the language knows the kind and the
 * values are those it expects, else as the engine says it.
 */
export function alertText(alert: AlertDto, fmt: Format): Pick<AlertDto, "title" | "detail" | "todo"> {
  const { kind = "", values = {}, title, detail, todo } = alert;
  const text = (fmt.told?.alerts as Readonly<Record<string, AlertText>> | undefined)?.[kind];
  const parts = text?.map((part) => filled(part, values, fmt));
  if (!parts || parts.includes(undefined)) return { title, detail, todo };
  return { title: parts[0] ?? title, detail: parts[1] ?? detail, todo: parts[2] || null };
}

/** Undefined where a value is missing. */
function filled(text: string, values: Values, fmt: Format): string | undefined {
  let whole = true;
  const said = text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) whole = false;
    return value === undefined ? "" : valueText(name, value, fmt);
  });
  return whole ? said.trim() : undefined;
}

function valueText(name: string, value: string | number, fmt: Format): string {
  if (typeof value === "string") {
    if (SENTENCES.has(name)) return fmt.say(value);
    const named = name === "meter" || name === "signal" ? NAMED[value] : undefined;
    return named === undefined ? value : fmt.t(named);
  }
  if (name.endsWith("_s")) return fmt.span(value);
  if (name.endsWith("_w")) return fmt.power(value);
  return Math.abs(value) < 100 ? fmt.number(value, 2, { maximumSignificantDigits: 3 }) : fmt.number(value);
}
