import type { BrokerMessage } from "../../domain/broker.ts";
import { hasWildcard, isCovered, isShared, TopicFilters, topicFits, withoutShare } from "./topic-filters.ts";

type Receive = (message: BrokerMessage) => void;
export type Subscription = Readonly<{
  filter: string;
  qos: 0 | 1;
  onMessage: Receive;
  /** Splits messages into those this subscription wants and the others. */
  partition(messages: readonly BrokerMessage[]): [mine: BrokerMessage[], others: BrokerMessage[]];
}>;

/** What the broker is asked for. */
export type Asked = Readonly<{
  filter: string;
  qos: 0 | 1;
  /** MQTT 5 subscription identifier: 1 for all filters without a wildcard, an own one for each with. */
  id: number;
}>;
/** What the broker is to be asked for now, and what no longer. */
export type Changes = Readonly<{ ask: readonly Asked[]; end: readonly string[] }>;

type Entry = Subscription & { readonly group: Group; readonly retainedSeen: Set<string> };
/** Everybody who wants one filter. */
type Group = {
  readonly filter: string;
  readonly entries: Set<Entry>;
  readonly id: number;
  /** A filter that brings all this one would; only it is asked for. */
  cover: Group | undefined;
  readonly covered: Set<Group>;
  /** The broker does not let us have it, so it covers nothing. */
  refused: boolean;
  /** The QoS the broker was asked for on this connection; null where it was not. */
  asked: 0 | 1 | null;
};

const PLAIN_ID = 1;

/**
 * Who is subscribed to what. The broker is asked for no filter that another of ours covers: of two that overlap some
 * brokers send a message twice, and some (aedes) lose messages and end the connection. A newcomer makes the broker send
 * the retained messages again: they go to the newcomer only.
 */
export class Subscriptions {
  readonly #groups = new Map<string, Group>();
  /** Those that may cover others. */
  readonly #wild = new Set<Group>();
  readonly #byTopic = new TopicFilters<Entry>();
  readonly #ids = new Map<string, number>();
  #nextId = PLAIN_ID + 1;
  #toAsk = new Set<Group>();
  #toEnd = new Set<string>();
  #toAskAgain = new Set<Group>();

  add(filter: string, qos: 0 | 1, onMessage: Receive): Subscription {
    const group = this.#groups.get(filter) ?? this.#newGroup(filter);
    const entry: Entry = {
      filter,
      qos,
      onMessage,
      group,
      retainedSeen: new Set(),
      partition: (messages) => {
        const wanted = (topic: string): boolean => topicFits(withoutShare(filter), topic);
        return [messages.filter(({ topic }) => wanted(topic)), messages.filter(({ topic }) => !wanted(topic))];
      },
    };
    group.entries.add(entry);
    this.#byTopic.add(filter, entry);
    const { cover } = group;
    if (cover === undefined) this.#toAsk.add(group);
    else if (cover.asked === null || cover.asked < qos) this.#toAsk.add(cover);
    else this.#toAskAgain.add(cover);
    return entry;
  }

  delete(subscription: Subscription): void {
    const entry = subscription as Entry;
    const { group } = entry;
    if (!group.entries.delete(entry)) return;
    this.#byTopic.delete(entry.filter, entry);
    if (group.entries.size > 0) return;
    this.#groups.delete(group.filter);
    this.#wild.delete(group);
    group.cover?.covered.delete(group);
    this.#toAsk.delete(group);
    this.#toAskAgain.delete(group);
    this.#uncover(group);
    if (group.asked !== null) this.#toEnd.add(group.filter);
  }

  /** The broker refuses a filter: those it covers are asked for themselves. */
  refuse(filter: string): void {
    const group = this.#groups.get(filter);
    if (!group || group.refused) return;
    group.refused = true;
    this.#uncover(group);
  }

  /** At the beginning of a connection: everything. What the session may still have and nobody wants now, ends. */
  everything(): Changes {
    const end = [...this.#toEnd].filter((filter) => !this.#groups.has(filter));
    this.#toAsk.clear();
    this.#toEnd.clear();
    this.#toAskAgain.clear();
    for (const group of this.#groups.values()) {
      group.asked = null;
      // After a new connection the broker sends every retained message again, to everybody.
      for (const { retainedSeen } of group.entries) retainedSeen.clear();
      if (group.cover === undefined) this.#toAsk.add(group);
      else end.push(group.filter);
    }
    return { ask: this.changes().ask, end };
  }

  /** What has changed since it was asked last. */
  changes(): Changes {
    const ask = [...this.#toAsk].map(askedOf);
    const end = [...this.#toEnd].filter((filter) => (this.#groups.get(filter)?.asked ?? null) === null);
    this.#toAsk = new Set();
    this.#toEnd = new Set();
    return { ask, end };
  }

  /** Newcomers wait for the retained messages of filters that were asked for already. */
  get wantsRetained(): boolean {
    return this.#toAskAgain.size > 0;
  }

  /** What is to be asked for again so that newcomers get their retained messages. */
  retainedWanted(): readonly Asked[] {
    const again = [...this.#toAskAgain].map(askedOf);
    this.#toAskAgain = new Set();
    return again;
  }

  /** The handlers a message is for, in the order they subscribed. */
  receivers(topic: string, retained: boolean, ids: readonly number[]): readonly Receive[] {
    const matching = this.#byTopic.matches(topic);
    if (!retained && ids.length === 0 && matching.length === 1 && matching[0]) return [matching[0].onMessage];
    const found: Receive[] = [];
    for (const entry of matching) {
      const { id, cover } = entry.group;
      if (ids.length > 0 && !ids.includes(id) && (cover === undefined || !ids.includes(cover.id))) continue;
      if (retained) {
        if (entry.retainedSeen.has(topic)) continue;
        entry.retainedSeen.add(topic);
      }
      found.push(entry.onMessage);
    }
    return found;
  }

  #newGroup(filter: string): Group {
    const group: Group = {
      filter,
      entries: new Set(),
      id: this.#idOf(filter),
      cover: undefined,
      covered: new Set(),
      refused: false,
      asked: null,
    };
    this.#groups.set(filter, group);
    this.#cover(group);
    if (!hasWildcard(filter) || isShared(filter)) return group;
    this.#wild.add(group);
    if (group.cover !== undefined) return group;
    for (const other of this.#groups.values()) if (isCovered(other.filter, filter)) this.#putUnder(other, group);
    return group;
  }

  /** Looks for one that is asked for and covers the group. */
  #cover(group: Group): void {
    for (const wild of this.#wild)
      if (wild !== group && wild.cover === undefined && !wild.refused && isCovered(group.filter, wild.filter))
        return this.#putUnder(group, wild);
  }

  #putUnder(group: Group, cover: Group): void {
    group.cover?.covered.delete(group);
    group.cover = cover;
    cover.covered.add(group);
    for (const below of group.covered) {
      below.cover = cover;
      cover.covered.add(below);
    }
    group.covered.clear();
    this.#toAsk.delete(group);
    this.#toAskAgain.delete(group);
    if (group.asked === null) return;
    group.asked = null;
    this.#toEnd.add(group.filter);
  }

  #uncover(cover: Group): void {
    const below = [...cover.covered];
    cover.covered.clear();
    for (const group of below) group.cover = undefined;
    for (const group of below.toSorted((a, b) => Number(hasWildcard(b.filter)) - Number(hasWildcard(a.filter)))) {
      this.#cover(group);
      if (group.cover === undefined) this.#toAsk.add(group);
    }
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

/** With the highest QoS anybody asked for: who asks for less must not take it from the others. */
function askedOf(group: Group): Asked {
  const wantsOnce = ({ entries }: Group): boolean => [...entries].some(({ qos }) => qos === 1);
  const qos = wantsOnce(group) || [...group.covered].some(wantsOnce) ? 1 : 0;
  group.asked = qos;
  return { filter: group.filter, qos, id: group.id };
}
