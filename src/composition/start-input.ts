import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import type { ContextSource, GetJson } from "../context/context-source.ts";

/** What the engine is started with: the user's options, and where it runs. */
export type StartInput = Readonly<{
  /** As read from the options file; validated by `start`. */
  options: unknown;
  /** The only folder that is written to; null keeps everything in memory. */
  dataFolder: string | null;
  /** 0: any free one. */
  port: number;
  /** Address the page is served on. */
  host: string;
  clock: Clock;
  /** Real time, for connections: the same as `clock` but in the demo, where the home's time is simulated. */
  wireClock: Clock;
  log: Log;
  /** Milliseconds of a steady clock. */
  steadyMs: () => number;
  getJson: GetJson;
  version: string;
  /** Aborted when all is to end, also while the start still waits for something. */
  stopping?: AbortSignal;
  /** SUPERVISOR_TOKEN, where there is a Supervisor. */
  supervisorToken: string | null;
  /** Where the Supervisor is; absent: where every app finds it. */
  supervisorUrl?: string;
  /** Time zone of the machine, where nothing else is known. */
  machineTimezone: string;
  /** The demo: its page is open on loopback, its sources are samples. */
  demo?: Readonly<{ sources: readonly ContextSource[] }>;
}>;
