import type { Options } from "../options/options.ts";
import type { SourceChange } from "./preferences.ts";

/**
 * Switches that are named and never used. `battery`: the one they steer; null: those of a transfer switch.
 * `not_allowed`: HyperVolt may not act on them. `not_switchable`: they are neither switch nor light. `one_source`: a
 * transfer switch has two sources at least.
 */
export type UnusedSwitches = Readonly<{
  battery: string | null;
  entityIds: readonly string[];
  why: "not_allowed" | "not_switchable" | "one_source";
}>;

const SWITCHABLE = /^(switch|light)\./;

/**
 * What is named to steer a battery or a transfer switch and does not: a person believes it works.
 * @param changes  batteries a person has taken out of use are nobody's concern
 */
export function unusedSwitches(
  { batteries, power_sources }: Pick<Options, "batteries" | "power_sources">,
  allowed: readonly string[],
  changes: Readonly<Record<string, SourceChange>>,
): readonly UnusedSwitches[] {
  const unused = (battery: string | null, named: readonly string[]): readonly UnusedSwitches[] => {
    const others = named.filter((entityId) => !SWITCHABLE.test(entityId));
    const forbidden = named.filter((entityId) => SWITCHABLE.test(entityId) && !allowed.includes(entityId));
    return [
      ...(others.length > 0 ? [{ battery, entityIds: others, why: "not_switchable" as const }] : []),
      ...(forbidden.length > 0 ? [{ battery, entityIds: forbidden, why: "not_allowed" as const }] : []),
    ];
  };
  const sources = power_sources.map((one) => one.switch);
  return [
    ...batteries
      .filter(({ id }) => changes[id]?.enabled !== false)
      .flatMap(({ id, charge_switch, hold_switch }) =>
        unused(
          id,
          [...new Set([charge_switch, hold_switch])].filter((entityId) => entityId !== ""),
        ),
      ),
    ...(sources.length === 1
      ? [{ battery: null, entityIds: sources, why: "one_source" as const }]
      : unused(null, sources)),
  ];
}
