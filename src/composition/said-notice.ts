import type { AlertKind, AlertValues } from "../domain/alert-values.ts";
import type { AlertDto } from "../serving/messages.ts";

/** What a part of the engine says in a sentence of its own. */
export type SaidNotice = Required<Pick<AlertDto, "kind" | "values" | "title" | "detail" | "severity">>;

type SaidKind = { [Kind in AlertKind]: AlertValues[Kind] extends { detail: string } ? Kind : never }[AlertKind];

/** @param detail the sentence, in English */
export const saidNotice = (
  kind: SaidKind,
  title: string,
  detail: string,
  severity: "info" | "warning",
): SaidNotice => ({ kind, values: { detail }, title, detail, severity });
