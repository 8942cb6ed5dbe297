import type { Reading, Sensor } from "../domain/reading.ts";
import type { ReadingFilter, SensorCorrection, SensorRecord } from "./history.ts";
import { numberOf, type Row, sql, type SqlSession, type SqlStatement, textOf } from "./sql-statement.ts";

/** A row of the table `sensor`: `sensor` is null for one that has readings and was never described. */
export type KnownSensor = Readonly<{
  key: number;
  sensorId: string;
  sensor: Sensor | null;
  correction: SensorCorrection;
  removed: boolean;
}>;

export const ALL_SENSORS: SqlStatement = sql("SELECT * FROM sensor ORDER BY sensor_id");

export const describeSensor = (key: number, sensor: Sensor): SqlStatement =>
  sql("UPDATE sensor SET body = ?, removed = 0 WHERE sensor_key = ?", JSON.stringify(sensor), key);

export const withdrawSensor = (sensorId: string): SqlStatement =>
  sql("UPDATE sensor SET removed = 1 WHERE sensor_id = ?", sensorId);

/** Merges with what was corrected before; null takes back. False for an unknown sensor. */
export async function correctSensor(session: SqlSession, sensorId: string, change: SensorCorrection): Promise<boolean> {
  const [row] = await session.all(sql("SELECT * FROM sensor WHERE sensor_id = ? AND body IS NOT NULL", sensorId));
  if (!row) return false;
  const merged = Object.entries({ ...readSensor(row).correction, ...change }).filter(([, value]) => value != null);
  const correction = JSON.stringify(Object.fromEntries(merged));
  await session.run([sql("UPDATE sensor SET correction = ? WHERE sensor_id = ?", correction, sensorId)]);
  return true;
}

export const readSensor = (row: Row): KnownSensor => ({
  key: numberOf(row, "sensor_key"),
  sensorId: textOf(row, "sensor_id"),
  sensor: row["body"] == null ? null : (JSON.parse(textOf(row, "body")) as Sensor),
  correction: JSON.parse(textOf(row, "correction")) as SensorCorrection,
  removed: numberOf(row, "removed") === 1,
});

/** Sensors to list: described and not removed. */
export function listedSensors(
  known: readonly KnownSensor[],
  lastOf: (sensorId: string) => Reading | null,
): SensorRecord[] {
  const listed: SensorRecord[] = [];
  for (const { sensor, correction, removed, sensorId } of known)
    if (sensor && !removed) listed.push({ sensor, correction, last: lastOf(sensorId) });
  return listed;
}

/** Keys of the sensors a filter names; null where it names none, so that all match. */
export function matchingKeys(known: readonly KnownSensor[], filter: ReadingFilter): number[] | null {
  const { sensorType, sensorId, location, search } = filter;
  if ([sensorType, sensorId, location, search].every((one) => one === undefined)) return null;
  const sought = search?.toLowerCase();
  return known
    .filter(
      (entry) =>
        (sensorId === undefined || entry.sensorId === sensorId) &&
        (sensorType === undefined || entry.sensor?.sensorType === sensorType) &&
        (location === undefined || entry.sensor?.location === location) &&
        (sought === undefined || wordsOf(entry).toLowerCase().includes(sought)),
    )
    .map(({ key }) => key);
}

/** What a sensor is called, where and of what kind. */
const wordsOf = ({ sensorId, sensor, correction }: KnownSensor): string =>
  [sensorId, correction.name, sensor?.name, sensor?.location, sensor?.device, sensor?.sensorType].join("\n");
