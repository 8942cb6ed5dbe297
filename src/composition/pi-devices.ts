import * as z from "zod";
import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { Device, KnownDevice } from "../sensing/sensing.ts";
import type { PreferenceStore } from "./preferences.ts";

const KEY = "piDevices";
/** Retained announcements come one by one after a connection: what is there a while later is kept. */
const SETTLED_MS = MS_PER_MINUTE;
const Kept = z.array(z.object({ deviceId: z.string(), location: z.string(), device: z.string() })).catch([]);

export type PiDevices = Readonly<{
  /** Those of the last run. */
  known: readonly KnownDevice[];
  /** Something may have changed: those there are a while later are kept. */
  changed: (devices: () => readonly Device[]) => void;
  close: () => void;
}>;

/** The devices Pis announced, over restarts: each keeps its id, and its place before any new one. */
export async function rememberPiDevices(store: PreferenceStore, clock: Clock, log: Log): Promise<PiDevices> {
  const stored = await store.preferences().catch(() => ({}) as Readonly<Record<string, unknown>>);
  const known = Kept.parse(stored[KEY]);
  let kept = JSON.stringify(known);
  let timer: { cancel(): void } | undefined;
  const keep = async (devices: () => readonly Device[]): Promise<void> => {
    timer = undefined;
    const list = devices()
      .flatMap((one) => (one.source === "native" ? [one] : []))
      .map(({ deviceId, location, device }) => ({ deviceId, location, device }));
    const text = JSON.stringify(list);
    if (text === kept) return;
    try {
      await store.setPreferences({ [KEY]: list });
      kept = text;
    } catch (error) {
      log.debug("The devices of Pis were not kept; they will be when one changes", { error: String(error) });
    }
  };
  return {
    known,
    changed(devices) {
      timer ??= clock.after(SETTLED_MS, () => keep(devices));
    },
    close: () => timer?.cancel(),
  };
}
