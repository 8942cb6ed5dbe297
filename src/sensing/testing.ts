import type { Broker, BrokerMessage } from "../domain/broker.ts";
import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { Subscriptions } from "./mqtt/subscriptions.ts";

export type FakeBroker = Broker &
  Readonly<{
    /** As if somebody had published; returns how often the message was acknowledged in the end. */
    deliver(topic: string, payload: string | Uint8Array, retain?: boolean, delivery?: BrokerMessage["delivery"]): void;
    /** The connection is lost, or there again. */
    connect(connected: boolean): void;
    subscriptions(): number;
    acknowledged(): number;
  }>;

/** A broker in the same process without a wire, for tests: retained messages reach late subscribers. */
export function fakeBroker(): FakeBroker {
  const subscriptions = new Subscriptions();
  const retained = new Map<string, Uint8Array>();
  const onConnects: (() => void)[] = [];
  const onDisconnects: (() => void)[] = [];
  let connected = true;
  let open = 0;
  let acknowledged = 0;
  const message = (topic: string, payload: Uint8Array, retain: boolean): BrokerMessage => ({
    topic,
    payload,
    qos: 1,
    retain,
    acknowledge: () => acknowledged++,
  });
  return {
    publish: () => Promise.resolve(),
    subscribe(filter, qos, onMessage) {
      const subscription = subscriptions.add(filter, qos, onMessage);
      open++;
      const waiting = [...retained].map(([topic, payload]) => message(topic, payload, true));
      for (const one of subscription.partition(waiting)[0]) onMessage(one);
      return {
        unsubscribe: () => {
          subscriptions.delete(subscription);
          open--;
        },
      };
    },
    onConnect(run) {
      onConnects.push(run);
      run();
    },
    onDisconnect: (run) => void onDisconnects.push(run),
    state: () => ({ name: "broker", state: connected ? "ok" : "down", sinceMs: 0, detail: null, todo: null }),
    close: () => Promise.resolve(),
    deliver(topic, payload, retain = false, delivery) {
      const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
      if (retain) retained.set(topic, bytes);
      if (retain && bytes.length === 0) retained.delete(topic);
      for (const handle of subscriptions.receivers(topic, false, []))
        handle({ ...message(topic, bytes, false), ...(delivery && { delivery }) });
    },
    connect(now) {
      connected = now;
      for (const run of now ? onConnects : onDisconnects) run();
    },
    subscriptions: () => open,
    acknowledged: () => acknowledged,
  };
}

export type HandClock = Clock & Readonly<{ advance(ms: number): void }>;

/** A clock that goes on only when told to. */
export function handClock(startMs = 1_790_000_000_000): HandClock {
  let nowMs = startMs;
  let tasks: { atMs: number; task: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    after(delayMs, task) {
      const one = { atMs: nowMs + delayMs, task };
      tasks.push(one);
      return { cancel: () => void (tasks = tasks.filter((other) => other !== one)) };
    },
    advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const due = tasks.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (!due) break;
        tasks = tasks.filter((other) => other !== due);
        nowMs = Math.max(nowMs, due.atMs);
        due.task();
      }
      nowMs = endMs;
    },
  };
}

/** A log that keeps its lines. */
export function silentLog(): { log: Log; lines: () => readonly string[] } {
  const kept: string[] = [];
  const keep = (text: string): void => void kept.push(text);
  return { log: { debug: keep, info: keep, warning: keep, error: keep }, lines: () => kept };
}
