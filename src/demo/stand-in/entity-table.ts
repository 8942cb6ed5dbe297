/** An entity as the stand-in holds it; times in epoch ms. */
export type TableEntity = Readonly<{
  entityId: string;
  state: string;
  attributes: Readonly<Record<string, unknown>>;
  contextId: string;
  lastChangedMs: number;
  lastUpdatedMs: number;
}>;
export type TableChange = Readonly<{ entityId: string; now: TableEntity | undefined }>;

/** The stand-in's state machine: entities and whoever listens to them. */
export class EntityTable {
  readonly #entities = new Map<string, TableEntity>();
  readonly #listeners = new Set<(change: TableChange) => void>();
  readonly #nowMs: () => number;
  #contexts = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  newContext(): string {
    return `demo${String(++this.#contexts).padStart(8, "0")}`;
  }

  all(): readonly TableEntity[] {
    return [...this.#entities.values()];
  }

  get(entityId: string): TableEntity | undefined {
    return this.#entities.get(entityId);
  }

  set(
    entityId: string,
    state: string,
    attributes: Readonly<Record<string, unknown>>,
    contextId = this.newContext(),
  ): void {
    const before = this.#entities.get(entityId);
    if (before && before.state === state && JSON.stringify(before.attributes) === JSON.stringify(attributes)) return;
    const nowMs = this.#nowMs();
    const lastChangedMs = before && before.state === state ? before.lastChangedMs : nowMs;
    const now = { entityId, state, attributes, contextId, lastChangedMs, lastUpdatedMs: nowMs };
    this.#entities.set(entityId, now);
    for (const listener of this.#listeners) listener({ entityId, now });
  }

  remove(entityId: string): void {
    if (this.#entities.delete(entityId)) for (const listener of this.#listeners) listener({ entityId, now: undefined });
  }

  listen(listener: (change: TableChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
