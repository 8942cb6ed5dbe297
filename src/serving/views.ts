import type { Decision } from "../domain/decision.ts";
import type { DependencyState } from "../domain/log.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { Reading, Sensor, SensorRole, SensorState, SensorType } from "../domain/reading.ts";
import type {
  AlertDto,
  EnergySourceDto,
  GridDataDto,
  HomeDto,
  HomeHistoryDto,
  LedgerDto,
  OverrideDto,
  PlanOutcomeDto,
  PreferencesDto,
} from "./messages.ts";

/**
 * What the server asks of the rest of the house, and nothing else. Every function may throw HyperVoltError:
 * NOT_FOUND, CONFLICT, REQUEST_INVALID and the codes of a store that is away become 404, 409, 400 and 503.
 */
export interface Views {
  readings: ReadingViews;
  sensors: SensorViews;
  grid: GridViews;
  decisions: DecisionViews;
  home: HomeViews;
  plan: PlanViews;
  status: StatusViews;
}

export type Order = "asc" | "desc";
/** A piece of a list in time order: `offset` and `limit` count results. */
export type Slice = Readonly<{ order: Order; offset: number; limit: number }>;
/** `count` is the number of results without the slice. */
export type Sliced<T> = Readonly<{ count: number; results: readonly T[] }>;
/** Half-open [fromMs, toMs), UTC epoch ms; absent is open-ended. */
export type Span = Readonly<{ fromMs?: number; toMs?: number }>;

/** One value of one sensor between two instants: `startMs` inclusive; `count` readings lie in it. */
export type Bucket = Readonly<{ startMs: number; min: number; mean: number; max: number; count: number }>;
/** The hot window of one sensor, oldest first. */
export type HotWindow = Readonly<{ sensorId: string; readings: readonly Reading[] }>;

/** A reading brought by a client; the value is in `unit`, or in the normalised unit where `unit` is null. */
export type PostedReading = Readonly<{
  sensorId: string;
  /** Null: the sensor must be known already. */
  sensorType: SensorType | null;
  location: string | null;
  unit: string | null;
  value: number;
  atMs: number;
}>;

export interface ReadingViews {
  /** In time order; ties by sensor id. `sensorIds` absent: all sensors, empty: none. */
  list(query: Readonly<{ sensorIds?: readonly string[] }> & Span & Slice): Promise<Sliced<Reading>>;
  one(sensorId: string, atMs: number): Promise<Reading | undefined>;
  /**
   * Resolves after the commit, with the readings as stored (unit normalised, in the order given). Unknown sensors are
   * registered. Throws NOT_FOUND for an unknown sensor without a type; nothing of the batch is stored then.
   */
  append(posted: readonly PostedReading[]): Promise<readonly Reading[]>;
  /** False where there is no such reading. */
  remove(sensorId: string, atMs: number): Promise<boolean>;
  /** The hot windows of these sensors (all where absent). */
  windows(sensorIds?: readonly string[]): Promise<readonly HotWindow[]>;
  /** Buckets with at least one reading, oldest first; bucket starts are multiples of `stepMs` from the epoch. */
  series(
    query: Readonly<{ sensorId: string; fromMs: number; toMs: number; stepMs: number }>,
  ): Promise<readonly Bucket[]>;
  /** All readings, in batches, in time order; the consumer sets the pace. */
  export(query: Readonly<{ sensorIds?: readonly string[] }> & Span): AsyncIterable<readonly Reading[]>;
}

export type SensorCorrection = Readonly<{
  name?: string;
  /** Null: as found by itself. */
  role?: SensorRole | null;
  ignore?: boolean;
  calibration?: Readonly<{ scale: number; zero: number }>;
}>;

export interface SensorViews {
  /** Listed sensors with their newest value. */
  list(): Promise<readonly SensorState[]>;
  /** Every sensor that ever had a reading, removed ones too: history is labelled by it. */
  known(): Promise<readonly Sensor[]>;
  /** Undefined where there is no such sensor. */
  correct(sensorId: string, correction: SensorCorrection): Promise<SensorState | undefined>;
}

export interface GridViews {
  list(query: Readonly<{ kinds?: readonly GridDataDto["kind"][] }> & Span & Slice): Promise<Sliced<GridDataDto>>;
  /** Newest of each kind. */
  latest(): Promise<readonly GridDataDto[]>;
}

/** A decision with where it came from; `outcome` says what it led to, once known. */
export type RecordedDecision = Decision &
  Readonly<{ source: "hypervolt" | "outside"; outcome?: Readonly<Record<string, number | string | boolean | null>> }>;
export type OutsideDecision = Readonly<{
  deviceId: string;
  entityId: string | null;
  action: Decision["action"];
  reason: string;
  alternative: string | null;
  inputs: Decision["inputs"];
  status: Decision["status"];
  atMs: number;
}>;

export interface DecisionViews {
  list(
    query: Readonly<{ deviceId?: string; action?: Decision["action"]["kind"]; status?: Decision["status"] }> &
      Span &
      Slice,
  ): Promise<Sliced<RecordedDecision>>;
  one(decisionId: string): Promise<RecordedDecision | undefined>;
  /** For the record only: nothing is switched. */
  record(decision: OutsideDecision): Promise<RecordedDecision>;
}

export interface HomeViews {
  /** Without `role`; the server adds it. */
  now(): Promise<HomeDto>;
  history(hours: number): Promise<HomeHistoryDto>;
  preferences(): Promise<PreferencesDto>;
  /** Replaces them; returns them as they hold now. */
  setPreferences(preferences: PreferencesDto): Promise<PreferencesDto>;
  energySources(): Promise<readonly EnergySourceDto[]>;
  /** Undefined where there is no such source. */
  changeEnergySource(id: string, change: EnergySourceChange): Promise<EnergySourceDto | undefined>;
  /** Throws NOT_FOUND for an unknown device, CONFLICT where it may not be acted on now. */
  override(deviceId: string, override: OverrideDto, byUser: string): Promise<RecordedDecision>;
}
export type EnergySourceChange = Readonly<{
  name?: string;
  enabled?: boolean;
  max_import_w?: number | null;
  max_export_w?: number | null;
  capacity_wh?: number | null;
}>;

export interface PlanViews {
  forecasts(): Promise<readonly Forecast[]>;
  outcome(): Promise<PlanOutcomeDto>;
  ledger(): Promise<LedgerDto>;
  /** Plans anew and resolves with the outcome. */
  replan(byUser: string): Promise<PlanOutcomeDto>;
}

export interface StatusViews {
  dependencies(): readonly DependencyState[];
  alerts(): Promise<readonly AlertDto[]>;
  /** Able to serve: the history is open and, where there is one, a first look at the home is done. */
  ready(): boolean;
}
