import { clamp, MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import { learnLuxPerPct, UNKNOWN_LUX_PER_PCT } from "./lux-response.ts";
import { LEVEL_TOLERANCE_PCT, type Setting } from "./setting.ts";
import type { Want } from "./want.ts";

/** Between two adjustments of a room; the sensor must have seen the last one. */
const INTERVAL_MS = 20 * MS_PER_SECOND;
/** A reading counts as having seen an adjustment from this long after it. */
const SETTLE_MS = 2 * MS_PER_SECOND;
const STALE_MS = 5 * MS_PER_MINUTE;
/** Errors within this share of the target, or this many lux, are left alone. */
const DEADBAND_SHARE = 0.08;
const DEADBAND_LX = 15;
/** Share of the error that one step takes away. */
const GAIN = 0.7;
/** Largest step: brighter quickly, darker so slowly that nobody notices. */
const MOST_UP_PCT = 40;
const MOST_DOWN_PCT = 20;
/** A room that swings to and fro gets a wider deadband for a while. */
const SWING_MS = 5 * MS_PER_MINUTE;
const SWINGS = 3;
/** A room is left when nobody was seen for this long. */
const LEFT_MS = 5 * MS_PER_MINUTE;

/** A light that may be dimmed, as it stands. */
export type RoomLight = Readonly<{
  deviceId: string;
  setting: Setting | undefined;
  /** HyperVolt stays away from it, or may not act on it. */
  held: boolean;
  luxPerPct: number | undefined;
}>;

export type RoomSituation = Readonly<{
  name: string;
  /** The room's light sensor; null where there is none or it is silent. */
  lux: Readonly<{ value: number; atMs: number }> | null;
  /** Null: no presence sensor, so only lights that somebody turned on are dimmed. */
  occupied: boolean | null;
  targetLx: number;
  floorPct: number;
  lights: readonly RoomLight[];
}>;

type Adjustment = Readonly<{
  atMs: number;
  luxBefore: number;
  steps: ReadonlyMap<string, Readonly<{ fromPct: number; toPct: number }>>;
}>;

/** Keeps one room at its light target by its own sensor: closed loop, without flicker, only while somebody is there. */
export class RoomDimmer {
  readonly #onLearned: (deviceId: string, luxPerPct: number) => void;
  #last: Adjustment | null = null;
  #turnsMs: number[] = [];
  #direction = 0;
  #emptySinceMs: number | null = null;

  constructor(onLearned: (deviceId: string, luxPerPct: number) => void) {
    this.#onLearned = onLearned;
  }

  /** What the room's lights should do now; empty where nothing is to be done. */
  decide(room: RoomSituation, nowMs: number): Want[] {
    const free = room.lights.filter(({ held, setting }) => !held && setting !== undefined);
    if (room.occupied === false) return this.#leave(room, free, nowMs);
    this.#emptySinceMs = null;
    const { lux } = room;
    if (!lux || nowMs - lux.atMs > STALE_MS) return [];
    this.#learn(room, lux.value, lux.atMs);
    const last = this.#last;
    if (last && (nowMs - last.atMs < INTERVAL_MS || lux.atMs < last.atMs + SETTLE_MS)) return [];

    // Lights that are off are lit only where a sensor says that somebody is there.
    const usable = free.filter(({ setting }) => setting?.on === true || room.occupied === true);
    if (usable.length === 0) return [];
    const errorLx = room.targetLx - lux.value;
    if (Math.abs(errorLx) <= this.#deadbandLx(room.targetLx, nowMs)) return [];
    const wants = this.#step(room, usable, errorLx, lux.value, nowMs);
    if (wants.length > 0) this.#noteTurn(Math.sign(errorLx), nowMs);
    return wants;
  }

  #step(room: RoomSituation, lights: readonly RoomLight[], errorLx: number, lux: number, nowMs: number): Want[] {
    const responseLx = lights.reduce((sum, { luxPerPct }) => sum + (luxPerPct ?? UNKNOWN_LUX_PER_PCT), 0);
    const stepPct = clamp((GAIN * errorLx) / responseLx, -MOST_DOWN_PCT, MOST_UP_PCT);
    const steps = new Map<string, { fromPct: number; toPct: number }>();
    const wants = lights.flatMap(({ deviceId, setting }): Want[] => {
      const fromPct = setting?.on ? (setting.level ?? 100) : 0;
      if (fromPct === 0 && stepPct < 0) return [];
      // A person may have dimmed it below the floor: it is then not taken further down, nor up by the floor.
      const floorPct = stepPct < 0 ? Math.min(room.floorPct, fromPct) : room.floorPct;
      const level = Math.round(clamp(fromPct + stepPct, Math.max(1, floorPct), 100));
      if (Math.abs(level - fromPct) < 1) return [];
      steps.set(deviceId, { fromPct, toPct: level });
      const much = errorLx > 0 ? "darker" : "brighter";
      return [
        {
          deviceId,
          action: { kind: "set_brightness", level },
          source: "light",
          reason: `${room.name} is ${much} than wanted: ${Math.round(lux)} lx for ${Math.round(room.targetLx)} lx.`,
          inputs: {
            lux: Math.round(lux),
            targetLx: room.targetLx,
            fromPct: Math.round(fromPct),
            occupied: room.occupied,
          },
        },
      ];
    });
    // Before every light is known to have moved, the next reading decides nothing.
    if (steps.size > 0) this.#last = { atMs: nowMs, luxBefore: lux, steps };
    return wants;
  }

  /** After a step that was carried out as asked, the change of the sensor is put down to the lights that moved. */
  #learn(room: RoomSituation, lux: number, luxAtMs: number): void {
    const last = this.#last;
    if (!last || luxAtMs < last.atMs + SETTLE_MS || last.steps.size === 0) return;
    this.#last = { ...last, steps: new Map() };
    const [[deviceId, step] = [], ...others] = last.steps;
    const light = room.lights.find((one) => one.deviceId === deviceId);
    // Two lights at once cannot be told apart; an advice nobody followed teaches nothing.
    if (!light || !step || others.length > 0 || luxAtMs - last.atMs > MS_PER_MINUTE) return;
    const levelPct = light.setting?.on ? (light.setting.level ?? 100) : 0;
    if (Math.abs(levelPct - step.toPct) > LEVEL_TOLERANCE_PCT) return;
    const learned = learnLuxPerPct(light.luxPerPct, step.toPct - step.fromPct, lux - last.luxBefore);
    if (learned !== undefined && learned !== light.luxPerPct) this.#onLearned(light.deviceId, learned);
  }

  #leave(room: RoomSituation, lights: readonly RoomLight[], nowMs: number): Want[] {
    this.#emptySinceMs ??= nowMs;
    if (nowMs - this.#emptySinceMs < LEFT_MS) return [];
    return lights
      .filter(({ setting }) => setting?.on)
      .map(({ deviceId }) => ({
        deviceId,
        action: { kind: "turn_off" },
        source: "light",
        reason: `Nobody has been in ${room.name} for ${LEFT_MS / MS_PER_MINUTE} minutes.`,
        inputs: { occupied: false },
      }));
  }

  #deadbandLx(targetLx: number, nowMs: number): number {
    this.#turnsMs = this.#turnsMs.filter((atMs) => atMs > nowMs - SWING_MS);
    const wide = this.#turnsMs.length >= SWINGS ? 2.5 : 1;
    return wide * Math.max(DEADBAND_SHARE * targetLx, DEADBAND_LX);
  }

  #noteTurn(direction: number, nowMs: number): void {
    if (this.#direction !== 0 && direction !== this.#direction) this.#turnsMs.push(nowMs);
    this.#direction = direction;
  }
}
