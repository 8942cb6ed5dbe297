import type { ServerMessage } from "./messages.ts";

/** A client further behind than this is let go. */
export const MOST_BEHIND_BYTES = 1024 * 1024;
/** From here on a client gets its sensors' newest values only when it has caught up. */
const HOLD_BACK_BYTES = 256 * 1024;

export type FeedClient = Readonly<{
  /** Narrows what is sent: absent or empty means all. `home` is sent only where it is named. */
  subscribe: (
    wish: Readonly<{ types?: readonly string[] | undefined; sensor_ids?: readonly string[] | undefined }>,
  ) => void;
  wants: (type: ServerMessage["type"]) => boolean;
  tell: (type: ServerMessage["type"], text: string) => void;
  /** The newest message of each sensor since the last call. */
  update: (newest: ReadonlyMap<string, string>) => void;
}>;

/** What one client is sent, at its own pace: a slow one is not waited for, its updates are coalesced to the newest. */
export function createFeedClient({
  send,
  behindBytes,
  onTooFarBehind,
}: Readonly<{ send: (text: string) => void; behindBytes: () => number; onTooFarBehind: () => void }>): FeedClient {
  let types: ReadonlySet<string> | null = null;
  let sensorIds: ReadonlySet<string> | null = null;
  const held = new Map<string, string>();
  let heldBytes = 0;
  let gone = false;

  const wants = (type: ServerMessage["type"]): boolean => (types === null ? type !== "home" : types.has(type));
  const leave = (): void => {
    gone = true;
    held.clear();
    onTooFarBehind();
  };
  const hold = (sensorId: string, text: string): void => {
    heldBytes += text.length - (held.get(sensorId)?.length ?? 0);
    held.set(sensorId, text);
  };
  const deliver = (): void => {
    if (behindBytes() + heldBytes > MOST_BEHIND_BYTES) return leave();
    for (const [sensorId, text] of held) {
      if (behindBytes() > HOLD_BACK_BYTES) return;
      held.delete(sensorId);
      heldBytes -= text.length;
      send(text);
    }
  };

  return {
    subscribe: ({ types: wished, sensor_ids }) => {
      types = wished === undefined || wished.length === 0 ? null : new Set(wished);
      sensorIds = sensor_ids === undefined || sensor_ids.length === 0 ? null : new Set(sensor_ids);
      for (const sensorId of held.keys())
        if (!wants("sensor_update") || sensorIds?.has(sensorId) === false) held.delete(sensorId);
      heldBytes = [...held.values()].reduce((bytes, text) => bytes + text.length, 0);
    },
    wants,
    tell: (type, text) => {
      if (gone || !wants(type)) return;
      if (behindBytes() + heldBytes + text.length > MOST_BEHIND_BYTES) return leave();
      send(text);
    },
    update: (newest) => {
      if (gone) return;
      if (wants("sensor_update"))
        for (const [sensorId, text] of newest) if (sensorIds === null || sensorIds.has(sensorId)) hold(sensorId, text);
      deliver();
    },
  };
}
