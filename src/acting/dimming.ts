import { MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import { AwaitedStep, levelPct, type LuxReading, type Move } from "./awaited-step.ts";
import { isKnownBetween, learnLuxResponse, luxBetween, type LuxResponses } from "./lux-response.ts";
import { planLightStep } from "./light-step.ts";
import { Patience } from "./patience.ts";
import type { Setting } from "./setting.ts";
import type { Want } from "./want.ts";

/** Between two adjustments of a room. */
const INTERVAL_MS = 20 * MS_PER_SECOND;
const STALE_MS = 5 * MS_PER_MINUTE;
/** Errors within this share of the target, or this many lux, are left alone. */
const DEADBAND_SHARE = 0.08;
const DEADBAND_LX = 15;
/** A sensor that averages, or is long on the way: what it has once shown is expected of it for some steps. */
const MOST_LAG_MS = 90 * MS_PER_SECOND;
const LAG_KEPT = 0.7;
/** A sensor that has reported as quickly as this does so whenever it sees enough of a change. */
const QUICK_MS = 30 * MS_PER_SECOND;
/** One that says the same again so soon reports by the clock: its silence is a fault, and tells nothing of the room. */
const AGAIN_MS = MS_PER_MINUTE;
const SAME_LX = 1;
/** A room is left when nobody was seen for this long. */
const LEFT_MS = 5 * MS_PER_MINUTE;
/** A target that moves by less is the same target. */
const SAME_TARGET_SHARE = 0.05;

/** A light that may be dimmed, as it stands. */
export type RoomLight = Readonly<{
  deviceId: string;
  setting: Setting | undefined;
  /** HyperVolt stays away from it, or may not act on it. */
  held: boolean;
}>;

export type RoomSituation = Readonly<{
  name: string;
  /** The room's light sensor; null where there is none or it is silent. */
  lux: LuxReading | null;
  /** Null: no presence sensor, so only lights that somebody turned on are dimmed. */
  occupied: boolean | null;
  targetLx: number;
  floorPct: number;
  lights: readonly RoomLight[];
}>;

/** Keeps one room at its light target by its own sensor: closed loop, without flicker, only while somebody is there. */
export class RoomDimmer {
  readonly #responses: LuxResponses;
  readonly #patience = new Patience();
  #awaited: AwaitedStep | null = null;
  /** Lights whose last step has shown less than was expected of it. */
  readonly #weaker = new Set<string>();
  /** How long the room's sensor goes on moving after its lights. */
  #lagMs = 0;
  #read: LuxReading | null = null;
  /** The sensor has never said the same twice in a row. */
  #onlyChanges = true;
  /** The shortest time there was between two readings. */
  #quickestMs = Number.POSITIVE_INFINITY;
  /** Steps since the sensor last said anything. */
  #stepsOnReading = 0;
  #steppedMs = Number.NEGATIVE_INFINITY;
  #targetLx: number | null = null;
  #emptySinceMs: number | null = null;

  constructor(responses: LuxResponses) {
    this.#responses = responses;
  }

  /** What the room's lights should do now; empty where nothing is to be done. */
  decide(room: RoomSituation, nowMs: number): Want[] {
    const free = room.lights.filter(({ held, setting }) => !held && setting !== undefined);
    if (room.occupied === false) return this.#leave(room, free, nowMs);
    this.#emptySinceMs = null;
    const { lux } = room;
    if (!lux || nowMs - lux.atMs > STALE_MS) return [];
    this.#noteReading(lux);
    if (!this.#hasShown(room, lux, nowMs) || nowMs - this.#steppedMs < INTERVAL_MS) return [];

    // Lights that are off are lit only where a sensor says that somebody is there.
    const usable = free.filter(({ setting }) => setting?.on === true || room.occupied === true);
    if (usable.length === 0) return [];
    this.#noteTarget(room.targetLx);
    const errorLx = room.targetLx - lux.value;
    if (Math.abs(errorLx) <= deadbandLx(room.targetLx)) {
      this.#patience.rest();
      return [];
    }
    // Nobody waits in the dark.
    if (!usable.some(({ setting }) => setting?.on)) this.#patience.forget();
    const toMendLx = this.#patience.errorToMend(errorLx, nowMs);
    return toMendLx === 0 ? [] : this.#step(room, usable, toMendLx, lux, nowMs);
  }

  #step(room: RoomSituation, lights: readonly RoomLight[], errorLx: number, lux: LuxReading, nowMs: number): Want[] {
    const planned = planLightStep(
      lights.map(({ deviceId, setting }) => ({
        deviceId,
        fromPct: levelPct(setting),
        luxPerPct: this.#responses.get(deviceId),
      })),
      { errorLx, bandLx: deadbandLx(room.targetLx), floorPct: room.floorPct },
    );
    const moves = new Map<string, Move>();
    let expectedLx = 0;
    const wants = planned.map(({ deviceId, fromPct, toPct, luxPerPct }): Want => {
      moves.set(deviceId, { fromPct, toPct });
      expectedLx += luxBetween(luxPerPct, fromPct, toPct);
      const much = errorLx > 0 ? "darker" : "brighter";
      return {
        deviceId,
        action: { kind: "set_brightness", level: toPct },
        source: "light",
        reason: `${room.name} is ${much} than wanted: ${Math.round(lux.value)} lx for ${Math.round(room.targetLx)} lx.`,
        inputs: {
          lux: Math.round(lux.value),
          targetLx: room.targetLx,
          fromPct: Math.round(fromPct),
          occupied: room.occupied,
        },
      };
    });
    if (moves.size === 0) return [];
    const others = room.lights.filter(({ deviceId }) => !moves.has(deviceId));
    this.#awaited = new AwaitedStep(moves, others, {
      atMs: nowMs,
      luxBefore: lux.value,
      changeLx: expectedLx,
      isKnown: planned.every(({ luxPerPct, fromPct, toPct }) => isKnownBetween(luxPerPct, fromPct, toPct)),
      lagMs: this.#lagMs,
      silenceTells: this.#onlyChanges && this.#quickestMs <= QUICK_MS && this.#stepsOnReading === 0,
    });
    this.#stepsOnReading += 1;
    this.#steppedMs = nowMs;
    this.#patience.moved(Math.sign(errorLx), nowMs);
    return wants;
  }

  /** Whether the sensor has shown the last step; lights that moved together have their part in what they changed. */
  #hasShown({ lights }: RoomSituation, lux: LuxReading, nowMs: number): boolean {
    const awaited = this.#awaited;
    if (!awaited) return true;
    const outcome = awaited.look(lights, lux, nowMs);
    if (outcome.kind === "waiting") return false;
    this.#awaited = null;
    const { seen, lagMs } = outcome;
    this.#lagMs = Math.min(MOST_LAG_MS, Math.max(lagMs, LAG_KEPT * this.#lagMs));
    if (seen === null) return true;
    for (const [deviceId, { fromPct, toPct }] of awaited.moves) {
      const believed = this.#responses.get(deviceId);
      this.#responses.set(deviceId, learnLuxResponse(believed, fromPct, toPct, seen, this.#weaker.has(deviceId)));
      if (seen < 1) this.#weaker.add(deviceId);
      else this.#weaker.delete(deviceId);
    }
    return true;
  }

  #noteReading({ value, atMs }: LuxReading): void {
    const before = this.#read;
    if (atMs === before?.atMs) return;
    const sinceMs = before && atMs > before.atMs ? atMs - before.atMs : Number.POSITIVE_INFINITY;
    this.#quickestMs = Math.min(this.#quickestMs, sinceMs);
    if (before && sinceMs <= AGAIN_MS && Math.abs(value - before.value) <= SAME_LX) this.#onlyChanges = false;
    this.#read = { value, atMs };
    this.#stepsOnReading = 0;
  }

  #noteTarget(targetLx: number): void {
    const before = (this.#targetLx ??= targetLx);
    if (Math.abs(targetLx - before) <= SAME_TARGET_SHARE * before) return;
    this.#targetLx = targetLx;
    this.#patience.forget();
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
}

const deadbandLx = (targetLx: number): number => Math.max(DEADBAND_SHARE * targetLx, DEADBAND_LX);
