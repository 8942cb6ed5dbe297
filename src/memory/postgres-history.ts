import type { Clock } from "../domain/clock.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { DependencyState, Log } from "../domain/log.ts";
import type { AcknowledgedReading, Reading, Sensor } from "../domain/reading.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { AppendQueue } from "./append-queue.ts";
import { ArrivalTimes } from "./arrival-times.ts";
import type {
  CountedPage,
  HistoryFigures,
  HistoryStore,
  PageRequest,
  ReadingFilter,
  SensorCorrection,
  SensorRecord,
  SensorWindow,
  SeriesPoint,
  StoredReading,
} from "./history.ts";
import { KEEP_DAYS } from "./keep-days.ts";
import { PostgresReadings, type PostgresReading } from "./postgres-readings.ts";
import { PostgresSession, wordsOf } from "./postgres-session.ts";
import { parseReadingId, readingId } from "./reading-id.ts";
import { SqlBooks } from "./sql-books.ts";
import { SqlRecords } from "./sql-records.ts";
import { ALL_SENSORS, correctSensor, describeSensor, type KnownSensor } from "./sql-sensors.ts";
import { listedSensors, matchingKeys, readSensor, withdrawSensor } from "./sql-sensors.ts";
import { Steadiness } from "./steadiness.ts";
import { soonAndEvery } from "./maintenance.ts";
import { withShelves } from "./with-shelves.ts";

export type PostgresHistoryOptions = Readonly<{
  /** postgres://user:password@host/database */
  url: string;
  clock: Clock;
  log: Log;
  keepRawDays?: number;
  /** Name of this ingest process where several share a database: the client id it has at the broker. */
  ingest?: string;
  mostPending?: number;
}>;

/**
 * The history in PostgreSQL, for homes that outgrew a file: any number of processes may share it. Readings are plain
 * rows (a hypertable where TimescaleDB is installed) until they are forgotten into 5-minute rollups.
 * @throws HyperVoltError HISTORY_UNAVAILABLE
 * @see docs/scaling.md
 */
export async function openPostgresHistory(options: PostgresHistoryOptions): Promise<HistoryStore> {
  const history = new PostgresHistory(options);
  await history.open();
  return withShelves(history, new SqlRecords(history.session), new SqlBooks(history.session));
}

const LATEST_MS = 2 ** 43;
const EXPORT_READINGS = 5_000;

class PostgresHistory {
  readonly session: PostgresSession;
  readonly #options: PostgresHistoryOptions;
  readonly #readings: PostgresReadings;
  readonly #queue: AppendQueue;
  readonly #steadiness = new Steadiness(() => performance.now());
  #arrivals = new ArrivalTimes([]);
  #maintenance: { cancel(): void } | null = null;
  #lost: Readonly<{ detail: string; sinceMs: number }> | null = null;
  #sinceMs: number;

  constructor(options: PostgresHistoryOptions) {
    this.#options = options;
    const { clock, log, mostPending } = options;
    this.#sinceMs = clock.nowMs();
    this.session = new PostgresSession(options.url, (error) => this.#note(error));
    this.#readings = new PostgresReadings(this.session, options.ingest ?? "hypervolt");
    const commit = async (batch: readonly AcknowledgedReading[]): Promise<void> => {
      await this.#readings.append(
        batch.filter(({ value, atMs }) => Number.isFinite(value) && atMs >= 0 && atMs < LATEST_MS),
      );
      this.#found();
    };
    this.#queue = new AppendQueue({ clock, log, commit, ...(mostPending === undefined ? {} : { mostPending }) });
  }

  async open(): Promise<void> {
    const { clock, log } = this.#options;
    try {
      const { from, newest } = await this.session.migrate();
      if (from > newest)
        throw new Error(
          `the history has schema ${from}, this HyperVolt knows ${newest}: it was written by a newer one`,
        );
      await this.session.alone(true, async (client) => void (await this.#readings.grow(client)));
      this.#arrivals = new ArrivalTimes(await this.latest());
    } catch (cause) {
      await this.session.end();
      throw new HyperVoltError("HISTORY_UNAVAILABLE", wordsOf(cause), { cause });
    }
    this.#maintenance = soonAndEvery(clock, () =>
      this.maintain(clock.nowMs()).catch((error: unknown) =>
        log.warning("the history could not be maintained", { detail: String(error) }),
      ),
    );
  }

  state(): DependencyState {
    const failure = this.#queue.failure() ?? this.#lost;
    return {
      name: "history",
      state: failure ? "down" : "ok",
      sinceMs: failure?.sinceMs ?? this.#sinceMs,
      detail: failure ? `PostgreSQL: ${failure.detail}` : null,
      todo: failure ? "Check history_url and that PostgreSQL runs and has room; readings wait meanwhile." : null,
    };
  }

  figures(): HistoryFigures {
    return { ...this.#queue.figures(), unpackedReadings: 0 };
  }

  async maintain(nowMs: number): Promise<void> {
    const steady = this.#steadiness.observe(nowMs, null);
    const keepMs = (this.#options.keepRawDays ?? 30) * MS_PER_DAY;
    await this.session.alone(false, async (client) => {
      const ageMs = await this.#readings.grow(client);
      await this.#readings.forget(client, Math.floor((ageMs - keepMs) / MS_PER_HOUR));
      if (!steady) return;
      for (const [table, condition, days] of KEEP_DAYS)
        await client.query(`DELETE FROM ${table} WHERE ${condition.replace("?", "$1")}`, [nowMs - days * MS_PER_DAY]);
    });
  }

  /** `pg_dump` is consistent by itself. */
  prepareBackup(): Promise<void> {
    return Promise.resolve();
  }

  finishBackup(): Promise<void> {
    return Promise.resolve();
  }

  copyTo(): Promise<void> {
    return Promise.reject(new HyperVoltError("HISTORY_UNAVAILABLE", "a history in PostgreSQL is copied with pg_dump"));
  }

  async close(): Promise<void> {
    this.#maintenance?.cancel();
    if (this.#queue.failure() === null) await this.#queue.drained();
    await this.session.end();
  }

  append(readings: readonly AcknowledgedReading[]): Promise<void> {
    return this.#queue.append(this.#arrivals.distinct(readings));
  }

  congested(): boolean {
    return this.#queue.congested();
  }

  uncongested(): Promise<void> {
    return this.#queue.uncongested();
  }

  range(sensorId: string, fromMs: number, toMs: number): Promise<readonly Reading[]> {
    return this.#ask(() => this.#readings.range(sensorId, fromMs, toMs));
  }

  series(sensorId: string, fromMs: number, toMs: number, stepMs: number): Promise<readonly SeriesPoint[]> {
    return this.#ask(() => (stepMs > 0 ? this.#readings.series(sensorId, fromMs, toMs, stepMs) : Promise.resolve([])));
  }

  latest(): Promise<readonly Reading[]> {
    return this.#ask(() => this.#readings.latest());
  }

  windows(perSensor: number, activeSinceMs: number): Promise<readonly SensorWindow[]> {
    return this.#ask(async () => {
      const readings = await this.#readings.windows(perSensor, activeSinceMs);
      const bySensor = Map.groupBy(readings, ({ sensorId }) => sensorId);
      return [...bySensor].map(([sensorId, ofSensor]) => ({ sensorId, readings: ofSensor }));
    });
  }

  readings(filter: ReadingFilter, page: PageRequest): Promise<CountedPage<StoredReading>> {
    return this.#ask(async () => {
      const known = await this.#known();
      const { count, rows } = await this.#readings.page(matchingKeys(known, filter), filter, page);
      return { count, results: stored(rows, known) };
    });
  }

  reading(id: string): Promise<StoredReading | null> {
    const name = parseReadingId(id);
    if (name === null) return Promise.resolve(null);
    return this.#ask(async () => stored(await this.#readings.one(name.key, name.atMs), await this.#known())[0] ?? null);
  }

  deleteReading(id: string): Promise<boolean> {
    const name = parseReadingId(id);
    return name === null ? Promise.resolve(false) : this.#ask(() => this.#readings.remove(name.key, name.atMs));
  }

  async *exportReadings(filter: ReadingFilter): AsyncIterableIterator<readonly StoredReading[]> {
    const known = await this.#ask(() => this.#known());
    const keys = matchingKeys(known, filter);
    let last: PostgresReading | undefined;
    for (;;) {
      const after = last;
      const rows = await this.#ask(() => this.#readings.after(after, keys, filter, EXPORT_READINGS));
      last = rows.at(-1);
      if (last === undefined) return;
      yield stored(rows, known);
    }
  }

  async upsertSensor(sensor: Sensor): Promise<void> {
    await this.#ask(async () => {
      const [key = 0] = await this.#readings.keysOf([sensor.sensorId]);
      await this.session.run([describeSensor(key, sensor)]);
    });
  }

  async removeSensor(sensorId: string): Promise<void> {
    await this.#ask(() => this.session.run([withdrawSensor(sensorId)]));
  }

  correctSensor(sensorId: string, correction: SensorCorrection): Promise<boolean> {
    return this.#ask(() => correctSensor(this.session, sensorId, correction));
  }

  async sensors(): Promise<readonly SensorRecord[]> {
    const [known, latest] = await Promise.all([this.#ask(() => this.#known()), this.latest()]);
    const byId = new Map(latest.map((reading) => [reading.sensorId, reading]));
    return listedSensors(known, (sensorId) => byId.get(sensorId) ?? null);
  }

  async #known(): Promise<readonly KnownSensor[]> {
    return (await this.session.all(ALL_SENSORS)).map(readSensor);
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      const answer = await question();
      this.#found();
      return answer;
    } catch (cause) {
      this.#note(cause as Error);
      throw new HyperVoltError("HISTORY_UNAVAILABLE", (cause as Error).message, { cause });
    }
  }

  #note(error: Error): void {
    this.#lost = { detail: error.message, sinceMs: this.#lost?.sinceMs ?? this.#options.clock.nowMs() };
  }

  #found(): void {
    if (this.#lost) this.#sinceMs = this.#options.clock.nowMs();
    this.#lost = null;
  }
}

function stored(rows: readonly PostgresReading[], known: readonly KnownSensor[]): StoredReading[] {
  const sensors = new Map(known.map(({ sensorId, sensor }) => [sensorId, sensor]));
  return rows.map(({ key, sensorId, atMs, value }) => ({
    sensorId,
    atMs,
    value,
    id: readingId(key, atMs),
    sensor: sensors.get(sensorId) ?? null,
  }));
}
