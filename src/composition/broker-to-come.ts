import type { Broker } from "../domain/broker.ts";
import type { Clock } from "../domain/clock.ts";
import type { DependencyState } from "../domain/log.ts";
import { MS_PER_SECOND } from "../domain/units.ts";

const LOOK_AGAIN_MS = 15 * MS_PER_SECOND;

/** A broker whose flow may be held back. */
type Held = Broker & Readonly<{ pause?: () => void; resume?: () => void }>;
/** Where a broker is; `key` differs where address, user name or password do. */
export type FoundBroker = Readonly<{ key: string; connect: () => Held }>;
type Subscribed = {
  readonly filter: string;
  readonly qos: 0 | 1;
  readonly run: Parameters<Broker["subscribe"]>[2];
  live?: { unsubscribe(): void };
};

/**
 * Stands for the broker that somebody else knows: until there is one, and when it is to be reached otherwise than
 * before (a broker that was installed anew has a new password). Subscriptions and listeners are handed over.
 * @param find     null while there is none; asked while there is no connection, never again once it was closed
 * @param isAsked  there is somebody to ask
 */
export async function brokerToCome(
  find: () => Promise<FoundBroker | null>,
  isAsked: boolean,
  clock: Clock,
): Promise<Required<Held>> {
  const sinceMs = clock.nowMs();
  let real: Held | null = null;
  let key: string | undefined;
  let closed = false;
  let paused = false;
  let unanswered: string | null = null;
  const subscriptions = new Set<Subscribed>();
  const connects: (() => void)[] = [];
  const disconnects: (() => void)[] = [];
  const replace = async (found: FoundBroker): Promise<void> => {
    const before = real;
    key = found.key;
    const next = (real = found.connect());
    if (paused) next.pause?.();
    for (const one of subscriptions) one.live = next.subscribe(one.filter, one.qos, one.run);
    for (const run of connects) next.onConnect(run);
    for (const run of disconnects) next.onDisconnect(run);
    await before?.close();
  };
  const look = async (): Promise<void> => {
    if (real?.state().state !== "ok") {
      const found = await find().catch((error: unknown) => {
        unanswered = error instanceof Error ? error.message : String(error);
        return undefined;
      });
      if (closed) return;
      if (found !== undefined) unanswered = null;
      if (found && found.key !== key) await replace(found);
    }
    if (!closed) looking = clock.after(LOOK_AGAIN_MS, look);
  };
  let looking: { cancel(): void } | undefined;
  if (isAsked) await look();
  return {
    publish: (topic, payload, how) =>
      real ? real.publish(topic, payload, how) : Promise.reject(new Error("no broker is known")),
    subscribe(filter, qos, run) {
      const one: Subscribed = { filter, qos, run };
      subscriptions.add(one);
      if (real) one.live = real.subscribe(filter, qos, run);
      return {
        unsubscribe() {
          subscriptions.delete(one);
          one.live?.unsubscribe();
        },
      };
    },
    onConnect(run) {
      connects.push(run);
      real?.onConnect(run);
    },
    onDisconnect(run) {
      disconnects.push(run);
      real?.onDisconnect(run);
    },
    state: () => real?.state() ?? nobody(sinceMs, unanswered),
    pause() {
      paused = true;
      real?.pause?.();
    },
    resume() {
      paused = false;
      real?.resume?.();
    },
    async close() {
      closed = true;
      looking?.cancel();
      await real?.close();
    },
  };
}

const nobody = (sinceMs: number, unanswered: string | null): DependencyState => ({
  name: "broker",
  state: "down",
  sinceMs,
  detail: unanswered ?? "no broker is known",
  todo:
    unanswered === null
      ? "Install the Mosquitto app, or enter mqtt_url in the options."
      : "It is asked again by itself; enter mqtt_url in the options if that lasts.",
});
