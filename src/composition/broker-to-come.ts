import type { Broker } from "../domain/broker.ts";
import type { Clock } from "../domain/clock.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";

const LOOK_AGAIN_MS = MS_PER_MINUTE;

type Waiting = {
  readonly filter: string;
  readonly qos: 0 | 1;
  readonly run: Parameters<Broker["subscribe"]>[2];
  live?: { unsubscribe(): void };
};

/**
 * Stands for a broker that is not known yet: subscriptions and listeners are handed over once there is one.
 * @param find   null while there is none; asked every minute, never again once it was closed
 * @param isAsked  there is somebody to ask
 */
export function brokerToCome(find: () => Promise<Broker | null>, isAsked: boolean, clock: Clock): Broker {
  const sinceMs = clock.nowMs();
  let real: Broker | null = null;
  let closed = false;
  const subscriptions = new Set<Waiting>();
  const connects: (() => void)[] = [];
  const disconnects: (() => void)[] = [];
  const look = async (): Promise<void> => {
    const found = await find().catch(() => null);
    if (closed) {
      await found?.close();
      return;
    }
    if (!found) {
      looking = clock.after(LOOK_AGAIN_MS, look);
      return;
    }
    real = found;
    for (const one of subscriptions) one.live = found.subscribe(one.filter, one.qos, one.run);
    for (const run of connects) found.onConnect(run);
    for (const run of disconnects) found.onDisconnect(run);
  };
  let looking = isAsked ? clock.after(LOOK_AGAIN_MS, look) : undefined;
  return {
    publish: (topic, payload, how) =>
      real ? real.publish(topic, payload, how) : Promise.reject(new Error("no broker is known")),
    subscribe(filter, qos, run) {
      const one: Waiting = { filter, qos, run };
      subscriptions.add(one);
      if (real) one.live = real.subscribe(filter, qos, run);
      return {
        unsubscribe() {
          subscriptions.delete(one);
          one.live?.unsubscribe();
        },
      };
    },
    onConnect: (run) => (real ? real.onConnect(run) : void connects.push(run)),
    onDisconnect: (run) => (real ? real.onDisconnect(run) : void disconnects.push(run)),
    state: () =>
      real?.state() ?? {
        name: "MQTT broker",
        state: "down",
        sinceMs,
        detail: "no broker is known",
        todo: "Install the Mosquitto app, or enter mqtt_url in the options.",
      },
    async close() {
      closed = true;
      looking?.cancel();
      await real?.close();
    },
  };
}
