import { HyperVoltError } from "../domain/errors.ts";
import { type Reading, SENSOR_UNITS, type Sensor } from "../domain/reading.ts";
import type { HistoryStore, StoredReading } from "../memory/history.ts";
import { conversionFor, convert } from "../sensing/unit-conversion.ts";
import type { PostedReading } from "../serving/views.ts";

/**
 * Stores readings that a client brought, all or none, and resolves after the commit.
 * @param known   sensors there are, by id
 * @param accept  takes each in as if it came from the broker
 * @throws HyperVoltError NOT_FOUND, REQUEST_INVALID, HISTORY_UNAVAILABLE
 */
export async function postReadings(
  history: HistoryStore,
  known: ReadonlyMap<string, Sensor>,
  posted: readonly PostedReading[],
  accept: (reading: Reading, sensor: Sensor) => void,
): Promise<readonly StoredReading[]> {
  const added = new Map<string, Sensor>();
  const readings = posted.map(({ sensorId, sensorType, location, unit, value, atMs }) => {
    const sensor =
      known.get(sensorId) ??
      added.get(sensorId) ??
      (sensorType && {
        sensorId,
        uniqueId: null,
        source: "native" as const,
        sensorType,
        name: sensorId,
        device: null,
        location,
        unit: SENSOR_UNITS[sensorType],
      });
    if (!sensor)
      throw new HyperVoltError("NOT_FOUND", `there is no sensor "${sensorId}"; name its sensor_type to add it`);
    if (!known.has(sensorId)) added.set(sensorId, sensor);
    const conversion = unit === null || unit === sensor.unit ? null : conversionFor(sensor.sensorType, unit);
    if (conversion === undefined)
      throw new HyperVoltError(
        "REQUEST_INVALID",
        `"${unit}" is no unit of ${sensor.sensorType}; expected ${sensor.unit}`,
      );
    return { sensorId, atMs, value: conversion === null ? value : convert(value, conversion) };
  });
  for (const sensor of added.values()) await history.upsertSensor(sensor);
  await history.append(readings);
  for (const reading of readings) {
    const sensor = known.get(reading.sensorId) ?? added.get(reading.sensorId);
    if (sensor) accept(reading, sensor);
  }
  const stored = await Promise.all(
    readings.map(async (reading): Promise<StoredReading> => {
      const found = await history.readings(
        { sensorId: reading.sensorId, fromMs: reading.atMs, toMs: reading.atMs + 1 },
        { offset: 0, limit: 1 },
      );
      return found.results[0] ?? { ...reading, id: "", sensor: known.get(reading.sensorId) ?? null };
    }),
  );
  return stored;
}
