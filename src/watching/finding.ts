import type { AlertMatter } from "../domain/alert-values.ts";

/** Something a rule found that a person should know; equal `id`s are the same matter. */
export type Finding = Readonly<{
  id: string;
  /** What the texts say, for a reader of another language. */
  matter: AlertMatter;
  severity: "info" | "warning" | "problem";
  title: string;
  detail: string;
  /** What a person can do, if anything. */
  todo: string | null;
  /** It happened, and need not last to be told. */
  happened?: true;
}>;

/** A finding that has lasted, since when. */
export type Alert = Omit<Finding, "happened"> & Readonly<{ sinceMs: number }>;

export const SEVERITIES = ["problem", "warning", "info"] as const;
