import type { Clock } from "../../domain/clock.ts";
import type { EntityState } from "../../domain/entity.ts";
import { MS_PER_MINUTE } from "../../domain/units.ts";
import type { HomeAssistant } from "../../home-assistant/home-assistant.ts";

/** Devices come and go seldom: they are looked through this often. */
const LOOK_MS = MS_PER_MINUTE;
const WATTS: Readonly<Record<string, number>> = { mW: 0.001, W: 1, kW: 1_000 };

export type DeviceMeters = Readonly<{
  /** What the switch's own meter shows now, W; null where there is none or it says nothing. */
  powerW: (entityId: string) => number | null;
}>;

/** The power meters that smart plugs bring with them. */
export function createDeviceMeters(
  homeAssistant: Pick<HomeAssistant, "registries" | "entity" | "connected">,
  clock: Clock,
): DeviceMeters {
  let meters: ReadonlyMap<string, string> = new Map();
  let lookedMs = Number.NEGATIVE_INFINITY;
  return {
    powerW: (entityId) => {
      if (!homeAssistant.connected()) return null;
      const nowMs = clock.nowMs();
      if (Math.abs(nowMs - lookedMs) >= LOOK_MS) {
        lookedMs = nowMs;
        meters = metersOf(homeAssistant);
      }
      const meter = meters.get(entityId);
      return meter === undefined ? null : meteredW(homeAssistant.entity(meter));
    },
  };
}

function meteredW(meter: EntityState | undefined): number | null {
  const factor = WATTS[String(meter?.attributes["unit_of_measurement"])];
  const value = Number.parseFloat(meter?.state ?? "");
  return factor === undefined || !Number.isFinite(value) ? null : Math.max(0, value * factor);
}

/** By switch, the power sensor of the same device; a device with several of either is left out. */
export function metersOf(homeAssistant: Pick<HomeAssistant, "registries" | "entity">): ReadonlyMap<string, string> {
  const byDevice = new Map<string, { switches: string[]; meters: string[] }>();
  for (const { entityId, deviceId, disabled } of homeAssistant.registries().entities) {
    if (deviceId === null || disabled) continue;
    const device = byDevice.get(deviceId) ?? { switches: [], meters: [] };
    byDevice.set(deviceId, device);
    if (entityId.startsWith("switch.")) device.switches.push(entityId);
    else if (homeAssistant.entity(entityId)?.attributes["device_class"] === "power") device.meters.push(entityId);
  }
  return new Map(
    [...byDevice.values()].flatMap(({ switches, meters }) => {
      const [plug, meter] = [switches[0], meters[0]];
      return plug !== undefined && meter !== undefined && switches.length === 1 && meters.length === 1
        ? [[plug, meter] as const]
        : [];
    }),
  );
}
