import { type Clock, every } from "../../domain/clock.ts";
import type { Log } from "../../domain/log.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../../domain/units.ts";
import type { HomeAssistant } from "../../home-assistant/home-assistant.ts";
import { readStatistics } from "../../home-assistant/statistics.ts";
import { metersOf } from "./device-meters.ts";
import { type LearnedRun, learnRun } from "./learn-run.ts";

/** As long as Home Assistant keeps five-minute means by default. */
const SEEN_MS = 10 * MS_PER_DAY;
const STEP_MS = 5 * MS_PER_MINUTE;
const AGAIN_MS = 6 * MS_PER_HOUR;
const FIRST_MS = MS_PER_MINUTE / 4;

export type LearnedRuns = Disposable & Readonly<{ of: (entityId: string) => LearnedRun | null }>;

/** What a run of each switch with a power meter of its own is, learned from Home Assistant's recorder now and then. */
export function learnRuns(homeAssistant: HomeAssistant, clock: Clock, log: Log): LearnedRuns {
  let runs: ReadonlyMap<string, LearnedRun> = new Map();
  const learn = async (): Promise<void> => {
    if (!homeAssistant.connected()) return;
    const meters = metersOf(homeAssistant);
    const toMs = Math.floor(clock.nowMs() / STEP_MS) * STEP_MS;
    try {
      const rows = await readStatistics(homeAssistant.ask, [...meters.values()], toMs - SEEN_MS, toMs, "5minute");
      runs = new Map(
        [...meters].flatMap(([entityId, meter]) => {
          const points = (rows.get(meter) ?? []).flatMap(({ startMs, mean }) =>
            mean === null ? [] : [{ startMs, mean }],
          );
          const run = learnRun(points, STEP_MS);
          return run ? [[entityId, run] as const] : [];
        }),
      );
    } catch (error) {
      log.debug("The runs of appliances could not be learned; it will be tried again", { error: String(error) });
    }
  };
  const connecting = homeAssistant.onConnect(() => void clock.after(FIRST_MS, learn));
  const again = every(clock, AGAIN_MS, learn);
  return {
    of: (entityId) => runs.get(entityId) ?? null,
    [Symbol.dispose]() {
      connecting.stop();
      again.cancel();
    },
  };
}
