/** Something a rule found that a person should know; equal `id`s are the same matter. */
export type Finding = Readonly<{
  id: string;
  severity: "info" | "warning" | "problem";
  title: string;
  detail: string;
  /** What a person can do, if anything. */
  todo: string | null;
}>;

/** A finding that has lasted, since when. */
export type Alert = Finding & Readonly<{ sinceMs: number }>;

export const SEVERITIES = ["problem", "warning", "info"] as const;
