import type { Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import { MS_PER_DAY, MS_PER_MINUTE } from "../domain/units.ts";
import type { DimmableLight } from "../planning/rich-problem.ts";
import type { SeriesStore } from "./home-model.ts";

const LOOK_BACK_DAYS = 7;

/**
 * How bright each light will be wanted, by how bright it was at the same time of day in the last week; the planner may
 * dim it a little where energy is dear or dirty.
 * @param powerId  sensor id under which a light's power was remembered
 */
export async function lightOutlook(
  parts: Readonly<{
    store: SeriesStore;
    zone: Zone;
    lights: readonly ControllableDevice[];
    powerId: (deviceId: string) => string;
    floorPct: number;
    /** What an hour of full light is worth to somebody who wants it, currency. */
    comfortPerHour: number;
  }>,
  startMs: number,
  stepMs: number,
  length: number,
): Promise<readonly DimmableLight[]> {
  const { zone } = parts;
  const fromMs = startMs - LOOK_BACK_DAYS * MS_PER_DAY;
  const slotMinutes = stepMs / MS_PER_MINUTE;
  const slotOf = (atMs: number): number => Math.floor(zone.minuteOfDay(atMs) / slotMinutes);
  return Promise.all(
    parts.lights
      .filter(({ maxW }) => maxW > 0)
      .map(async ({ deviceId, maxW }): Promise<DimmableLight> => {
        const sums = new Map<number, { share: number; count: number }>();
        for (const { startMs: atMs, mean } of await parts.store.series(
          parts.powerId(deviceId),
          fromMs,
          startMs,
          stepMs,
        )) {
          const slot = slotOf(atMs);
          const known = sums.get(slot) ?? { share: 0, count: 0 };
          sums.set(slot, { share: known.share + Math.min(1, Math.max(0, mean / maxW)), count: known.count + 1 });
        }
        const wanted = Array.from({ length }, (_, i) => {
          const known = sums.get(slotOf(startMs + i * stepMs));
          return known ? Math.round((known.share / known.count) * 1_000) / 1_000 : 0;
        });
        return {
          id: `light:${deviceId}`,
          maxW,
          wanted,
          floor: Math.max(0.1, parts.floorPct / 100),
          comfortCostPerHour: parts.comfortPerHour,
        };
      }),
  );
}
