import type { Log } from "../domain/log.ts";
import type { HomeAssistant } from "./home-assistant.ts";

/** Something only a person can put right. `id` is stable while it is the same matter. */
export type Notice = Readonly<{ id: string; title: string; message: string }>;

export interface Notices {
  /** Shows these and no others: new or changed ones appear, settled ones vanish. Never rejects. */
  show(notices: readonly Notice[]): Promise<void>;
}

/**
 * Persistent notifications of Home Assistant, only for what a person must do; everything else is an entity. One that
 * the user dismissed does not come back while the matter is the same.
 */
export function createNotices(home: Pick<HomeAssistant, "connected" | "callService">, log: Log): Notices {
  const shown = new Map<string, string>();
  return {
    async show(notices) {
      if (!home.connected()) return;
      const wanted = new Map(notices.map((notice) => [notice.id, notice]));
      try {
        for (const id of shown.keys())
          if (!wanted.has(id)) {
            await home.callService("persistent_notification", "dismiss", { notification_id: `hypervolt_${id}` });
            shown.delete(id);
          }
        for (const { id, title, message } of notices) {
          const text = `${title}\n${message}`;
          if (shown.get(id) === text) continue;
          await home.callService("persistent_notification", "create", {
            notification_id: `hypervolt_${id}`,
            title,
            message,
          });
          shown.set(id, text);
        }
      } catch (error) {
        log.warning("A notice could not be shown", { detail: String(error) });
      }
    },
  };
}
