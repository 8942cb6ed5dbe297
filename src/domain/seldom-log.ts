import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import { MS_PER_MINUTE } from "./units.ts";

/**
 * A log for what strangers can cause as often as they like: of each message one line a minute at most, which says how
 * many were held back since the line before (`heldBack`). Messages are fixed texts; what varies belongs in the fields.
 */
export function seldomLog(log: Log, clock: Pick<Clock, "nowMs">): Log {
  const lines = new Map<string, { saidMs: number; heldBack: number }>();
  const say =
    (level: keyof Log): Log["info"] =>
    (message, fields) => {
      const nowMs = clock.nowMs();
      const line = lines.get(message);
      if (line && Math.abs(nowMs - line.saidMs) < MS_PER_MINUTE) return void line.heldBack++;
      lines.set(message, { saidMs: nowMs, heldBack: 0 });
      log[level](message, line && line.heldBack > 0 ? { ...fields, heldBack: line.heldBack } : fields);
    };
  return { debug: say("debug"), info: say("info"), warning: say("warning"), error: say("error") };
}
