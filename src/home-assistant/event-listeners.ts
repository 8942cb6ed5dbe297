import type { Log } from "../domain/log.ts";
import type { Subscription } from "./home-assistant.ts";
import { Listeners } from "./listeners.ts";

type Data = Readonly<Record<string, unknown>>;
export type HeardEvent = Readonly<{ data?: Record<string, unknown>; context?: { id?: string } }>;

/** Who listens to which type of event, and which types the present connection is subscribed to. */
export class EventListeners {
  readonly #log: Log;
  readonly #always: readonly string[];
  readonly #listeners = new Map<string, Listeners<[Data, string | null]>>();
  #subscribed = new Set<string>();

  /** @param always  types that are subscribed to, whoever listens */
  constructor(log: Log, always: readonly string[]) {
    this.#log = log;
    this.#always = always;
  }

  add(eventType: string, run: (data: Data, contextId: string | null) => void): Subscription {
    const known = this.#listeners.get(eventType) ?? new Listeners<[Data, string | null]>(this.#log);
    this.#listeners.set(eventType, known);
    return known.add(run);
  }

  tell(eventType: string, { data, context }: HeardEvent): void {
    this.#listeners.get(eventType)?.tell(data ?? {}, context?.id ?? null);
  }

  /** The connection is new: nothing is subscribed to. */
  forget(): void {
    this.#subscribed = new Set();
  }

  /** A type that somebody listens to and that is not subscribed to yet; from now on it counts as subscribed to. */
  takeMissing(): string | undefined {
    const missing = [...this.#always, ...this.#listeners.keys()].find((type) => !this.#subscribed.has(type));
    if (missing !== undefined) this.#subscribed.add(missing);
    return missing;
  }
}
