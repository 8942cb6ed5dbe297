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
  SetupDto,
} from "./messages.ts";
import type {
  ComfortAnswerDto,
  DevicesAnswerDto,
  ModeAnswerDto,
  TariffAnswerDto,
  WiringAnswerDto,
} from "./setup-messages.ts";

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
  setup: SetupViews;
}

/** A piece of a list in time order; `limit` at most 1,000. */
export type PageRequest = Readonly<{ offset: number; limit: number; order?: "oldest" | "newest" | undefined }>;
/** `count` is the number of results of all pages. */
export type CountedPage<T> = Readonly<{ count: number; results: readonly T[] }>;
/** Half-open [fromMs, toMs), UTC epoch ms; absent is open-ended. */
export type TimeRange = Readonly<{ fromMs?: number | undefined; toMs?: number | undefined }>;

export type ReadingFilter = TimeRange &
  Readonly<{
    sensorType?: string | undefined;
    sensorId?: string | undefined;
    location?: string | undefined;
    /** Anywhere in what the sensor is called, where it is and of what kind, in whatever case. */
    search?: string | undefined;
  }>;
/** `id` names the reading in addresses; `sensor` is null where nobody ever described it. */
export type StoredReading = Reading & Readonly<{ id: string; sensor: Sensor | null }>;
/** [startMs, startMs + step): least, time-honest mean and most of the `count` readings in it. */
export type SeriesPoint = Readonly<{ startMs: number; min: number; mean: number; max: number; count: number }>;
/** The hot window of one sensor, oldest first. */
export type SensorWindow = Readonly<{ sensorId: string; readings: readonly Reading[] }>;

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
  readings(filter: ReadingFilter, page: PageRequest): Promise<CountedPage<StoredReading>>;
  reading(id: string): Promise<StoredReading | null>;
  /** False where there is no such reading. */
  deleteReading(id: string): Promise<boolean>;
  /** Every matching reading in time order, in batches; the consumer sets the pace. */
  exportReadings(filter: ReadingFilter): AsyncIterable<readonly StoredReading[]>;
  /** Buckets with at least one reading, oldest first. */
  series(sensorId: string, fromMs: number, toMs: number, stepMs: number): Promise<readonly SeriesPoint[]>;
  /** The hot window of every sensor that is not silent. */
  windows(): Promise<readonly SensorWindow[]>;
  /**
   * Resolves after the commit, with the readings as stored (unit normalised, in the order given). Unknown sensors are
   * registered. Rejects with NOT_FOUND for an unknown sensor without a type, REQUEST_INVALID for a unit that does not
   * fit; nothing of the batch is stored then.
   */
  post(posted: readonly PostedReading[]): Promise<readonly StoredReading[]>;
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
  /** Undefined where there is no such sensor. */
  correct(sensorId: string, correction: SensorCorrection): Promise<SensorState | undefined>;
}

export interface GridViews {
  list(
    filter: TimeRange & Readonly<{ kinds?: readonly GridDataDto["kind"][] | undefined; search?: string | undefined }>,
    page: PageRequest,
  ): Promise<CountedPage<GridDataDto>>;
  /** Newest of each kind. */
  latest(): Promise<readonly GridDataDto[]>;
}

/** A decision with where it came from; `outcome` says what it led to, once known. */
export type RecordedDecision = Readonly<{
  decision: Decision;
  source: "hypervolt" | "outside";
  outcome?: Readonly<Record<string, number | string | boolean | null>>;
}>;
export type DecisionFilter = TimeRange &
  Readonly<{
    device?: string | undefined;
    action?: Decision["action"]["kind"] | undefined;
    status?: Decision["status"] | undefined;
    /** Anywhere in the record, in whatever case. */
    search?: string | undefined;
  }>;
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
  decisions(filter: DecisionFilter, page: PageRequest): Promise<CountedPage<RecordedDecision>>;
  decision(decisionId: string): Promise<RecordedDecision | null>;
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

export type SetupAnswer =
  | Readonly<{ question: "wiring"; answer: WiringAnswerDto }>
  | Readonly<{ question: "tariff"; answer: TariffAnswerDto }>
  | Readonly<{ question: "devices"; answer: DevicesAnswerDto }>
  | Readonly<{ question: "comfort"; answer: ComfortAnswerDto }>
  | Readonly<{ question: "mode"; answer: ModeAnswerDto }>;

export interface SetupViews {
  now(): Promise<SetupDto>;
  /** Throws REQUEST_INVALID where something named is not there, CONFLICT where only the options can say so. */
  answer(answer: SetupAnswer, byUser: string): Promise<SetupDto>;
  /** Throws CONFLICT where there is nothing to take back. */
  undo(): Promise<SetupDto>;
}

export interface StatusViews {
  dependencies(): readonly DependencyState[];
  alerts(): Promise<readonly AlertDto[]>;
  /** Able to serve: the history is open and, where there is one, a first look at the home is done. */
  ready(): boolean;
}
