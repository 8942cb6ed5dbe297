import type {
  AlertDto,
  DecisionDto,
  ForecastDto,
  HomeDto,
  HomeHistoryDto,
  LedgerDto,
  OverrideDto,
  PlanOutcomeDto,
} from "../../../src/serving/messages.ts";

export type Mode = HomeDto["mode"];
/** A number a person may set, with what is allowed. */
export type Setting = Readonly<{ value: number; min: number; max: number; step: number }>;
/** Absent: this source cannot set it. Units: currency per kg, lx, %, currency per hour, minutes. */
export type Settings = Readonly<{
  /** Null: it can be set, but is not known now. */
  mode?: Mode | null;
  carbonWeight?: Setting;
  lightTarget?: Setting;
  lightFloor?: Setting;
  lightComfort?: Setting;
  handsOff?: Setting;
}>;
export type SettingChange = Readonly<Partial<{ mode: Mode } & { [K in Exclude<keyof Settings, "mode">]: number }>>;

/** What full light is worth: around what it is now, for a currency may be counted in thousands. */
export const comfortSetting = (value: number): Setting => {
  const max = Math.max(0.2, 2 * value);
  return { value, min: 0, max, step: max / 40 };
};

/** All that is drawn. `null` is "not known (yet)". */
export type Snapshot = Readonly<{
  home: HomeDto | null;
  plan: PlanOutcomeDto | null;
  forecasts: readonly ForecastDto[];
  history: HomeHistoryDto | null;
  ledger: LedgerDto | null;
  decisions: readonly DecisionDto[];
  alerts: readonly AlertDto[];
  settings: Settings;
  /** `away`: Home Assistant is there, HyperVolt is not. */
  connection: "connecting" | "live" | "lost" | "away" | "unauthorised";
  /** May the reader act: override, set, plan again? */
  mayOperate: boolean;
}>;

export const EMPTY: Snapshot = {
  home: null,
  plan: null,
  forecasts: [],
  history: null,
  ledger: null,
  decisions: [],
  alerts: [],
  settings: {},
  connection: "connecting",
  mayOperate: false,
};

/** Where a view's data comes from and where its wishes go: REST and WebSocket, or Home Assistant itself. */
export interface HomeSource {
  readonly snapshot: Snapshot;
  /** Calls back on every change; the first subscriber starts the source, the last to leave stops it. */
  subscribe(onChange: () => void): () => void;
  /** Each rejects with words for a person. */
  override(deviceId: string, wish: OverrideDto): Promise<void>;
  change(settings: SettingChange): Promise<void>;
  replan(): Promise<void>;
  /** What of an override this source can carry out; all of it where absent. */
  readonly wishes?: readonly OverrideDto["action"][];
  /** What is stored, where the source can show it (REST only). */
  readonly records?: Records;
}

/** The stored data an operator may browse, by path below `api/`. */
export interface Records {
  get<T>(path: string): Promise<T>;
  /** Rejects with words for a person, and with `fields` where the server named wrong ones. */
  patch<T>(path: string, body: unknown): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  /** Streams a file to the reader's disk. */
  download(path: string, name: string): Promise<void>;
}

/** Keeps a snapshot and tells its subscribers; sources extend it. */
export abstract class LiveSource {
  snapshot: Snapshot = EMPTY;
  private readonly listeners = new Set<() => void>();

  subscribe(onChange: () => void): () => void {
    this.listeners.add(onChange);
    if (this.listeners.size === 1) this.open();
    return () => {
      if (this.listeners.delete(onChange) && this.listeners.size === 0) this.close();
    };
  }

  protected abstract open(): void;
  protected abstract close(): void;

  protected update(part: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...part };
    this.listeners.forEach((tell) => tell());
  }

  protected get watched(): boolean {
    return this.listeners.size > 0;
  }
}
