import { existsSync } from "node:fs";
import path from "node:path";
import { HyperVoltError } from "../../domain/errors.ts";
import type { SharedNet } from "../nets/net-file.ts";
import { isUsed } from "./home-net-record.ts";
import { HomeNetStore, weightsId } from "./home-net-store.ts";

/** A shipped net as a home has tuned it; each edition has seen only the local days before its own. */
export type HomeNet = Readonly<{
  signal: SharedNet["signal"];
  slotMinutes: number;
  /** Oldest first. */
  editions: readonly Readonly<{ untilDay: number; net: SharedNet }>[];
}>;

/**
 * The home's own nets that have proved themselves. What is broken or foreign is refused with a warning, and the
 * shipped net serves alone. A net tuned from weights that are no longer shipped waits until it has been tuned anew.
 * @param folder where the home's nets lie, one folder for each shipped net
 */
export function loadHomeNets(
  folder: string,
  shipped: readonly SharedNet[],
  onWarning: (text: string) => void,
): readonly HomeNet[] {
  return shipped.flatMap((base): HomeNet[] => {
    if (!existsSync(path.join(folder, base.name))) return [];
    const store = new HomeNetStore(path.join(folder, base.name));
    const record = store.record(onWarning);
    if (record === null || record.basedOn !== weightsId(base.net.weights) || !isUsed(record)) return [];
    const editions = readEditions(store, base, record.editions, onWarning);
    return editions.length > 0 ? [{ signal: base.signal, slotMinutes: base.slotMinutes, editions }] : [];
  });
}

/** The editions of a record that are whole and of the shipped net's shape. */
export function readEditions(
  store: HomeNetStore,
  base: SharedNet,
  listed: readonly Readonly<{ untilDay: number }>[],
  onWarning: (text: string) => void,
): { untilDay: number; net: SharedNet }[] {
  return listed
    .flatMap(({ untilDay }) => {
      try {
        const net = store.edition(untilDay);
        if (JSON.stringify(net.net.shape) !== JSON.stringify(base.net.shape) || net.name !== `${base.name}@${untilDay}`)
          throw new HyperVoltError("MODEL_INVALID", `${net.name} is no edition of ${base.name}`);
        return [{ untilDay, net }];
      } catch (error) {
        if (!(error instanceof HyperVoltError)) throw error;
        onWarning(`What this home had learned is broken or foreign and is not used: ${error.message}`);
        return [];
      }
    })
    .sort((a, b) => a.untilDay - b.untilDay);
}
