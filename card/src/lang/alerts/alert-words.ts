import type { AlertKind } from "../../../../src/serving/messages.ts";

/** Title, what is the matter, and what a person can do; the blanks are values of the kind. */
export type AlertText = readonly [title: string, detail: string, todo: string];
/** What the engine tells in English, in another language: alerts by kind, and the ledger's method by its kind. */
export type AlertWords = Readonly<{
  alerts: Readonly<Record<AlertKind, AlertText>>;
  methods: Readonly<Record<string, string>>;
}>;
