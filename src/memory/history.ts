import type { Decision, DecisionStatus } from "../domain/decision.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import type { DependencyState } from "../domain/log.ts";
import type { AcknowledgedReading, Reading, Sensor, SensorRole } from "../domain/reading.ts";

/**
 * What the house remembers. Implementations: `sqlite-history.ts` (a file, or nothing but memory) and
 * `postgres-history.ts`; both pass `history.contract.ts`. Every call may reject with HISTORY_UNAVAILABLE.
 */
export interface HistoryStore
  extends ReadingStore, SensorDirectory, DecisionLog, LedgerBook, GridDataBook, DocumentShelf, Preferences, Outbox {
  state(): DependencyState;
  /** Readings appended and not yet committed, and what the store did so far. */
  figures(): HistoryFigures;
  /**
   * Packs, rolls up, forgets raw readings received longer ago than the days to keep, whatever time they are of; safe at
   * any time, by itself every minute.
   * Resolves when that is done.
   */
  maintain(nowMs: number): Promise<void>;
  /** Until `finishBackup`, the files can be copied one after the other and the copy opens complete. */
  prepareBackup(): Promise<void>;
  finishBackup(): Promise<void>;
  /** A complete copy of the history in one file; the path must not exist. */
  copyTo(path: string): Promise<void>;
  /** Commits what was appended, then ends. */
  close(): Promise<void>;
}

export type HistoryFigures = Readonly<{
  pendingReadings: number;
  committedReadings: number;
  /** Committed, but not yet packed. */
  unpackedReadings: number;
  failedCommits: number;
  /** From append to commit of the newest batch, ms. */
  commitMs: number;
}>;

// --- readings -----------------------------------------------------------------------------------------------------

export interface ReadingStore {
  /**
   * Idempotent on (sensorId, atMs): the last write wins. Readings are gathered until the end of the tick, committed in
   * one batch, and `committed` of each is called after that; the promise resolves then. A redelivered packet id of which
   * the same sensor and value was committed before is acknowledged and not stored again. While the history cannot be
   * written it is tried again; beyond `mostPending` readings the call rejects with HISTORY_UNAVAILABLE.
   */
  append(readings: readonly AcknowledgedReading[]): Promise<void>;
  /** True while so much is pending that the caller should pause its source. */
  congested(): boolean;
  /** Resolves as soon as `congested` is false. */
  uncongested(): Promise<void>;
  /** Readings of one sensor in [fromMs, toMs), oldest first. */
  range(sensorId: string, fromMs: number, toMs: number): Promise<readonly Reading[]>;
  /**
   * One sensor downsampled over [fromMs, toMs): buckets of `stepMs` counted from `fromMs`, empty ones left out. Where
   * raw readings are gone, buckets come from the rollups: a bucket finer than 5 minutes is then filled by the rollup
   * that starts in it.
   */
  series(sensorId: string, fromMs: number, toMs: number, stepMs: number): Promise<readonly SeriesPoint[]>;
  /** Newest reading of each sensor that ever had one. */
  latest(): Promise<readonly Reading[]>;
  /** Up to `perSensor` newest readings, oldest first, of each sensor whose newest is at or after `activeSinceMs`. */
  windows(perSensor: number, activeSinceMs: number): Promise<readonly SensorWindow[]>;
  /** One page of readings, by time and then sensor. Only raw readings count. */
  readings(filter: ReadingFilter, page: PageRequest): Promise<CountedPage<StoredReading>>;
  reading(id: string): Promise<StoredReading | null>;
  /** True if there was one. Rollups follow. */
  deleteReading(id: string): Promise<boolean>;
  /** Every matching reading in time order, a batch at a time; the next batch is read when asked for. */
  exportReadings(filter: ReadingFilter): AsyncIterableIterator<readonly StoredReading[]>;
}

export type SeriesPoint = Readonly<{ startMs: number; min: number; mean: number; max: number; count: number }>;
export type SensorWindow = Readonly<{ sensorId: string; readings: readonly Reading[] }>;
/** `id` names the pair (sensor, time) and never changes; `sensor` is null for one nobody ever described. */
export type StoredReading = Reading & Readonly<{ id: string; sensor: Sensor | null }>;

export type ReadingFilter = Readonly<{
  sensorType?: string | undefined;
  sensorId?: string | undefined;
  location?: string | undefined;
  /** Anywhere in what the sensor is called, where it is and of what kind, in whatever case. */
  search?: string | undefined;
  /** [fromMs, toMs) */
  fromMs?: number | undefined;
  toMs?: number | undefined;
}>;
/** `limit` at most 1,000. Default order is newest first. */
export type PageRequest = Readonly<{ offset: number; limit: number; order?: "oldest" | "newest" | undefined }>;
export type CountedPage<T> = Readonly<{ count: number; results: readonly T[] }>;

// --- sensors ------------------------------------------------------------------------------------------------------

export interface SensorDirectory {
  /** Describes a sensor or corrects its description; what the user corrected stays. */
  upsertSensor(sensor: Sensor): Promise<void>;
  /** No longer listed; its readings stay. A later upsert lists it again. */
  removeSensor(sensorId: string): Promise<void>;
  /** Merges with what was corrected before; null takes a correction back. False for an unknown sensor. */
  correctSensor(sensorId: string, correction: SensorCorrection): Promise<boolean>;
  /** Sensors that are not removed, by id, as described, and what the user corrected beside it. */
  sensors(): Promise<readonly SensorRecord[]>;
}

export type SensorCorrection = Readonly<{
  name?: string | null | undefined;
  role?: SensorRole | null | undefined;
  ignore?: boolean | null | undefined;
  /** value = (raw - zero) * scale, or as the calibration says; kept as given. */
  calibration?: Readonly<Record<string, unknown>> | null | undefined;
}>;
export type SensorRecord = Readonly<{ sensor: Sensor; correction: SensorCorrection; last: Reading | null }>;

// --- decisions, ledger, grid ----------------------------------------------------------------------------------------

export interface DecisionLog {
  /** Adds a decision, or replaces it as its status changes. `source` of a first write stays. */
  putDecision(decision: Decision, source?: "hypervolt" | "outside"): Promise<void>;
  decision(decisionId: string): Promise<DecisionRecord | null>;
  decisions(filter: DecisionFilter, page: PageRequest): Promise<CountedPage<DecisionRecord>>;
}
export type DecisionRecord = Readonly<{ decision: Decision; source: "hypervolt" | "outside" }>;
export type DecisionFilter = Readonly<{
  device?: string | undefined;
  action?: Decision["action"]["kind"] | undefined;
  status?: DecisionStatus | undefined;
  source?: "hypervolt" | "outside" | undefined;
  /** Anywhere in the record, in whatever case. */
  search?: string | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
}>;

export interface LedgerBook {
  /** One entry per `startMs`; a second with the same start replaces the first. */
  appendLedger(entries: readonly LedgerEntry[]): Promise<void>;
  lastLedgerEntry(): Promise<LedgerEntry | null>;
  /** By start. */
  ledger(range: TimeRange, page: PageRequest): Promise<CountedPage<LedgerEntry>>;
  /** Sums over entries that start in the range; `advisory` picks one kind. */
  ledgerTotals(range: TimeRange & Readonly<{ advisory?: boolean | undefined }>): Promise<LedgerTotals>;
}
/** [fromMs, toMs), open where absent. */
export type TimeRange = Readonly<{ fromMs?: number | undefined; toMs?: number | undefined }>;
export type LedgerTotals = Readonly<{
  entries: number;
  /** Null without entries. */
  fromMs: number | null;
  toMs: number | null;
  cost: number;
  baselineCost: number;
  carbonG: number;
  baselineCarbonG: number;
  savedCost: number;
  savedCarbonG: number;
}>;

export interface GridDataBook {
  /** One value per (kind, source, atMs); a later one replaces it. */
  putGridValues(values: readonly GridValue[]): Promise<void>;
  gridValues(filter: GridFilter, page: PageRequest): Promise<CountedPage<GridValue>>;
  /** Of each kind the value that holds at `nowMs`: the newest that starts at or before it. */
  latestGridValues(nowMs: number): Promise<readonly GridValue[]>;
}
export type GridKind =
  "carbon_intensity" | "import_price" | "export_price" | "temperature" | "cloud_cover" | (string & {});
export type GridValue = Readonly<{
  kind: GridKind;
  source: string;
  /** Start of the interval it holds for. */
  atMs: number;
  value: number;
  unit: string;
  /** When it was fetched. */
  fetchedAtMs: number;
  /** A sample made up for the demo. */
  sample: boolean;
}>;
export type GridFilter = TimeRange &
  Readonly<{
    kind?: GridKind | undefined;
    source?: string | undefined;
    /** Anywhere in kind, source or unit, in whatever case. */
    search?: string | undefined;
  }>;

// --- documents, preferences, outbox -----------------------------------------------------------------------------------

/** Kept this long: plans and forecasts 3 days, alerts 90 days, the audit log 400 days. */
export const DOCUMENT_KINDS = ["plan", "forecast", "alert", "audit"] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** JSON documents that are listed by time: plans, forecasts, alerts, audit entries. */
export interface DocumentShelf {
  /** Adds or replaces `documentId` of its kind. */
  putDocument(kind: DocumentKind, document: Document): Promise<void>;
  document(kind: DocumentKind, documentId: string): Promise<Document | null>;
  documents(kind: DocumentKind, filter: DocumentFilter, page: PageRequest): Promise<CountedPage<Document>>;
  deleteDocument(kind: DocumentKind, documentId: string): Promise<boolean>;
}
export type Document = Readonly<{
  documentId: string;
  atMs: number;
  /** What it is about, for filters: a signal, a user, a device; "" for nothing. */
  subject: string;
  /** "active" and "resolved" of an alert, the outcome of an audited request, "" for nothing. */
  status: string;
  body: Readonly<Record<string, unknown>>;
}>;
export type DocumentFilter = TimeRange & Readonly<{ subject?: string | undefined; status?: string | undefined }>;

export interface Preferences {
  /** JSON value, or undefined. */
  preference(key: string): Promise<unknown>;
  preferences(): Promise<Readonly<Record<string, unknown>>>;
  /** All or none. A value of undefined deletes the key. */
  setPreferences(values: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Actions promised and not yet seen through: they survive a crash. Kept 7 days after they are closed. */
export interface Outbox {
  /** Adds or replaces. Resolves when it is durable. */
  putAction(action: OutboxAction): Promise<void>;
  /** Those not closed, oldest first. */
  openActions(): Promise<readonly OutboxAction[]>;
  closeAction(actionId: string, atMs: number): Promise<void>;
}
export type OutboxAction = Readonly<{ actionId: string; atMs: number; body: Readonly<Record<string, unknown>> }>;
