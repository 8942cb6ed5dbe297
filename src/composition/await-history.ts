import type { Clock } from "../domain/clock.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { DependencyState, Log } from "../domain/log.ts";
import { MS_PER_SECOND } from "../domain/units.ts";

const FIRST_PAUSE_MS = MS_PER_SECOND;
const LONGEST_PAUSE_MS = 10 * MS_PER_SECOND;

/**
 * Opens a history whose server may be away for now, and waits for it as long as that takes: until then nothing is taken
 * from the broker, which keeps what is to be acknowledged.
 * @param open      of the history
 * @param isAway    whether it failed for a reason that passes by itself
 * @param whileAway opens what tells people meanwhile; closed before the history is given
 * @throws what `open` throws for another reason; HyperVoltError HISTORY_UNAVAILABLE once `stopping`
 */
export async function awaitHistory<History>(
  parts: Readonly<{
    open: () => Promise<History>;
    isAway: (error: unknown) => boolean;
    whileAway?: (state: () => DependencyState) => Promise<AsyncDisposable>;
    clock: Clock;
    log: Log;
    stopping?: AbortSignal | undefined;
  }>,
): Promise<History> {
  const { clock, log, stopping } = parts;
  const sinceMs = clock.nowMs();
  await using meanwhile = new AsyncDisposableStack();
  let detail: string | null = null;
  const state = (): DependencyState => ({
    name: "history",
    state: "down",
    sinceMs,
    detail: `PostgreSQL: ${detail ?? ""}`,
    todo: "Check history_url and that PostgreSQL runs; HyperVolt goes on by itself once it answers.",
  });
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      const history = await parts.open();
      if (detail !== null)
        log.info("The history's server is there", { afterS: Math.round((clock.nowMs() - sinceMs) / MS_PER_SECOND) });
      return history;
    } catch (error) {
      if (!parts.isAway(error)) throw error;
      const first = detail === null;
      detail = error instanceof HyperVoltError ? error.detail : String(error);
      if (first) {
        log.warning("The history's server is away; HyperVolt waits for it", { detail });
        if (parts.whileAway) meanwhile.use(await parts.whileAway(state));
      }
    }
    await pause(clock, pauseMs, stopping);
    if (stopping?.aborted) throw new HyperVoltError("HISTORY_UNAVAILABLE", "ended while it was waited for");
  }
}

/** Resolves after the pause, or as soon as all is to end. */
function pause(clock: Clock, pauseMs: number, stopping: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (stopping?.aborted) return resolve();
    const timer = clock.after(pauseMs, () => {
      stopping?.removeEventListener("abort", end);
      resolve();
    });
    const end = (): void => {
      timer.cancel();
      resolve();
    };
    stopping?.addEventListener("abort", end, { once: true });
  });
}
