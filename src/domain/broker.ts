import type { DependencyState } from "./log.ts";

/** A message as it came. `acknowledge` is called once its content is safe; at QoS 0 it does nothing. */
export type BrokerMessage = Readonly<{
  topic: string;
  payload: Uint8Array;
  qos: 0 | 1 | 2;
  retain: boolean;
  acknowledge: () => void;
  /** The broker's number of this delivery, 0 at QoS 0, and whether it was sent before without our acknowledgement. */
  delivery?: Readonly<{ packetId: number; redelivered: boolean }>;
}>;

/** A conversation with an MQTT broker that survives the broker's absence: subscriptions are made again by itself. */
export interface Broker {
  /** Resolves when the broker has it (QoS 1) or it is on the wire (QoS 0); rejects with BROKER_UNAVAILABLE while it is away. */
  publish(
    topic: string,
    payload: string | Uint8Array,
    options?: Readonly<{ qos?: 0 | 1; retain?: boolean }>,
  ): Promise<void>;
  /** Every handler whose filter matches gets the message; the message is acknowledged when every one of them has. */
  subscribe(filter: string, qos: 0 | 1, onMessage: (message: BrokerMessage) => void): { unsubscribe(): void };
  /** Runs at once if connected, and after every later connection. */
  onConnect(run: () => void): void;
  /** Runs whenever a connection that was there is lost, after `state` says so. */
  onDisconnect(run: () => void): void;
  state(): DependencyState;
  /** Announces us offline, sends what is queued, ends. */
  close(): Promise<void>;
}
