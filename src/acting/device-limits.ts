import type { Zone } from "../domain/civil-time.ts";
import type { DeviceAction } from "../domain/decision.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { ActingDevice, DeviceLimits } from "./acting-home.ts";
import type { Setting } from "./setting.ts";
import { turnsOn } from "./want.ts";

const minutes = (n: number): number => n * MS_PER_MINUTE;

/** What holds for a kind of device where the user set nothing: compressors rest, relays last. */
export const LIMITS: Readonly<Record<ControllableDevice["kind"], DeviceLimits>> = {
  light: { minOnMs: 0, minOffMs: 0, mostPerHour: 12, mostPerDay: 120 },
  switch: { minOnMs: minutes(5), minOffMs: minutes(5), mostPerHour: 6, mostPerDay: 48 },
  dishwasher: { minOnMs: minutes(5), minOffMs: minutes(1), mostPerHour: 4, mostPerDay: 12 },
  washing_machine: { minOnMs: minutes(5), minOffMs: minutes(1), mostPerHour: 4, mostPerDay: 12 },
  water_heater: { minOnMs: minutes(10), minOffMs: minutes(5), mostPerHour: 4, mostPerDay: 32 },
  ev: { minOnMs: minutes(10), minOffMs: minutes(5), mostPerHour: 4, mostPerDay: 32 },
  heat_pump: { minOnMs: minutes(20), minOffMs: minutes(15), mostPerHour: 2, mostPerDay: 16 },
  battery: { minOnMs: minutes(2), minOffMs: minutes(2), mostPerHour: 8, mostPerDay: 64 },
  other: { minOnMs: minutes(5), minOffMs: minutes(5), mostPerHour: 6, mostPerDay: 48 },
};

/** What holds for a device: what the user set, else what holds for its kind. */
export const limitsOf = (device: ActingDevice | undefined): DeviceLimits => ({
  ...LIMITS[device?.kind ?? "other"],
  ...device?.limits,
});

export type LimitCheck = Readonly<{
  limits: DeviceLimits;
  setting: Setting;
  /** When the device last went on or off, by anyone; UTC epoch ms. */
  switchedAtMs: number;
  /** When HyperVolt switched it on or off during the last day; UTC epoch ms, ascending. */
  ownSwitchesMs: readonly number[];
}>;

/**
 * Whether switching a device now keeps its limits.
 * @returns null, or why not, and until when
 */
export function overLimit(
  { limits, setting, switchedAtMs, ownSwitchesMs }: LimitCheck,
  action: DeviceAction,
  nowMs: number,
): Readonly<{ why: string; untilMs: number }> | null {
  if (turnsOn(action) === setting.on) return null;
  const restMs = setting.on ? limits.minOnMs : limits.minOffMs;
  if (restMs > 0 && nowMs - switchedAtMs < restMs)
    return {
      why: `it stays ${setting.on ? "on" : "off"} for at least ${Math.round(restMs / MS_PER_MINUTE)} minutes`,
      untilMs: switchedAtMs + restMs,
    };
  for (const [spanMs, most, span] of [
    [MS_PER_HOUR, limits.mostPerHour, "an hour"],
    [MS_PER_DAY, limits.mostPerDay, "a day"],
  ] as const) {
    const within = ownSwitchesMs.filter((atMs) => atMs > nowMs - spanMs);
    if (within.length >= most)
      return {
        why: `it may be switched ${most} times ${span}`,
        untilMs: (within[within.length - most] ?? nowMs) + spanMs,
      };
  }
  return null;
}

/** Whether a device may be switched twice more now: what is turned on must not stay on because of a limit. */
export const mayPulse = (
  { mostPerHour, mostPerDay }: DeviceLimits,
  ownSwitchesMs: readonly number[],
  nowMs: number,
): boolean =>
  (
    [
      [MS_PER_HOUR, mostPerHour],
      [MS_PER_DAY, mostPerDay],
    ] as const
  ).every(([spanMs, most]) => ownSwitchesMs.filter((atMs) => atMs > nowMs - spanMs).length + 2 <= most);

/** Whether an instant lies in the quiet hours; `from` equal to `to` means none. */
export function inQuietHours(
  quietHours: Readonly<{ from: string; to: string }> | null,
  zone: Zone,
  atMs: number,
): boolean {
  if (!quietHours) return false;
  const [from, to] = [minuteOf(quietHours.from), minuteOf(quietHours.to)];
  const minute = zone.minuteOfDay(atMs);
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
