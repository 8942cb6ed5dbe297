import type { AcknowledgedReading, Reading } from "../domain/reading.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { HistoryAge } from "./history-age.ts";
import type { PageRequest, SeriesPoint, TimeRange } from "./history.ts";
import type { PostgresSession } from "./postgres-session.ts";
import { numberOf, type Row, textOf } from "./sql-statement.ts";

export type PostgresReading = Reading & Readonly<{ key: number }>;
type Client = Parameters<Parameters<PostgresSession["transaction"]>[0]>[0];

const ROLLUP_MS = 300_000;
const LATEST_MS = 2 ** 43;
const READING = "reading.sensor_key, sensor_id, at_ms, value";
/** $1 keys or null, $2 from, $3 to. */
const MATCHES = "($1::int[] IS NULL OR reading.sensor_key = ANY($1)) AND at_ms >= $2 AND at_ms < $3";

/** Statements on readings that are PostgreSQL's own (schema: migrations/postgres/001-readings.sql and 004-received.sql). */
export class PostgresReadings {
  readonly #session: PostgresSession;
  readonly #ingest: string;
  readonly #keys = new Map<string, number>();
  readonly #age = new HistoryAge(() => performance.now(), 0);
  #forgottenBeforeHour = 0;

  constructor(session: PostgresSession, ingest: string) {
    this.#session = session;
    this.#ingest = ingest;
  }

  /** Durable, in one transaction. */
  async append(batch: readonly AcknowledgedReading[]): Promise<void> {
    if (batch.length === 0) return;
    const keys = await this.keysOf(batch.map(({ sensorId }) => sensorId));
    const readings = batch.map((reading, i) => ({ ...reading, key: keys[i] ?? 0 }));
    await this.#session.transaction(async (client) => {
      const repeated = await this.#repeated(client, readings);
      const fresh = readings.filter((reading) => !repeated.has(reading));
      const newest = new Map(fresh.map((reading) => [`${reading.key}@${reading.atMs}`, reading]));
      // In one order for all processes, so that none waits for another that waits for it.
      const ordered = [...newest.values()].sort((a, b) => a.key - b.key || a.atMs - b.atMs);
      await client.query(
        `INSERT INTO reading SELECT *, $4::int FROM unnest($1::int[], $2::bigint[], $3::float8[])
         ON CONFLICT (sensor_key, at_ms) DO UPDATE SET value = excluded.value, received_hour = excluded.received_hour`,
        [
          ...columns(ordered.map(({ key, atMs, value }) => [key, Math.round(atMs), value])),
          Math.floor(this.#age.ms() / MS_PER_HOUR),
        ],
      );
      await this.#remember(client, fresh);
    });
  }

  /** Short names of sensors, made where there are none yet. */
  async keysOf(sensorIds: readonly string[]): Promise<number[]> {
    const unknown = [...new Set(sensorIds.filter((sensorId) => !this.#keys.has(sensorId)))].sort();
    if (unknown.length > 0) {
      await this.#session.query(
        "INSERT INTO sensor (sensor_id) SELECT unnest($1::text[]) ON CONFLICT (sensor_id) DO NOTHING",
        unknown,
      );
      const rows = await this.#session.query(
        "SELECT sensor_key, sensor_id FROM sensor WHERE sensor_id = ANY($1)",
        unknown,
      );
      for (const row of rows) this.#keys.set(textOf(row, "sensor_id"), numberOf(row, "sensor_key"));
    }
    return sensorIds.map((sensorId) => this.#keys.get(sensorId) ?? 0);
  }

  async range(sensorId: string, fromMs: number, toMs: number): Promise<Reading[]> {
    const rows = await this.#session.query(
      `SELECT ${READING} FROM reading JOIN sensor ON sensor.sensor_key = reading.sensor_key
       WHERE sensor_id = $1 AND at_ms >= $2 AND at_ms < $3 ORDER BY at_ms`,
      sensorId,
      Math.max(0, fromMs),
      Math.min(LATEST_MS, toMs),
    );
    return rows.map(readReading);
  }

  /** Forgotten readings come as their 5-minute rollups. */
  async series(sensorId: string, fromMs: number, toMs: number, stepMs: number): Promise<SeriesPoint[]> {
    const rows = await this.#session.query(
      `SELECT $2::bigint + (at_ms - $2::bigint) / $4::bigint * $4::bigint AS start_ms,
         min(min) AS min, max(max) AS max, sum(sum) AS sum, sum(count) AS count
       FROM (
         SELECT sensor_key, at_ms, value AS min, value AS max, value AS sum, 1 AS count FROM reading
         UNION ALL SELECT sensor_key, start_ms, min, max, sum, count FROM rollup
       ) AS bucket
       WHERE sensor_key = (SELECT sensor_key FROM sensor WHERE sensor_id = $1) AND at_ms >= $2 AND at_ms < $3
       GROUP BY 1 ORDER BY 1`,
      sensorId,
      fromMs,
      Math.min(LATEST_MS, toMs),
      stepMs,
    );
    return rows.map((row) => {
      const [min, max, count] = [numberOf(row, "min"), numberOf(row, "max"), numberOf(row, "count")];
      const mean = Math.min(Math.max(numberOf(row, "sum") / count, min), max);
      return { startMs: numberOf(row, "start_ms"), min, mean, max, count };
    });
  }

  async latest(): Promise<Reading[]> {
    const rows = await this.#session.query(
      `SELECT DISTINCT ON (sensor.sensor_key) sensor.sensor_key, sensor_id, newest.at_ms, newest.value FROM sensor
       CROSS JOIN LATERAL (
         (SELECT at_ms, value FROM reading WHERE sensor_key = sensor.sensor_key ORDER BY at_ms DESC LIMIT 1)
         UNION ALL SELECT at_ms, value FROM sensor_last WHERE sensor_key = sensor.sensor_key
       ) AS newest ORDER BY sensor.sensor_key, newest.at_ms DESC`,
    );
    return rows.map(readReading);
  }

  async windows(perSensor: number, activeSinceMs: number): Promise<Reading[]> {
    const rows = await this.#session.query(
      `SELECT sensor.sensor_key, sensor_id, newest.at_ms, newest.value FROM sensor CROSS JOIN LATERAL (
         SELECT at_ms, value FROM reading WHERE sensor_key = sensor.sensor_key ORDER BY at_ms DESC LIMIT $1
       ) AS newest
       WHERE (SELECT max(at_ms) FROM reading WHERE sensor_key = sensor.sensor_key) >= $2
       ORDER BY sensor.sensor_key, newest.at_ms`,
      perSensor,
      activeSinceMs,
    );
    return rows.map(readReading);
  }

  async page(
    keys: readonly number[] | null,
    { fromMs = 0, toMs = LATEST_MS }: TimeRange,
    { offset, limit, order = "newest" }: PageRequest,
  ): Promise<{ count: number; rows: PostgresReading[] }> {
    const direction = order === "newest" ? "DESC" : "ASC";
    const [counted, rows] = await Promise.all([
      this.#session.query(`SELECT count(*) AS count FROM reading WHERE ${MATCHES}`, keys, fromMs, toMs),
      this.#session.query(
        `SELECT ${READING} FROM reading JOIN sensor ON sensor.sensor_key = reading.sensor_key WHERE ${MATCHES}
         ORDER BY at_ms ${direction}, reading.sensor_key ${direction} LIMIT $4 OFFSET $5`,
        keys,
        fromMs,
        toMs,
        limit,
        offset,
      ),
    ]);
    return { count: counted[0] ? numberOf(counted[0], "count") : 0, rows: rows.map(readKeyed) };
  }

  /** The next readings in time order after one, or the first. */
  async after(
    last: PostgresReading | undefined,
    keys: readonly number[] | null,
    { fromMs = 0, toMs = LATEST_MS }: TimeRange,
    limit: number,
  ): Promise<PostgresReading[]> {
    const rows = await this.#session.query(
      `SELECT ${READING} FROM reading JOIN sensor ON sensor.sensor_key = reading.sensor_key WHERE ${MATCHES}
       AND (at_ms, reading.sensor_key) > ($4, $5) ORDER BY at_ms, reading.sensor_key LIMIT $6`,
      keys,
      last?.atMs ?? fromMs,
      toMs,
      last?.atMs ?? -1,
      last?.key ?? -1,
      limit,
    );
    return rows.map(readKeyed);
  }

  async one(key: number, atMs: number): Promise<PostgresReading[]> {
    const rows = await this.#session.query(
      `SELECT ${READING} FROM reading JOIN sensor ON sensor.sensor_key = reading.sensor_key
       WHERE reading.sensor_key = $1 AND at_ms = $2`,
      key,
      atMs,
    );
    return rows.map(readKeyed);
  }

  async remove(key: number, atMs: number): Promise<boolean> {
    const gone = "DELETE FROM reading WHERE sensor_key = $1 AND at_ms = $2 RETURNING at_ms";
    return (await this.#session.query(gone, key, atMs)).length > 0;
  }

  /**
   * Takes note of how much older the history became, by the server's clock: the one that all processes share.
   * @returns its age, ms
   */
  async grow(client: Client): Promise<number> {
    const { rows } = await client.query<Row>(
      `SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms,
         (SELECT value FROM meta WHERE name = 'age_ms') AS age_ms, (SELECT value FROM meta WHERE name = 'maintained_ms') AS last_ms`,
    );
    const [row = {}] = rows;
    const nowMs = numberOf(row, "now_ms");
    const ageMs = this.#age.observe(
      nowMs,
      Number(row["age_ms"] ?? 0),
      row["last_ms"] == null ? null : Number(row["last_ms"]),
    );
    await client.query(
      `INSERT INTO meta VALUES ('age_ms', $1), ('maintained_ms', $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      [ageMs, nowMs],
    );
    return ageMs;
  }

  /** Readings received before an hour of the history's age become part of their rollups. */
  async forget(client: Client, beforeHour: number): Promise<void> {
    if (beforeHour <= this.#forgottenBeforeHour) return;
    await client.query(
      `INSERT INTO sensor_last SELECT DISTINCT ON (sensor_key) sensor_key, at_ms, value FROM reading WHERE received_hour < $1
       ORDER BY sensor_key, at_ms DESC
       ON CONFLICT (sensor_key) DO UPDATE SET at_ms = excluded.at_ms, value = excluded.value
       WHERE excluded.at_ms >= sensor_last.at_ms`,
      [beforeHour],
    );
    await client.query(
      `WITH gone AS (DELETE FROM reading WHERE received_hour < $1 RETURNING *)
       INSERT INTO rollup SELECT sensor_key, at_ms / $2::bigint * $2::bigint, count(*), sum(value), min(value), max(value)
       FROM gone GROUP BY 1, 2
       ON CONFLICT (sensor_key, start_ms) DO UPDATE SET count = rollup.count + excluded.count,
         sum = rollup.sum + excluded.sum, min = least(rollup.min, excluded.min), max = greatest(rollup.max, excluded.max)`,
      [beforeHour, ROLLUP_MS],
    );
    this.#forgottenBeforeHour = beforeHour;
  }

  /** What was committed under each packet id, in place of what was under it before. */
  async #remember(client: Client, readings: readonly (AcknowledgedReading & { key: number })[]): Promise<void> {
    const delivered = new Map<string, readonly number[]>();
    for (const { delivery, key, value } of readings)
      if (delivery && delivery.packetId > 0)
        delivered.set(`${delivery.packetId}@${key}`, [delivery.packetId, key, value]);
    if (delivered.size === 0) return;
    const [packetIds = [], keys = [], values = []] = columns([...delivered.values()]);
    await client.query("DELETE FROM delivery WHERE ingest = $1 AND packet_id = ANY($2)", [this.#ingest, packetIds]);
    await client.query("INSERT INTO delivery SELECT $4, * FROM unnest($1::int[], $2::int[], $3::float8[])", [
      packetIds,
      keys,
      values,
      this.#ingest,
    ]);
  }

  async #repeated(
    client: Client,
    readings: readonly (AcknowledgedReading & { key: number })[],
  ): Promise<ReadonlySet<AcknowledgedReading>> {
    const again = readings.filter(({ delivery }) => delivery?.redelivered);
    if (again.length === 0) return new Set();
    const { rows } = await client.query<Row>(
      "SELECT packet_id, sensor_key, value FROM delivery WHERE ingest = $1 AND packet_id = ANY($2)",
      [this.#ingest, again.map(({ delivery }) => delivery?.packetId)],
    );
    const committed = new Set(rows.map((row) => [row["packet_id"], row["sensor_key"], row["value"]].join()));
    return new Set(again.filter(({ delivery, key, value }) => committed.has([delivery?.packetId, key, value].join())));
  }
}

const columns = (rows: readonly (readonly number[])[]): number[][] =>
  [0, 1, 2].map((column) => rows.map((row) => row[column] ?? 0));

const readKeyed = (row: Row): PostgresReading => ({ key: numberOf(row, "sensor_key"), ...readReading(row) });

const readReading = (row: Row): Reading => ({
  sensorId: textOf(row, "sensor_id"),
  atMs: numberOf(row, "at_ms"),
  value: numberOf(row, "value"),
});
