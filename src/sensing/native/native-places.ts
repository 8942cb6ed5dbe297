import type { Clock } from "../../domain/clock.ts";
import { type Sensor, SENSOR_UNITS } from "../../domain/reading.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../../domain/units.ts";
import type { NativeReading } from "./native-reading.ts";

/** Whoever may publish can invent sensors: no home has so many. */
export const MOST_NATIVE_SENSORS = 2_000;
/** After so long a silence a sensor gives its place to a new one, where there is no other. */
export const SILENT_MS = 7 * MS_PER_DAY;
/** Sensors of earlier runs are given time to be heard before one of them counts as silent. */
const FIRST_HEARD_WITHIN_MS = MS_PER_HOUR;
/** Ids of sensors that gave way: nobody else gets them, as their histories stay. */
const MOST_FORMER = 5 * MOST_NATIVE_SENSORS;

/** A sensor of earlier runs; `heardMs`: when it last said something, null where that is not known. */
export type KnownSensor = Readonly<{ sensor: Sensor; heardMs: number | null }>;

type Named = Pick<NativeReading, "location" | "sensorType" | "sensorId">;
export type NativePlace = { readonly sensorId: string; readonly named: Named; heardMs: number };

/** Which native sensors there are, each under an id of its own; a new one finds a place or is refused. */
export class NativePlaces {
  readonly #clock: Clock;
  readonly #shared: boolean;
  readonly #staysAlways: (sensorId: string) => boolean;
  readonly #onLeft: (sensor: Sensor) => void;
  readonly #byKey = new Map<string, NativePlace>();
  /** By sensor id, whose it is, in the order they were given. */
  readonly #taken = new Map<string, string>();
  readonly #former = new Set<string>();
  /** Before, no sensor has been silent for long enough. */
  #nextRoomMs = 0;

  /**
   * @param shared       several processes share the readings: each hears only some of a sensor's, so none gives way
   * @param staysAlways  whether a sensor keeps its place however long it is silent
   * @param onLeft       a sensor that gave way
   */
  constructor(
    parts: Readonly<{
      clock: Clock;
      known: readonly KnownSensor[];
      shared: boolean;
      staysAlways: (sensorId: string) => boolean;
      onLeft: (sensor: Sensor) => void;
    }>,
  ) {
    this.#clock = parts.clock;
    this.#shared = parts.shared;
    this.#staysAlways = parts.staysAlways;
    this.#onLeft = parts.onLeft;
    const soonestMs = parts.clock.nowMs() - SILENT_MS + FIRST_HEARD_WITHIN_MS;
    for (const { sensor, heardMs } of parts.known) {
      const { source, sensorId, location, sensorType, uniqueId } = sensor;
      if (source !== "native") continue;
      const named = { location: location ?? "", sensorType, sensorId: uniqueId ?? sensorId } as Named;
      const key = keyOf(named);
      this.#taken.set(sensorId, key);
      // What a client posted has no publisher: it takes no place.
      if (uniqueId !== null) this.#byKey.set(key, { sensorId, named, heardMs: Math.max(heardMs ?? 0, soonestMs) });
    }
  }

  /** The sensor's place; undefined where it is a new one and there is no room. */
  of(reading: Named): NativePlace | undefined {
    const key = keyOf(reading);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#byKey.size >= MOST_NATIVE_SENSORS && !this.#makeRoom()) return undefined;
    const { location, sensorType, sensorId } = reading;
    const place = {
      sensorId: this.#idFor(reading, key),
      named: { location, sensorType, sensorId },
      heardMs: this.#clock.nowMs(),
    };
    this.#byKey.set(key, place);
    this.#taken.set(place.sensorId, key);
    this.#former.delete(place.sensorId);
    return place;
  }

  /**
   * The publisher's own id wherever it is unique; else with its location or, within one, its type, or both. Processes
   * that share the readings cannot know what is unique, and must all come to the same.
   */
  #idFor({ location, sensorType, sensorId }: Named, key: string): string {
    const byType = `${sensorId}_${sensorType}`;
    const byPlace = `${location}_${sensorId}`;
    const whole = `${location}_${sensorId}_${sensorType}`;
    if (this.#shared) return whole;
    const isFree = (id: string): boolean => (this.#taken.get(id) ?? key) === key;
    const samePlace = this.#taken.get(sensorId)?.startsWith(`${location}/`) === true;
    const candidates = [sensorId, ...(samePlace ? [byType, byPlace] : [byPlace, byType]), whole];
    const free = candidates.find(isFree);
    if (free !== undefined) return free;
    let number = 2;
    while (!isFree(`${whole}_${number}`)) number++;
    return `${whole}_${number}`;
  }

  /** @returns whether the sensor that was silent longest has given way */
  #makeRoom(): boolean {
    const nowMs = this.#clock.nowMs();
    if (this.#shared || nowMs < this.#nextRoomMs) return false;
    let longest: NativePlace | undefined;
    for (const place of this.#byKey.values())
      if (place.heardMs < (longest?.heardMs ?? Number.POSITIVE_INFINITY) && !this.#staysAlways(place.sensorId))
        longest = place;
    if (longest === undefined || nowMs - longest.heardMs < SILENT_MS) {
      this.#nextRoomMs = (longest?.heardMs ?? nowMs) + SILENT_MS;
      return false;
    }
    this.#byKey.delete(keyOf(longest.named));
    this.#former.add(longest.sensorId);
    for (const sensorId of this.#former) {
      if (this.#former.size <= MOST_FORMER) break;
      this.#former.delete(sensorId);
      this.#taken.delete(sensorId);
    }
    this.#onLeft(sensorOf(longest, true));
    return true;
  }
}

/** @param understood  its unit or calibration is known */
export const sensorOf = ({ sensorId, named }: NativePlace, understood: boolean): Sensor => ({
  sensorId,
  uniqueId: named.sensorId,
  source: "native",
  sensorType: named.sensorType,
  name: named.sensorId,
  device: null,
  location: named.location,
  unit: SENSOR_UNITS[named.sensorType],
  confidence: understood ? 1 : 0.5,
});

const keyOf = ({ location, sensorType, sensorId }: Named): string => `${location}/${sensorType}/${sensorId}`;
