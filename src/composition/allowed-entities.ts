import type { Options } from "../options/options.ts";
import type { RegisteredEntity } from "./device-book.ts";
import type { PreferenceBook, PreferenceStore } from "./preferences.ts";

const KEPT = "allowedIdentities";

/**
 * The entities HyperVolt may act on: those of the options and those chosen on the page. What an allowed entity was is
 * remembered by its platform and unique id, so that it keeps the permission when the user renames it, and a new entity
 * that takes its name does not inherit it.
 */
export function createAllowed(
  options: Options,
  preferences: PreferenceBook,
  registry: () => readonly RegisteredEntity[],
  store: PreferenceStore,
): () => readonly string[] {
  /** Entity id as it was allowed, and who it was. */
  let identities: Record<string, string> = {};
  void store.preferences().then(
    (stored) => (identities = { ...(stored[KEPT] as Record<string, string> | undefined), ...identities }),
    () => undefined,
  );
  const identityOf = ({ platform, uniqueId }: RegisteredEntity): string => `${platform} ${uniqueId}`;
  return () => {
    const named = [...new Set([...options.allowed_entities, ...preferences.current().allowedEntities])];
    const entities = registry();
    let learned = false;
    const now = named.map((entityId) => {
      const identity = identities[entityId];
      const holder = entities.find((entity) => entity.entityId === entityId);
      if (identity === undefined) {
        if (holder) {
          identities[entityId] = identityOf(holder);
          learned = true;
        }
        return entityId;
      }
      if (holder && identityOf(holder) === identity) return entityId;
      return entities.find((entity) => identityOf(entity) === identity)?.entityId ?? entityId;
    });
    if (learned) void store.setPreferences({ [KEPT]: identities }).catch(() => undefined);
    return [...new Set(now)];
  };
}
