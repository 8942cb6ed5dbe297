import type { BrokerMessage } from "../../domain/broker.ts";
import { hasWildcard, TopicFilters, topicFits, withoutShare } from "./topic-filters.ts";

export type Subscription = Readonly<{
  filter: string;
  qos: 0 | 1;
  /** MQTT 5 subscription identifier: 1 for all filters without a wildcard, an own one for each with. */
  id: number;
  onMessage: (message: BrokerMessage) => void;
  /** Splits messages into those this subscription wants and the others. */
  partition(messages: readonly BrokerMessage[]): [mine: BrokerMessage[], others: BrokerMessage[]];
}>;

/** What the broker is asked for. */
export type Asked = Pick<Subscription, "filter" | "qos" | "id">;
type Entry = Subscription & { readonly retainedSeen: Set<string> };

const PLAIN_ID = 1;

/**
 * Who is subscribed to what. A subscription made for a topic that others already have makes the broker send the
 * retained message again: it then goes to the newcomer only.
 */
export class Subscriptions {
  readonly #byFilter = new Map<string, Set<Entry>>();
  readonly #byTopic = new TopicFilters<Entry>();
  readonly #ids = new Map<string, number>();
  #nextId = PLAIN_ID + 1;

  add(filter: string, qos: 0 | 1, onMessage: (message: BrokerMessage) => void): Subscription {
    const entry: Entry = {
      filter,
      qos,
      id: this.#idOf(filter),
      onMessage,
      retainedSeen: new Set(),
      partition: (messages) => {
        const wanted = (topic: string): boolean => topicFits(withoutShare(filter), topic);
        return [messages.filter(({ topic }) => wanted(topic)), messages.filter(({ topic }) => !wanted(topic))];
      },
    };
    const known = this.#byFilter.get(filter);
    if (known) known.add(entry);
    else this.#byFilter.set(filter, new Set([entry]));
    this.#byTopic.add(filter, entry);
    return entry;
  }

  /** True when nobody wants the filter any more. */
  delete(subscription: Subscription): boolean {
    const entry = subscription as Entry;
    const known = this.#byFilter.get(entry.filter);
    if (!known?.delete(entry)) return false;
    this.#byTopic.delete(entry.filter, entry);
    if (known.size > 0) return false;
    this.#byFilter.delete(entry.filter);
    return true;
  }

  /** Each filter once, with the highest QoS asked for. */
  filters(): Asked[] {
    return [...this.#byFilter.keys()].map((filter) => this.strongest(filter));
  }

  /** One filter with the highest QoS asked for: who asks for less must not take it from the others. */
  strongest(filter: string): Asked {
    const qos = [...(this.#byFilter.get(filter) ?? [])].some((entry) => entry.qos === 1) ? 1 : 0;
    return { filter, qos, id: this.#idOf(filter) };
  }

  /** After a new connection the broker sends every retained message again, to everybody. */
  forgetRetained(): void {
    for (const entries of this.#byFilter.values()) for (const { retainedSeen } of entries) retainedSeen.clear();
  }

  /** The handlers a message is for, in the order they subscribed. */
  receivers(topic: string, retained: boolean, ids: readonly number[]): readonly ((message: BrokerMessage) => void)[] {
    const matching = this.#byTopic.matches(topic);
    if (!retained && ids.length === 0 && matching.length === 1 && matching[0]) return [matching[0].onMessage];
    const found: ((message: BrokerMessage) => void)[] = [];
    for (const entry of matching) {
      if (ids.length > 0 && !ids.includes(entry.id)) continue;
      if (retained) {
        if (entry.retainedSeen.has(topic)) continue;
        entry.retainedSeen.add(topic);
      }
      found.push(entry.onMessage);
    }
    return found;
  }

  #idOf(filter: string): number {
    if (!hasWildcard(filter)) return PLAIN_ID;
    const known = this.#ids.get(filter);
    if (known !== undefined) return known;
    const id = this.#nextId++;
    this.#ids.set(filter, id);
    return id;
  }
}
