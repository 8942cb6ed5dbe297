import type { Clock } from "../domain/clock.ts";
import type { DependencyState, Log } from "../domain/log.ts";
import type { AcknowledgedReading, Reading, Sensor } from "../domain/reading.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
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
import { REDELIVERED } from "./deliveries.ts";
import type { SensorKey } from "./journal.ts";
import type { ReadingRows } from "./reading-rows.ts";
import { parseReadingId, readingId } from "./reading-id.ts";
import { pointsOfColumns } from "./series-columns.ts";
import { SqlBooks } from "./sql-books.ts";
import { SqlRecords } from "./sql-records.ts";
import { ALL_SENSORS, correctSensor, describeSensor, type KnownSensor } from "./sql-sensors.ts";
import { listedSensors, matchingKeys, readSensor, withdrawSensor } from "./sql-sensors.ts";
import type { SqlSession } from "./sql-statement.ts";
import type { Opened } from "./sqlite-engine.ts";
import { ENDED, SqliteThread } from "./sqlite-thread.ts";
import { soonAndEvery } from "./maintenance.ts";
import { withShelves } from "./with-shelves.ts";

export type SqliteHistoryOptions = Readonly<{
  /** Folder of the history, made if it is not there; null keeps everything in memory. One process at a time. */
  folder: string | null;
  clock: Clock;
  log: Log;
  /** Raw readings received longer ago than this are forgotten, their rollups kept. Default 30. */
  keepRawDays?: number;
  /** Default 250,000 readings, or an hour once 20,000 wait, or a day. */
  packAtReadings?: number;
  packEveryMs?: number;
  /**
   * How often the journal is forced onto the disk itself. Killing the process loses nothing whatever it is; a power
   * cut may lose this much, and whatever it is set to, 0 forces every batch before it is acknowledged. Default 5 s.
   */
  syncEveryMs?: number;
  mostPending?: number;
}>;

/** Every instant that the packed history can hold: 1970 to 2239. */
const LATEST_MS = 2 ** 43;

/**
 * The history in a folder: a journal, and SQLite on a thread of its own.
 * @throws HyperVoltError HISTORY_UNAVAILABLE
 * @see docs/decisions/0007-history-journal-and-chunks.md
 */
export async function openSqliteHistory(options: SqliteHistoryOptions): Promise<HistoryStore> {
  const history = new SqliteHistory(options);
  await history.open();
  const session = history.session();
  return withShelves(history, new SqlRecords(session), new SqlBooks(session));
}

function whatToDo(detail: string): string {
  if (/ENOSPC|SQLITE_FULL|full/.test(detail))
    return "Free space on the disk: readings wait and are written as soon as there is room.";
  if (/^SQLITE_(BUSY|LOCKED)/.test(detail))
    return "Another program holds the history's database: readings wait and are written as soon as it lets go.";
  return "Check the data folder's disk and permissions: readings wait and are written as soon as it works.";
}

class SqliteHistory {
  readonly #options: SqliteHistoryOptions;
  readonly #thread: SqliteThread;
  readonly #queue: AppendQueue;
  readonly #keys = new Map<string, number>();
  readonly #ids = new Map<number, string>();
  #undefined: SensorKey[] = [];
  #nextKey = 1;
  #arrivals = new ArrivalTimes([]);
  #known: Promise<readonly KnownSensor[]> | null = null;
  #notice: string | null = null;
  #sinceMs: number;
  #maintenance: { cancel(): void } | null = null;
  #backupSinceMs: number | null = null;

  constructor(options: SqliteHistoryOptions) {
    this.#options = options;
    this.#sinceMs = options.clock.nowMs();
    const { folder, clock, log } = options;
    const engine = {
      folder,
      keepRawDays: options.keepRawDays ?? 30,
      packAtReadings: options.packAtReadings ?? 250_000,
      packEveryMs: options.packEveryMs ?? MS_PER_HOUR,
      syncEveryMs: options.syncEveryMs ?? 5_000,
    };
    this.#thread = new SqliteThread(engine, clock, log, {
      onNotice: (notice) => {
        this.#notice = notice;
        this.#sinceMs = clock.nowMs();
        log.warning(notice);
      },
      onRevived: (opened) => this.#remind(opened),
    });
    const commit = (batch: readonly AcknowledgedReading[]): Promise<void> => this.#commit(batch);
    this.#queue = new AppendQueue({
      clock,
      log,
      commit,
      ...(options.mostPending === undefined ? {} : { mostPending: options.mostPending }),
    });
  }

  async open(): Promise<void> {
    const { keys } = await this.#thread.open();
    for (const [key, sensorId] of keys) {
      this.#keys.set(sensorId, key);
      this.#ids.set(key, sensorId);
      this.#nextKey = Math.max(this.#nextKey, key + 1);
    }
    this.#arrivals = new ArrivalTimes(await this.latest());
    this.#maintenance = soonAndEvery(this.#options.clock, () =>
      this.maintain(this.#options.clock.nowMs()).catch((error: unknown) =>
        this.#options.log.warning("the history could not be maintained", { detail: String(error) }),
      ),
    );
  }

  session(): SqlSession {
    return {
      all: (statement) => this.#thread.call("all", statement),
      run: (statements) => this.#thread.call("run", statements),
      member: (column, key) => `json_extract(${column}, '$.${key}')`,
    };
  }

  state(): DependencyState {
    const failure = this.#queue.failure();
    const trouble = this.#thread.trouble();
    if (trouble && (failure === null || failure.detail.includes(ENDED)))
      return {
        name: "history",
        ...trouble,
        state: failure ? "down" : trouble.state,
        todo: "Nothing: it goes on by itself, and nothing acknowledged is lost.",
      };
    const unwritten = failure ?? this.#thread.unwritten();
    if (unwritten)
      return {
        name: "history",
        state: /^SQLITE_(BUSY|LOCKED)/.test(unwritten.detail) ? "degraded" : "down",
        ...unwritten,
        todo: whatToDo(unwritten.detail),
      };
    return {
      name: "history",
      state: this.#notice ? "degraded" : "ok",
      sinceMs: this.#sinceMs,
      detail: this.#notice,
      todo: this.#notice ? "Nothing is needed; the damaged file is kept beside the new one." : null,
    };
  }

  figures(): HistoryFigures {
    return { ...this.#queue.figures(), unpackedReadings: this.#thread.unpackedReadings };
  }

  async maintain(nowMs: number): Promise<void> {
    await this.#thread.call("maintain", nowMs);
  }

  async prepareBackup(): Promise<void> {
    this.#backupSinceMs = this.#options.clock.nowMs();
    await this.#thread.call("prepareBackup", this.#backupSinceMs);
  }

  finishBackup(): Promise<void> {
    this.#backupSinceMs = null;
    return this.#thread.call("finishBackup");
  }

  copyTo(file: string): Promise<void> {
    return this.#thread.call("copyTo", file);
  }

  async close(): Promise<void> {
    this.#maintenance?.cancel();
    if (this.#queue.failure() === null) await this.#queue.drained();
    await this.#thread.close();
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

  async range(sensorId: string, fromMs: number, toMs: number): Promise<readonly Reading[]> {
    const key = this.#keys.get(sensorId);
    if (key === undefined || !(toMs > fromMs)) return [];
    return this.#readings(await this.#thread.call("range", key, Math.max(0, fromMs), Math.min(LATEST_MS, toMs)));
  }

  async series(sensorId: string, fromMs: number, toMs: number, stepMs: number): Promise<readonly SeriesPoint[]> {
    const key = this.#keys.get(sensorId);
    if (key === undefined) return [];
    return pointsOfColumns(await this.#thread.call("series", key, fromMs, Math.min(LATEST_MS, toMs), stepMs));
  }

  async latest(): Promise<readonly Reading[]> {
    return this.#readings(await this.#thread.call("latest"));
  }

  async windows(perSensor: number, activeSinceMs: number): Promise<readonly SensorWindow[]> {
    const readings = this.#readings(await this.#thread.call("windows", perSensor, activeSinceMs));
    return [...Map.groupBy(readings, ({ sensorId }) => sensorId)].map(([sensorId, ofSensor]) => ({
      sensorId,
      readings: ofSensor,
    }));
  }

  async readings(filter: ReadingFilter, page: PageRequest): Promise<CountedPage<StoredReading>> {
    const known = await this.#sensorsKnown();
    const keys = matchingKeys(known, filter);
    const { fromMs = 0, toMs = LATEST_MS } = filter;
    const newestFirst = (page.order ?? "newest") === "newest";
    const found = await this.#thread.call(
      "page",
      keys,
      Math.max(0, fromMs),
      Math.min(LATEST_MS, toMs),
      newestFirst,
      page.offset,
      page.limit,
    );
    return { count: found.count, results: this.#stored(found.rows, known) };
  }

  async reading(id: string): Promise<StoredReading | null> {
    const name = parseReadingId(id);
    if (name === null) return null;
    const rows = await this.#thread.call("range", name.key, name.atMs, name.atMs + 1);
    return this.#stored(rows, await this.#sensorsKnown())[0] ?? null;
  }

  async deleteReading(id: string): Promise<boolean> {
    const name = parseReadingId(id);
    return name !== null && this.#thread.call("remove", name.key, name.atMs);
  }

  async *exportReadings(filter: ReadingFilter): AsyncIterableIterator<readonly StoredReading[]> {
    const known = await this.#sensorsKnown();
    const keys = matchingKeys(known, filter);
    const { fromMs = 0, toMs = LATEST_MS } = filter;
    for (let atMs = Math.max(0, fromMs); ;) {
      const found = await this.#thread.call("exportNext", keys, atMs, Math.min(LATEST_MS, toMs));
      if (found === null) return;
      if (found.rows.keys.length > 0) yield this.#stored(found.rows, known);
      atMs = found.nextMs;
    }
  }

  async upsertSensor(sensor: Sensor): Promise<void> {
    const known = this.#keys.get(sensor.sensorId);
    const key = known ?? this.#name(sensor.sensorId);
    if (known === undefined) await this.#thread.call("define", [[key, sensor.sensorId]]);
    await this.#thread.call("run", [describeSensor(key, sensor)]);
    this.#known = null;
  }

  async removeSensor(sensorId: string): Promise<void> {
    await this.#thread.call("run", [withdrawSensor(sensorId)]);
    this.#known = null;
  }

  async correctSensor(sensorId: string, correction: SensorCorrection): Promise<boolean> {
    const corrected = await correctSensor(this.session(), sensorId, correction);
    this.#known = null;
    return corrected;
  }

  async sensors(): Promise<readonly SensorRecord[]> {
    const [known, latest] = await Promise.all([this.#sensorsKnown(), this.latest()]);
    const byId = new Map(latest.map((reading) => [reading.sensorId, reading]));
    return listedSensors(known, (sensorId) => byId.get(sensorId) ?? null);
  }

  async #commit(batch: readonly AcknowledgedReading[]): Promise<void> {
    const keys = new Uint32Array(batch.length);
    const times = new Float64Array(batch.length);
    const values = new Float64Array(batch.length);
    const deliveries = batch.some(({ delivery }) => delivery) ? new Uint32Array(batch.length) : undefined;
    let n = 0;
    for (const { sensorId, atMs, value, delivery } of batch) {
      if (!Number.isFinite(value) || !(atMs >= 0 && atMs < LATEST_MS)) continue;
      keys[n] = this.#keys.get(sensorId) ?? this.#name(sensorId);
      times[n] = Math.round(atMs);
      if (deliveries && delivery) deliveries[n] = delivery.packetId + (delivery.redelivered ? REDELIVERED : 0);
      values[n++] = value;
    }
    const rows = {
      keys: keys.subarray(0, n),
      times: times.subarray(0, n),
      values: values.subarray(0, n),
      ...(deliveries && { deliveries: deliveries.subarray(0, n) }),
    };
    const defined = this.#undefined;
    await this.#thread.once("append", [defined, rows], [keys.buffer, times.buffer, values.buffer]);
    this.#undefined = this.#undefined.filter((entry) => !defined.includes(entry));
    if (defined.length > 0) this.#known = null;
  }

  /** A new thread knows what is on the disk: names that are not there yet, or were in memory only, and a backup under way. */
  #remind({ keys }: Opened): void {
    const known = new Set(keys.map(([key]) => key));
    const missing = [...this.#ids].filter(([key]) => !known.has(key));
    if (missing.length > 0) this.#thread.post("define", [missing]).catch(() => undefined);
    if (this.#backupSinceMs !== null) this.#thread.post("prepareBackup", [this.#backupSinceMs]).catch(() => undefined);
    this.#known = null;
  }

  #name(sensorId: string): number {
    const key = this.#nextKey++;
    this.#keys.set(sensorId, key);
    this.#ids.set(key, sensorId);
    this.#undefined = [...this.#undefined, [key, sensorId]];
    return key;
  }

  #sensorsKnown(): Promise<readonly KnownSensor[]> {
    this.#known ??= this.#thread.call("all", ALL_SENSORS).then((rows) => rows.map(readSensor));
    this.#known.catch(() => (this.#known = null));
    return this.#known;
  }

  #readings({ keys, times, values }: ReadingRows): Reading[] {
    return Array.from(keys, (key, i) => ({
      sensorId: this.#ids.get(key) ?? "",
      atMs: times[i] ?? 0,
      value: values[i] ?? 0,
    }));
  }

  #stored(rows: ReadingRows, known: readonly KnownSensor[]): StoredReading[] {
    const sensors = new Map(known.map(({ sensorId, sensor }) => [sensorId, sensor]));
    return this.#readings(rows).map((reading, i) => ({
      ...reading,
      id: readingId(rows.keys[i] ?? 0, reading.atMs),
      sensor: sensors.get(reading.sensorId) ?? null,
    }));
  }
}
