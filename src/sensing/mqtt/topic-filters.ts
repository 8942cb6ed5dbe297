/** Whether a topic fits a subscription filter. A leading `$` is not matched by a wildcard (MQTT §4.7.2). */
export function topicFits(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const levels = topic.split("/");
  if (topic.startsWith("$") && (wanted[0] === "+" || wanted[0] === "#")) return false;
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === "#") return true;
    if (i >= levels.length) return false;
    if (wanted[i] !== "+" && wanted[i] !== levels[i]) return false;
  }
  return wanted.length === levels.length;
}

/** Whether every topic that fits `filter` fits `by`, too, and not the other way round. */
export function isCovered(filter: string, by: string): boolean {
  if (filter === by || isShared(filter) || isShared(by)) return false;
  const inner = filter.split("/");
  const outer = by.split("/");
  if (filter.startsWith("$") && (outer[0] === "+" || outer[0] === "#")) return false;
  for (let i = 0; i < outer.length; i++) {
    if (outer[i] === "#") return true;
    if (i >= inner.length || inner[i] === "#") return false;
    if (outer[i] !== "+" && outer[i] !== inner[i]) return false;
  }
  return outer.length === inner.length;
}

export const hasWildcard = (filter: string): boolean => /[+#]/.test(filter);

export const isShared = (filter: string): boolean => filter.startsWith("$share/");

/** `$share/<group>/<filter>` is matched as `<filter>`. */
export const withoutShare = (filter: string): string => filter.replace(/^\$share\/[^/]+\//, "");

const MOST_CACHED_TOPICS = 20_000;

/** Who wants a topic: exact filters by a map, wildcards by a scan whose result is kept for each topic seen. */
export class TopicFilters<T> {
  readonly #exact = new Map<string, Set<T>>();
  readonly #wild = new Map<string, Set<T>>();
  #byTopic = new Map<string, readonly T[]>();

  add(filter: string, value: T): void {
    const matched = withoutShare(filter);
    const side = hasWildcard(matched) ? this.#wild : this.#exact;
    const known = side.get(matched);
    if (known) known.add(value);
    else side.set(matched, new Set([value]));
    this.#forget(matched);
  }

  delete(filter: string, value: T): void {
    const matched = withoutShare(filter);
    const side = hasWildcard(matched) ? this.#wild : this.#exact;
    const known = side.get(matched);
    known?.delete(value);
    if (known?.size === 0) side.delete(matched);
    this.#forget(matched);
  }

  /** In the order of subscribing, exact filters first. */
  matches(topic: string): readonly T[] {
    const cached = this.#byTopic.get(topic);
    if (cached) return cached;
    const found = [...(this.#exact.get(topic) ?? [])];
    for (const [filter, values] of this.#wild) if (topicFits(filter, topic)) found.push(...values);
    if (this.#byTopic.size >= MOST_CACHED_TOPICS) this.#byTopic.clear();
    this.#byTopic.set(topic, found);
    return found;
  }

  #forget(filter: string): void {
    if (hasWildcard(filter)) this.#byTopic.clear();
    else this.#byTopic.delete(filter);
  }
}
