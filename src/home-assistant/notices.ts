import { z } from "zod";
import type { Log } from "../domain/log.ts";
import type { HomeAssistant } from "./home-assistant.ts";

/** Something only a person can put right. `id` is stable while it is the same matter. */
export type Notice = Readonly<{ id: string; title: string; message: string }>;

export interface Notices {
  /** Shows these and no others: new or changed ones appear, settled ones vanish. Never rejects. */
  show(notices: readonly Notice[]): Promise<void>;
}

const PREFIX = "hypervolt_";
const Standing = z.array(z.object({ notification_id: z.string() }));

/**
 * Persistent notifications of Home Assistant, only for what a person must do; everything else is an entity. One that
 * the user dismissed does not come back while the matter is the same; one of an earlier run vanishes once it is settled.
 */
export function createNotices(home: Pick<HomeAssistant, "connected" | "callService" | "ask">, log: Log): Notices {
  const shown = new Map<string, string>();
  let looked = false;
  /** What an earlier run shows; its text is not known, so that it is shown anew. */
  const lookOnce = async (): Promise<void> => {
    if (looked) return;
    const standing = Standing.safeParse(await home.ask({ type: "persistent_notification/get" }));
    for (const { notification_id: id } of standing.data ?? [])
      if (id.startsWith(PREFIX)) shown.set(id.slice(PREFIX.length), "");
    looked = true;
  };
  return {
    async show(notices) {
      if (!home.connected()) return;
      const wanted = new Map(notices.map((notice) => [notice.id, notice]));
      try {
        await lookOnce();
        for (const id of shown.keys())
          if (!wanted.has(id)) {
            await home.callService("persistent_notification", "dismiss", { notification_id: PREFIX + id });
            shown.delete(id);
          }
        for (const { id, title, message } of notices) {
          const text = `${title}\n${message}`;
          if (shown.get(id) === text) continue;
          await home.callService("persistent_notification", "create", {
            notification_id: PREFIX + id,
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
