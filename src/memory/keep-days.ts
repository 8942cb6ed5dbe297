/** How long what is listed by time is kept: table, condition on an instant, days. */
export const KEEP_DAYS: readonly (readonly [table: string, condition: string, days: number])[] = [
  ["document", "kind IN ('plan', 'forecast') AND at_ms < ?", 3],
  ["document", "kind = 'alert' AND at_ms < ?", 90],
  ["document", "kind = 'audit' AND at_ms < ?", 400],
  ["outbox", "closed_at_ms < ?", 7],
];
