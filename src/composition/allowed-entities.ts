import type { Options } from "../options/options.ts";
import type { EntityIdentities } from "./entity-identities.ts";
import type { PreferenceBook } from "./preferences.ts";

/**
 * The entities HyperVolt may act on: those of the options, those chosen on the page, and the switches named for a
 * transfer switch. One that the user renames keeps the permission, and a new one that takes its name does not inherit it.
 */
export const createAllowed =
  (
    options: Pick<Options, "allowed_entities" | "power_sources">,
    preferences: Pick<PreferenceBook, "current">,
    { nowCalled }: EntityIdentities,
  ): (() => readonly string[]) =>
  () => [
    ...new Set(
      [
        ...options.allowed_entities,
        ...preferences.current().allowedEntities,
        ...options.power_sources.map((source) => source.switch),
      ].map(nowCalled),
    ),
  ];
