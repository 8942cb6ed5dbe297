import type { Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { RichLoad } from "./rich-problem.ts";

/** A run of a device that was started; `endedMs` once it is over. */
export type StartedRun = Readonly<{ deviceId: string; startedMs: number; endedMs?: number }>;

type Horizon = Readonly<{ zone: Zone; startMs: number; stepMs: number; stepCount: number }>;

/** `dishwasher@2026-03-29`: the run of a device in the window that opens on that local day. */
export const loadIdOf = (deviceId: string, zone: Zone, openMs: number): string =>
  `${deviceId}@${zone.iso(openMs).slice(0, 10)}`;

/** The device a load of `deviceLoads` belongs to. */
export const deviceIdOf = (loadId: string): string => loadId.replace(/@\d{4}-\d{2}-\d{2}$/, "");

/**
 * The runs that are due within a horizon: one for each window of each shiftable device that ends within it and was not
 * served yet. A run under way is pinned with what is left of it, wherever its window lies.
 */
export function deviceLoads(
  devices: readonly ControllableDevice[],
  runs: readonly StartedRun[],
  horizon: Horizon,
): RichLoad[] {
  return devices.flatMap((device) =>
    loadsOf(
      device,
      runs.filter((run) => run.deviceId === device.deviceId),
      horizon,
    ),
  );
}

function loadsOf(device: ControllableDevice, runs: readonly StartedRun[], horizon: Horizon): RichLoad[] {
  const { shift } = device;
  if (!shift) return [];
  const { zone, startMs, stepMs, stepCount } = horizon;
  const endMs = startMs + stepMs * stepCount;
  const runMs = shift.runMinutes * MS_PER_MINUTE;
  const loads: RichLoad[] = [];
  const base = { powerW: device.maxW, contiguous: shift.contiguous };
  const firstDay = zone.dayNumber(startMs) - 1;
  for (let day = firstDay; day <= zone.dayNumber(endMs); day++) {
    if (!shift.weekdays.includes((((day + 3) % 7) + 7) % 7)) continue;
    const [openMs, closeMs] = windowMs(zone, day, shift.window);
    const id = loadIdOf(device.deviceId, zone, openMs);
    const served = runs.filter((run) => run.startedMs >= openMs - stepMs && run.startedMs < closeMs);
    const going = served.find((run) => run.endedMs === undefined && run.startedMs + runMs > startMs);
    if (going) {
      const leftMs = going.startedMs + runMs - startMs;
      loads.push({ id, ...base, steps: Math.max(1, Math.round(leftMs / stepMs)), started: true });
      continue;
    }
    if (served.length > 0 || closeMs <= startMs || closeMs > endMs) continue;
    const earliestStep = Math.max(0, Math.ceil((openMs - startMs) / stepMs));
    const latestStep = Math.floor((closeMs - startMs) / stepMs);
    loads.push({ id, ...base, steps: Math.max(1, Math.ceil(runMs / stepMs - 1e-9)), earliestStep, latestStep });
  }
  return loads;
}

/** A window of local wall-clock times on a day; one that ends before it starts ends on the next day. */
function windowMs(zone: Zone, day: number, [from, to]: readonly [string, string]): [number, number] {
  const minuteOf = (text: string): number => {
    const [hour, minute] = text.split(":");
    return Number(hour) * 60 + Number(minute ?? 0);
  };
  const [open, close] = [minuteOf(from), minuteOf(to)];
  const at = (minutes: number): number => zone.instantMs(day + Math.floor(minutes / 1440), minutes % 1440);
  return [at(open), at(close > open ? close : close + 1440)];
}
