/** Log as the rooms see it. Fields carry units in their names; secrets are never put in. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warning(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** State of something HyperVolt depends on, as `/health` shows it. `todo` says what a person can do, if anything. */
export type DependencyState = Readonly<{
  name: string;
  state: "ok" | "degraded" | "down" | "off";
  sinceMs: number;
  detail: string | null;
  todo: string | null;
}>;
