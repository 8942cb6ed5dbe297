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
 * Home Assistant forgets them all when it restarts: what still holds is then shown again.
 */
export function createNotices(
  home: Pick<HomeAssistant, "connected" | "callService" | "ask" | "onConnect">,
  log: Log,
): Notices {
  /** Text by id; that of an earlier run is not known, so that it is shown anew. */
  const shown = new Map<string, string>();
  const dismissed = new Set<string>();
  let looked = false;
  /** Home Assistant may have restarted since it was last looked at. */
  let isNew = true;
  let showing: Promise<void> = Promise.resolve();
  home.onConnect(() => void (isNew = true));

  const look = async (): Promise<void> => {
    const answer = Standing.safeParse(await home.ask({ type: "persistent_notification/get" }));
    const standing = new Set(
      (answer.data ?? []).flatMap(({ notification_id: id }) =>
        id.startsWith(PREFIX) ? [id.slice(PREFIX.length)] : [],
      ),
    );
    if (!looked) for (const id of standing) shown.set(id, "");
    looked = true;
    for (const id of shown.keys()) {
      if (standing.has(id)) dismissed.delete(id);
      else if (!isNew) dismissed.add(id);
      else if (!dismissed.has(id)) shown.delete(id);
    }
    isNew = false;
  };
  const showNow = async (notices: readonly Notice[]): Promise<void> => {
    if (!home.connected()) return;
    const wanted = new Map(notices.map((notice) => [notice.id, notice]));
    try {
      await look();
      for (const id of shown.keys())
        if (!wanted.has(id)) {
          await home.callService("persistent_notification", "dismiss", { notification_id: PREFIX + id });
          shown.delete(id);
          dismissed.delete(id);
        }
      for (const { id, title, message } of notices) {
        const text = `${title}\n${message}`;
        if (shown.get(id) === text) continue;
        await home.callService("persistent_notification", "create", { notification_id: PREFIX + id, title, message });
        shown.set(id, text);
        dismissed.delete(id);
      }
    } catch (error) {
      log.warning("A notice could not be shown", { detail: String(error) });
    }
  };
  return {
    show(notices) {
      showing = showing.then(() => showNow(notices));
      return showing;
    },
  };
}
