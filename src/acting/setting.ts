import type { DeviceAction } from "../domain/decision.ts";
import type { EntityState } from "../domain/entity.ts";

/** How a light or switch stands. `level` is a light's brightness, 0..100 %; null for a switch, or while it is off. */
export type Setting = Readonly<{ on: boolean; level: number | null }>;

/** Lights round to 1/255 on the way: two levels this close, %, are the same. */
export const LEVEL_TOLERANCE_PCT = 2;

/** The setting an entity shows; undefined while it is removed, unavailable or unknown. */
export function settingOf(entity: EntityState | undefined): Setting | undefined {
  if (entity?.state !== "on" && entity?.state !== "off") return undefined;
  const brightness = entity.attributes["brightness"];
  const on = entity.state === "on";
  return { on, level: on && typeof brightness === "number" ? (brightness / 255) * 100 : null };
}

export function sameSetting(a: Setting, b: Setting): boolean {
  if (a.on !== b.on) return false;
  return a.level === null || b.level === null || Math.abs(a.level - b.level) <= LEVEL_TOLERANCE_PCT;
}

/** Whether a setting is what an action asks for. A brightness of 0 asks for off. */
export function fulfils(setting: Setting, action: DeviceAction): boolean {
  switch (action.kind) {
    case "turn_on":
      return setting.on;
    case "turn_off":
      return !setting.on;
    case "set_brightness":
      if (action.level <= 0) return !setting.on;
      return setting.on && (setting.level === null || Math.abs(setting.level - action.level) <= LEVEL_TOLERANCE_PCT);
  }
}

/** The action that leads to a setting. */
export function actionFor(setting: Setting): DeviceAction {
  if (!setting.on) return { kind: "turn_off" };
  return setting.level === null ? { kind: "turn_on" } : { kind: "set_brightness", level: Math.round(setting.level) };
}

/** The Home Assistant action behind ours; undefined for an entity that is neither light nor switch. */
export function serviceFor(
  entityId: string,
  action: DeviceAction,
): Readonly<{ domain: "light" | "switch"; service: string; data: Readonly<Record<string, unknown>> }> | undefined {
  const domain = entityId.split(".", 1)[0];
  if (domain !== "light" && domain !== "switch") return undefined;
  const off = action.kind === "turn_off" || (action.kind === "set_brightness" && action.level <= 0);
  if (off) return { domain, service: "turn_off", data: {} };
  const dims = action.kind === "set_brightness" && domain === "light";
  return { domain, service: "turn_on", data: dims ? { brightness_pct: Math.round(action.level) } : {} };
}

/** An action in a person's words. */
export function describeAction(action: DeviceAction): string {
  switch (action.kind) {
    case "turn_on":
      return "turn on";
    case "turn_off":
      return "turn off";
    case "set_brightness":
      return `dim to ${Math.round(action.level)} %`;
  }
}
