import type { Clock } from "../domain/clock.ts";
import type { Zone } from "../domain/civil-time.ts";
import type { ControllableDevice, EntityState } from "../domain/entity.ts";
import type { Reading, SensorState } from "../domain/reading.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { Acting, Situation } from "../acting/acting.ts";
import { type PowerSource, powerSource } from "../acting/power-source.ts";
import { settingOf } from "../acting/setting.ts";
import { dueLoadsOf } from "./due-loads.ts";
import type { HomeFlows, HomeModel } from "./home-model.ts";
import { drawnPowerW } from "./home-view.ts";
import { type PlanInForce, plannedLightShare, type PlanningCycle } from "./planning-cycle.ts";
import { type AreaFacts, dimmableRooms } from "./rooms.ts";
import type { RunBook } from "./run-book.ts";

/** Dimming by less than this is not worth a change. */
const DIMMED_SHARE = 0.97;
/** Of the target, in rooms without a presence sensor while nobody seems to be about. */
const NOBODY_SHARE = 0.5;
/** What each device draws is remembered this often: shifted loads are taken out of the forecast load. */
const REMEMBER_MS = MS_PER_MINUTE;

/** How a battery of the options is steered. */
export type SteeredBattery = Readonly<{
  id: string;
  chargeDeviceId: string | null;
  holdDeviceId: string | null;
  /** With its charge switch on. */
  maxChargeW: number;
  /** + charges; null where no meter tells. */
  powerW: number | null;
}>;

export type TickParts = Readonly<{
  clock: Clock;
  zone: Zone;
  currency: () => string;
  model: HomeModel;
  planning: PlanningCycle;
  acting: Acting;
  runs: RunBook;
  devices: () => readonly ControllableDevice[];
  /** Devices whose power the plan decides. */
  planned: () => readonly ControllableDevice[];
  lightTargetLx: () => number;
  /** Nobody seems to be about. */
  nobodyAbout: () => boolean;
  areas: () => readonly AreaFacts[];
  sensors: () => readonly SensorState[];
  entity: (entityId: string) => EntityState | undefined;
  /** What the device's own meter shows, W; null where there is none. */
  meteredW: (entityId: string) => number | null;
  batteries: (nowMs: number) => readonly SteeredBattery[];
  /** Which source of a transfer switch should be closed now. */
  sources: (inForce: PlanInForce | null, nowMs: number) => Situation["sources"];
  /** Derived readings, to be stored: what devices draw. */
  remember: (readings: readonly Reading[]) => void;
  /** After each tick, with what was measured. */
  onFlows: (flows: HomeFlows, source: PowerSource | null, nowMs: number) => void;
}>;

/** Sensor id under which a device's power by its setting is remembered. */
export const devicePowerId = (deviceId: string): string => `device:${deviceId}`;

/** What the plan in force tells each battery now. */
const switchedBatteries = (
  batteries: readonly SteeredBattery[],
  { commands, storageReason, startMs, stepMs }: PlanInForce,
  nowMs: number,
): Situation["batteries"] =>
  batteries.flatMap(({ id, ...battery }) => {
    const command = commands[id];
    const stepEndMs = startMs + (Math.floor((nowMs - startMs) / stepMs) + 1) * stepMs;
    return command ? [{ ...battery, batteryId: id, command, reason: storageReason, stepEndMs }] : [];
  });

/** Every ten seconds: follow the home, keep the lights, carry out what is due. */
export function createTick(parts: TickParts): () => Promise<void> {
  let source: PowerSource | null = null;
  let rememberedMs = Number.NEGATIVE_INFINITY;

  return async () => {
    const nowMs = parts.clock.nowMs();
    const devices = parts.devices();
    for (const device of devices)
      if (device.shift) parts.runs.observe(device, settingOf(parts.entity(device.entityId))?.on === true, nowMs);

    const flows = parts.model.flows(nowMs);
    if (flows.gridW !== null && flows.loadW !== null)
      source = powerSource(
        { loadW: flows.loadW, pvW: flows.pvW ?? 0, gridW: flows.gridW, batteryW: flows.batteryW ?? 0 },
        source,
      );

    const outcome = parts.planning.outcome();
    const inForce = outcome.kind === "planned" ? outcome.inForce : null;
    const situation: Situation = {
      due: inForce ? dueLoadsOf(inForce, devices, parts.runs, parts.zone, parts.currency(), nowMs) : null,
      batteries: inForce ? switchedBatteries(parts.batteries(nowMs), inForce, nowMs) : [],
      rooms: dimmableRooms(parts.areas(), devices, parts.sensors()).map((room) => {
        const shares = inForce ? room.lights.map((deviceId) => plannedLightShare(inForce, deviceId, nowMs)) : [];
        const share = Math.min(1, ...shares);
        // A guess never puts anybody in the dark: where no sensor could contradict it, light that is on is halved at most.
        const guessed = room.occupied === null && parts.nobodyAbout() ? Math.min(share, NOBODY_SHARE) : share;
        return guessed < DIMMED_SHARE ? { ...room, targetLx: parts.lightTargetLx() * guessed } : room;
      }),
      grid: flows.gridW === null || flows.gridAtMs === null ? null : { gridW: flows.gridW, atMs: flows.gridAtMs },
      devicePowerW: Object.fromEntries(
        devices.flatMap(({ deviceId, entityId }) => {
          const powerW = parts.meteredW(entityId);
          return powerW === null ? [] : [[deviceId, powerW] as const];
        }),
      ),
      sources: parts.sources(inForce, nowMs),
    };
    await parts.acting.tick(situation);

    if (nowMs - rememberedMs >= REMEMBER_MS) {
      rememberedMs = nowMs;
      parts.remember(
        parts.planned().flatMap((device) => {
          const powerW = drawnPowerW(device, parts.entity(device.entityId), parts.meteredW(device.entityId));
          return powerW === null ? [] : [{ sensorId: devicePowerId(device.deviceId), atMs: nowMs, value: powerW }];
        }),
      );
    }
    parts.onFlows(flows, source, nowMs);
  };
}
