import type { EntityState } from "../domain/entity.ts";
import { MS_PER_SECOND } from "../domain/units.ts";

type Context = string | Readonly<{ id?: string | null }>;
type Compressed = Readonly<{ s?: string; a?: Record<string, unknown>; c?: Context; lc?: number; lu?: number }>;

/** One event of `subscribe_entities`: added (or all, at the start), changed, removed. */
export type EntitiesEvent = Readonly<{
  a?: Readonly<Record<string, Compressed>>;
  c?: Readonly<Record<string, Readonly<{ "+"?: Compressed; "-"?: Readonly<{ a?: readonly string[] }> }>>>;
  r?: readonly string[];
}>;

export type EntityChange = Readonly<{
  entityId: string;
  now: EntityState | undefined;
  before: EntityState | undefined;
}>;

/** Every entity's state, from the compressed events of `subscribe_entities`. */
export class EntityStore {
  readonly #states = new Map<string, EntityState>();
  /** The next event carries all states: what it leaves out was removed while we were away. */
  #fresh = true;

  get(entityId: string): EntityState | undefined {
    return this.#states.get(entityId);
  }

  all(): EntityState[] {
    return [...this.#states.values()];
  }

  /** The subscription was made anew: its first event is a full picture. */
  restart(): void {
    this.#fresh = true;
  }

  /** Takes an event; returns what really changed, in order. */
  apply(event: EntitiesEvent): EntityChange[] {
    const changes: EntityChange[] = [];
    const set = (entityId: string, now: EntityState | undefined): void => {
      const before = this.#states.get(entityId);
      if (now) this.#states.set(entityId, now);
      else this.#states.delete(entityId);
      if (now ?? before) changes.push({ entityId, now, before });
    };
    if (this.#fresh && event.a) {
      this.#fresh = false;
      const present = event.a;
      for (const entityId of this.#states.keys()) if (!(entityId in present)) set(entityId, undefined);
    }
    for (const [entityId, added] of Object.entries(event.a ?? {})) {
      const now = fromCompressed(entityId, added);
      const before = this.#states.get(entityId);
      if (before && before.lastUpdatedMs === now.lastUpdatedMs && before.state === now.state) continue;
      set(entityId, now);
    }
    for (const entityId of event.r ?? []) set(entityId, undefined);
    for (const [entityId, diff] of Object.entries(event.c ?? {})) {
      const before = this.#states.get(entityId);
      if (before) set(entityId, withDiff(before, diff["+"], diff["-"]?.a));
    }
    return changes;
  }
}

const contextOf = (context: Context | undefined): string | null =>
  context === undefined ? null : typeof context === "string" ? context : (context.id ?? null);

function fromCompressed(entityId: string, { s, a, c, lc, lu }: Compressed): EntityState {
  const lastChangedMs = (lc ?? 0) * MS_PER_SECOND;
  return {
    entityId,
    state: s ?? "unknown",
    attributes: a ?? {},
    lastChangedMs,
    lastUpdatedMs: lu === undefined ? lastChangedMs : lu * MS_PER_SECOND,
    contextId: contextOf(c),
  };
}

function withDiff(before: EntityState, added: Compressed = {}, removed: readonly string[] = []): EntityState {
  let attributes = before.attributes;
  if (added.a || removed.length > 0) {
    const kept = Object.entries({ ...before.attributes, ...added.a }).filter(([name]) => !removed.includes(name));
    attributes = Object.fromEntries(kept);
  }
  const changedMs = added.lc === undefined ? undefined : added.lc * MS_PER_SECOND;
  return {
    entityId: before.entityId,
    state: added.s ?? before.state,
    attributes,
    lastChangedMs: changedMs ?? before.lastChangedMs,
    lastUpdatedMs: changedMs ?? (added.lu === undefined ? before.lastUpdatedMs : added.lu * MS_PER_SECOND),
    contextId: contextOf(added.c) ?? before.contextId,
  };
}
