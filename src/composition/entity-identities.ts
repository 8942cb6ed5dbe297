import type { RegisteredEntity } from "./device-book.ts";
import type { PreferenceStore } from "./preferences.ts";

const identityOf = ({ platform, uniqueId }: RegisteredEntity): string => `${platform} ${uniqueId}`;
/** Home Assistant tells apart by domain what an integration gave one unique id: a switch, and the sensor beside it. */
const inDomainOf = (entityId: string, identity: string): string => `${entityId.split(".", 1)[0]} ${identity}`;

/** Follows entities a person named: when the user renames one, it is still the one that was meant. */
export interface EntityIdentities {
  /** What the entity that was once named so is called now; the same where it was never seen, or is gone. */
  readonly nowCalled: (entityId: string) => string;
  /** The name an entity had when it was first named; its own where that name is somebody else's now. */
  readonly firstCalled: (entityId: string) => string;
  /** A person means what bears these names now, whatever bore them before. */
  readonly meant: (entityIds: readonly string[]) => void;
}

/**
 * Remembers what a named entity was by its platform and unique id; a new entity that takes its name is not it.
 * @param key  of the store, under which they are kept
 */
export async function followEntities(
  key: string,
  registry: () => readonly RegisteredEntity[],
  store: PreferenceStore,
): Promise<EntityIdentities> {
  // Known before anything is looked up: what was renamed while HyperVolt was away must not be taken for what it was.
  const stored = await store.preferences().catch(() => ({}) as Readonly<Record<string, unknown>>);
  /** Entity id as it was named, and who it was. */
  const identities: Record<string, string> = { ...(stored[key] as Record<string, string> | undefined) };
  let seen: readonly RegisteredEntity[] | undefined;
  let byEntity = new Map<string, RegisteredEntity>();
  let byIdentity = new Map<string, string>();
  /** By identity, the name that was noted first; gone once another is noted. */
  let firstNames: Map<string, string> | undefined;
  let storing = false;
  /** What is known has not reached the store yet. */
  let unstored = false;
  const storeAll = async (): Promise<void> => {
    try {
      while (unstored) {
        unstored = false;
        await store.setPreferences({ [key]: identities });
      }
    } catch {
      unstored = true; // tried again when the registry or a name changes next
    } finally {
      storing = false;
    }
  };
  const note = (entityId: string, holder: RegisteredEntity): void => {
    identities[entityId] = identityOf(holder);
    firstNames = undefined;
  };
  const firstOf = (identity: string): string | undefined => {
    firstNames ??= new Map(
      Object.entries(identities)
        .map(([name, of]) => [inDomainOf(name, of), name] as const)
        .toReversed(),
    );
    return firstNames.get(identity);
  };
  const keep = (): void => {
    unstored = true;
    if (storing) return;
    storing = true;
    queueMicrotask(() => void storeAll());
  };
  const look = (): void => {
    const entities = registry();
    if (entities === seen) return;
    seen = entities;
    byEntity = new Map(entities.map((entity) => [entity.entityId, entity]));
    byIdentity = new Map(entities.map((entity) => [inDomainOf(entity.entityId, identityOf(entity)), entity.entityId]));
    if (unstored) keep();
  };
  return {
    meant(entityIds) {
      look();
      for (const entityId of entityIds) {
        const holder = byEntity.get(entityId);
        if (holder) note(entityId, holder);
      }
      keep();
    },
    firstCalled(entityId) {
      look();
      const holder = byEntity.get(entityId);
      if (!holder) return entityId;
      const first = firstOf(inDomainOf(entityId, identityOf(holder)));
      return first === undefined || byEntity.has(first) ? entityId : first;
    },
    nowCalled(entityId) {
      look();
      const identity = identities[entityId];
      const holder = byEntity.get(entityId);
      if (identity === undefined) {
        if (holder) {
          note(entityId, holder);
          keep();
        }
        return entityId;
      }
      if (holder && identityOf(holder) === identity) return entityId;
      return byIdentity.get(inDomainOf(entityId, identity)) ?? entityId;
    },
  };
}
