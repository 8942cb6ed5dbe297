import { MS_PER_DAY } from "../domain/units.ts";
import type { ContextSource, Signal } from "./context-source.ts";

/** A constant the user gave, used where no other source knows. */
export function constantSource(id: string, name: string, values: Partial<Record<Signal, number>>): ContextSource {
  return {
    id,
    name,
    refresh: async (nowMs) =>
      Object.fromEntries(
        Object.entries(values).map(([signal, value]) => [
          signal,
          [{ fromMs: nowMs - MS_PER_DAY, toMs: nowMs + 3 * MS_PER_DAY, value }],
        ]),
      ),
  };
}
