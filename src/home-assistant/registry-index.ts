import type { Registries, RegistryEntity } from "./registries.ts";

export interface RegistryIndex {
  entity(entityId: string): RegistryEntity | undefined;
  /**
   * The entity id that now belongs to a unique id: users rename, HyperVolt follows.
   * @param domains  which are looked for, the first that is there: integrations give one unique id to a sensor and a
   *                 switch of the same thing
   */
  entityIdOf(platform: string, uniqueId: string, domains: readonly string[]): string | undefined;
}

/** Finds what the registries hold without a walk through thousands of entities; follows them when they are read again. */
export function indexRegistries(registries: () => Registries): RegistryIndex {
  let seen: Registries | undefined;
  let byEntity = new Map<string, RegistryEntity>();
  let byIdentity = new Map<string, string>();
  const look = (): void => {
    const now = registries();
    if (now === seen) return;
    seen = now;
    byEntity = new Map(now.entities.map((entity) => [entity.entityId, entity]));
    byIdentity = new Map(
      now.entities.map(({ entityId, platform, uniqueId }) => [
        identityOf(entityId.split(".", 1)[0] ?? "", platform, uniqueId),
        entityId,
      ]),
    );
  };
  return {
    entity(entityId) {
      look();
      return byEntity.get(entityId);
    },
    entityIdOf(platform, uniqueId, domains) {
      look();
      for (const domain of domains) {
        const entityId = byIdentity.get(identityOf(domain, platform, uniqueId));
        if (entityId !== undefined) return entityId;
      }
      return undefined;
    },
  };
}

/** What Home Assistant tells entities apart by. */
const identityOf = (domain: string, platform: string, uniqueId: string): string => `${domain} ${platform} ${uniqueId}`;
