import type { ActingMemory } from "./acting-memory.ts";
import type { ActingSettings } from "./acting-home.ts";
import { RoomDimmer } from "./dimming.ts";
import type { Setting } from "./setting.ts";
import type { ActingRoom } from "./situation.ts";
import type { Want } from "./want.ts";

/** The dimmers of all rooms, one each, with what they learned of their lights. */
export class RoomLights {
  readonly #memory: ActingMemory;
  readonly #dimmers = new Map<string, RoomDimmer>();

  constructor(memory: ActingMemory) {
    this.#memory = memory;
  }

  /** @param isBusy  a command to the light is under way */
  wants(
    rooms: readonly ActingRoom[],
    settings: ActingSettings,
    settingOf: (deviceId: string) => Setting | undefined,
    isBusy: (deviceId: string) => boolean,
    nowMs: number,
  ): Want[] {
    return rooms.flatMap((room) => {
      const lights = room.lights.map((deviceId) => ({
        deviceId,
        setting: settingOf(deviceId),
        held: this.#memory.holdOn(deviceId, nowMs) !== undefined || isBusy(deviceId),
      }));
      const { targetLx = settings.lightTargetLx } = room;
      return this.#dimmerOf(room.areaId).decide({ ...room, targetLx, floorPct: settings.lightFloorPct, lights }, nowMs);
    });
  }

  #dimmerOf(areaId: string): RoomDimmer {
    const known = this.#dimmers.get(areaId);
    if (known) return known;
    const dimmer = new RoomDimmer({
      get: (deviceId) => this.#memory.luxResponse.get(deviceId),
      set: (deviceId, learned) => {
        this.#memory.luxResponse.set(deviceId, learned);
        this.#memory.saveSoon();
      },
    });
    this.#dimmers.set(areaId, dimmer);
    return dimmer;
  }
}
