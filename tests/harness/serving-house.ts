import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Clock } from "../../src/domain/clock.ts";
import { HyperVoltError } from "../../src/domain/errors.ts";
import type { DependencyState, Log } from "../../src/domain/log.ts";
import { SENSOR_UNITS, type Sensor } from "../../src/domain/reading.ts";
import type { Access } from "../../src/serving/access.ts";
import { createAuditLog, type AuditLog } from "../../src/serving/audit-log.ts";
import { createMetrics, type Metrics } from "../../src/serving/metrics.ts";
import type { PlanDto, PlanOutcomeDto, PreferencesDto, SetupDto } from "../../src/serving/messages.ts";
import { createServer, type HyperVoltServer, type ServerParts } from "../../src/serving/server.ts";
import type {
  PageRequest,
  ReadingFilter,
  RecordedDecision,
  SetupAnswer,
  StoredReading,
  Views,
} from "../../src/serving/views.ts";

/** 2026-01-26T08:00:00Z */
export const NOW_MS = Date.UTC(2026, 0, 26, 8);

export const fixedClock: Clock = { nowMs: () => NOW_MS, after: () => ({ cancel: () => {} }) };

export function keptLog(): Log & { lines: { level: string; message: string; fields: unknown }[] } {
  const lines: { level: string; message: string; fields: unknown }[] = [];
  const at = (level: string) => (message: string, fields?: unknown) => void lines.push({ level, message, fields });
  return { lines, debug: at("debug"), info: at("info"), warning: at("warning"), error: at("error") };
}

/** A house that keeps everything in arrays: what the server asks, answered as the contract of `views.ts` says. */
export class ServingHouse implements Views {
  readonly known: Sensor[] = [];
  readonly stored: StoredReading[] = [];
  readonly recorded: RecordedDecision[] = [];
  dependencies: DependencyState[] = [];
  isReady = true;
  /** What `post` rejects with. */
  broken: HyperVoltError | null = null;
  preferencesNow: PreferencesDto = {
    mode: "advise",
    carbon_weight: 0.1,
    light_target_lx: 300,
    light_floor_pct: 10,
    hands_off_minutes: 120,
    quiet_hours: null,
    allowed_entities: [],
    roles: {},
  };

  outcomeNow: PlanOutcomeDto = { kind: "waiting", missing: "forecast" };

  /** From now on there is a plan: one step, with everything a plan can have. */
  planIsThere(): void {
    const at = new Date(NOW_MS).toISOString();
    const plan: PlanDto = {
      plan_id: "plan-1",
      created_at: at,
      status: "relaxed",
      start: at,
      step_minutes: 15,
      import_w: [300],
      export_w: [0],
      load_w: [300],
      pv_w: [0],
      price: [0.3],
      carbon_g_kwh: [210],
      batteries: [{ id: "battery", power_w: [0], soc: [0.5] }],
      devices: [{ id: "dishwasher", name: "Dishwasher", on: [1], power_w: [1_100] }],
      cost: 1,
      carbon_kg: 2,
      baseline: { cost: 1.5, carbon_kg: 3, import_w: [300], export_w: [0] },
      export_price: [0.08],
      currency: "EUR",
      relaxed: [{ what: "dishwasher", by: 15, unit: "min", why: "it does not fit" }],
      reasons: [
        { at, what: "dishwasher", why: "cheap", alternative: { at, extra_cost: 0.1, extra_carbon_kg: 0.2 } },
        { at, what: "battery", why: "full", alternative: null },
      ],
      front: [{ carbon_price_per_kg: 0.1, cost: 1, carbon_kg: 2 }],
    };
    this.outcomeNow = { kind: "planned", plan };
  }

  addSensor(sensorId: string, sensorType: Sensor["sensorType"], location: string): void {
    const unit = SENSOR_UNITS[sensorType];
    this.known.push({
      sensorId,
      uniqueId: null,
      source: "native",
      sensorType,
      name: sensorId,
      device: null,
      location,
      unit,
    });
  }
  addReadings(sensorId: string, values: readonly number[], everyMs = 60_000): void {
    const sensor = this.known.find((one) => one.sensorId === sensorId) ?? null;
    values.forEach((value, i) => {
      const atMs = NOW_MS - (values.length - i) * everyMs;
      this.stored.push({ id: `${sensorId}-${atMs}`, sensorId, atMs, value, sensor });
    });
  }

  readonly readings: Views["readings"] = {
    readings: async (filter, page) => paged(this.matching(filter), page),
    reading: async (id) => this.stored.find((one) => one.id === id) ?? null,
    deleteReading: async (id) => {
      const at = this.stored.findIndex((one) => one.id === id);
      if (at >= 0) this.stored.splice(at, 1);
      return at >= 0;
    },
    exportReadings: (filter) => batches(this.matching(filter)),
    series: async (sensorId, fromMs, toMs, stepMs) => {
      const starts = new Map<number, number[]>();
      for (const { atMs, value } of this.matching({ sensorId, fromMs, toMs })) {
        const startMs = fromMs + Math.floor((atMs - fromMs) / stepMs) * stepMs;
        starts.set(startMs, [...(starts.get(startMs) ?? []), value]);
      }
      return [...starts].map(([startMs, values]) => ({
        startMs,
        min: Math.min(...values),
        max: Math.max(...values),
        mean: values.reduce((sum, value) => sum + value, 0) / values.length,
        count: values.length,
      }));
    },
    windows: async () =>
      this.known.map(({ sensorId }) => ({ sensorId, readings: this.matching({ sensorId }).slice(-60) })),
    post: async (posted) => {
      if (this.broken) throw this.broken;
      for (const { sensorId, sensorType } of posted)
        if (sensorType === null && !this.known.some((one) => one.sensorId === sensorId))
          throw new HyperVoltError("NOT_FOUND", `There is no sensor ${sensorId}`);
      return posted.map(({ sensorId, sensorType, location, value, atMs }) => {
        if (!this.known.some((one) => one.sensorId === sensorId) && sensorType)
          this.addSensor(sensorId, sensorType, location ?? "");
        const sensor = this.known.find((one) => one.sensorId === sensorId) ?? null;
        const reading = { id: `${sensorId}-${atMs}`, sensorId, atMs, value, sensor };
        this.stored.push(reading);
        return reading;
      });
    },
  };
  readonly sensors: Views["sensors"] = {
    list: async () =>
      this.known.map((sensor) => {
        const last = this.matching({ sensorId: sensor.sensorId }).at(-1);
        return { sensor, value: last?.value ?? null, atMs: last?.atMs ?? null, available: last !== undefined };
      }),
    correct: async (sensorId, { name, role }) => {
      const at = this.known.findIndex((one) => one.sensorId === sensorId);
      const before = this.known[at];
      if (before === undefined) return undefined;
      const after = { ...before, ...(name !== undefined && { name }), ...(role != null && { role }) };
      this.known[at] = after;
      return { sensor: after, value: null, atMs: null, available: false };
    },
  };
  readonly grid: Views["grid"] = {
    list: async () => ({ count: 0, results: [] }),
    latest: async () => [
      {
        timestamp: new Date(NOW_MS).toISOString(),
        kind: "carbon_intensity",
        value: 210,
        unit: "g/kWh",
        source: "test",
        age_s: 0,
        sample: false,
      },
    ],
  };
  readonly decisions: Views["decisions"] = {
    decisions: async ({ device, action, status }, page) =>
      paged(
        this.recorded.filter(
          ({ decision }) =>
            (device === undefined || decision.deviceId === device) &&
            (action === undefined || decision.action.kind === action) &&
            (status === undefined || decision.status === status),
        ),
        page,
      ),
    decision: async (id) => this.recorded.find(({ decision }) => decision.decisionId === id) ?? null,
    record: async (outside) => {
      const decision = { ...outside, decisionId: `d${this.recorded.length + 1}`, statusDetail: null, contextId: null };
      const recorded = { decision, source: "outside" as const, outcome: { seen: true } };
      this.recorded.push(recorded);
      return recorded;
    },
  };
  readonly home: Views["home"] = {
    now: async () => ({
      name: "Home",
      timezone: "Europe/Berlin",
      currency: "EUR",
      language: "en",
      floors: [],
      areas: [],
      devices: [],
      has_pv: false,
      has_battery: false,
      has_ev: false,
      flows: {
        timestamp: new Date(NOW_MS).toISOString(),
        grid_w: 300,
        load_w: 300,
        pv_w: null,
        batteries: [],
        power_source: "grid",
        price_per_kwh: 0.3,
        export_price_per_kwh: 0,
        carbon_g_kwh: 210,
        currency: "EUR",
      },
      mode: "advise",
      demo: false,
      now: new Date(NOW_MS).toISOString(),
    }),
    history: async () => ({
      start: new Date(NOW_MS).toISOString(),
      step_minutes: 5,
      load_w: [],
      pv_w: [],
      grid_w: [],
      batteries: [],
      price: [],
      carbon_g_kwh: [],
    }),
    preferences: async () => this.preferencesNow,
    setPreferences: async (preferences) => (this.preferencesNow = preferences),
    energySources: async () => [
      {
        id: "grid",
        kind: "grid",
        name: "Grid",
        enabled: true,
        power_w: 300,
        soc: null,
        max_import_w: 9_200,
        max_export_w: null,
        capacity_wh: null,
      },
    ],
    changeEnergySource: async (id, change) =>
      id === "grid" ? { ...(await this.home.energySources())[0]!, ...change } : undefined,
    override: async (deviceId, { action, value = 0 }, byUser) => {
      if (deviceId === "locked") throw new HyperVoltError("CONFLICT", "It runs; it can be stopped at 10:00");
      if (deviceId !== "lamp") throw new HyperVoltError("NOT_FOUND", `There is no device ${deviceId}`);
      return this.decisions.record({
        deviceId,
        entityId: "light.lamp",
        action: action === "set_brightness" ? { kind: action, level: value } : { kind: "turn_on" },
        reason: `asked for by ${byUser}`,
        alternative: null,
        inputs: {},
        status: "sent",
        atMs: NOW_MS,
      });
    },
  };
  readonly plan: Views["plan"] = {
    forecasts: async () => [
      {
        signal: "load_w",
        unit: "W",
        issuedAtMs: NOW_MS,
        model: "median of 28 days",
        startMs: NOW_MS,
        stepMs: 900_000,
        mean: Float64Array.of(301.23, 0.123456),
        p10: Float64Array.of(1, 2),
        p50: Float64Array.of(1, 2),
        p90: Float64Array.of(1, 2),
        skill: { "seasonal-naive": { maeW: 120 } },
        trainMs: 1,
        forecastMs: 1,
      },
    ],
    outcome: async () => this.outcomeNow,
    ledger: async () => {
      const totals = {
        saved_cost: 1,
        saved_carbon_kg: 2,
        cost: 3,
        carbon_kg: 4,
        baseline_cost: 4,
        baseline_carbon_kg: 6,
        from: "2026-01-26T00:00:00Z",
        to: "2026-01-26T08:00:00Z",
      };
      return { today: totals, total: totals, currency: "EUR", advisory: true, method: "as measured", verified: true };
    },
    replan: async () => this.plan.outcome(),
  };
  readonly status: Views["status"] = {
    dependencies: () => this.dependencies,
    alerts: async () => [],
    ready: () => this.isReady,
  };

  /** What was answered on the set-up page, and by whom. */
  readonly answers: Readonly<{ said: SetupAnswer; byUser: string }>[] = [];
  readonly setup: Views["setup"] = {
    now: async () => this.setupNow(),
    answer: async (said, byUser) => {
      if (this.broken) throw this.broken;
      this.answers.push({ said, byUser });
      return this.setupNow();
    },
    undo: async () => {
      if (!this.answers.pop()) throw new HyperVoltError("CONFLICT", "There is no answer to take back");
      return this.setupNow();
    },
  };

  private setupNow(): SetupDto {
    const answered = (question: string): string | null =>
      this.answers.some(({ said }) => said.question === question) ? new Date(NOW_MS).toISOString() : null;
    return {
      currency: "EUR",
      demo: false,
      answered: {
        wiring: answered("wiring"),
        tariff: answered("tariff"),
        devices: answered("devices"),
        comfort: answered("comfort"),
        mode: answered("mode"),
      },
      complete: false,
      undo: null,
      found: { home_assistant: true, energy_dashboard: false, balance: null },
      wiring: {
        roles: [],
        sensors: [],
        power_sources: { grid: null, solar: null, battery: null, dwell_minutes: 15 },
        switches: [],
      },
      tariff: {
        kind: "found",
        origin: "default",
        found: { source: null, ahead: false, rivals: [] },
        price_entity: null,
        price_entities: [],
        network_fee_per_kwh: 0,
        energy_tax_per_kwh: 0,
        vat_pct: 0,
        import_price: 0.3,
        export_price: 0,
        windows: [],
        import_now: null,
        export_now: null,
      },
      devices: [],
      comfort: {
        light_target_lx: 300,
        light_floor_pct: 10,
        quiet_hours: null,
        hands_off_minutes: 120,
        max_import_w: null,
      },
      mode: "advise",
    };
  }

  private matching({
    sensorType,
    sensorId,
    location,
    fromMs = -Infinity,
    toMs = Infinity,
  }: ReadingFilter): StoredReading[] {
    return this.stored
      .filter(
        (one) =>
          (sensorId === undefined || one.sensorId === sensorId) &&
          (sensorType === undefined || one.sensor?.sensorType === sensorType) &&
          (location === undefined || one.sensor?.location === location) &&
          one.atMs >= fromMs &&
          one.atMs < toMs,
      )
      .toSorted((a, b) => a.atMs - b.atMs);
  }
}

function paged<T>(
  oldestFirst: readonly T[],
  { offset, limit, order }: PageRequest,
): { count: number; results: readonly T[] } {
  const ordered = order === "oldest" ? oldestFirst : oldestFirst.toReversed();
  return { count: ordered.length, results: ordered.slice(offset, offset + limit) };
}

async function* batches(readings: readonly StoredReading[]): AsyncGenerator<readonly StoredReading[]> {
  for (let at = 0; at < readings.length; at += 500) yield readings.slice(at, at + 500);
}

export type Served = Readonly<{
  house: ServingHouse;
  server: HyperVoltServer;
  audit: AuditLog;
  metrics: Metrics;
  log: ReturnType<typeof keptLog>;
  url: string;
  /** `fetch` below the server's address, with the token where there is one; `json` is sent as the body. */
  ask: (at: string, init?: RequestInit & { json?: unknown }) => Promise<Response>;
  stop: () => Promise<void>;
}>;

/** What takes longer than this hangs, on however slow a machine. */
export const HANGS_MS = 60_000;
export const TOKEN = "a-token-that-only-the-test-knows";

/** A real server on a free port over a house in memory. */
export async function serve(
  access: Access = { kind: "token", token: TOKEN },
  more: Partial<ServerParts> = {},
): Promise<Served> {
  const folder = await mkdtemp(path.join(tmpdir(), "hypervolt-serving-"));
  const house = new ServingHouse();
  const log = keptLog();
  const metrics = createMetrics();
  const audit = createAuditLog({ folder, clock: fixedClock, log });
  const server = await createServer({
    port: 0,
    host: "127.0.0.1",
    views: house,
    access,
    clock: fixedClock,
    log,
    metrics,
    audit,
    version: "1.2.3",
    cardFolder: null,
    rateLimit: { perMinute: 1e9, burst: 1e9 },
    ...more,
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    house,
    server,
    audit,
    metrics,
    log,
    url,
    ask: (at, { json, ...init } = {}) => {
      const headers = new Headers(init.headers);
      if (access.kind === "token" && !headers.has("authorization") && !headers.has("cookie"))
        headers.set("authorization", `Bearer ${access.token}`);
      if (json !== undefined) headers.set("content-type", "application/json");
      return fetch(`${url}${at}`, {
        redirect: "manual",
        ...init,
        headers,
        ...(json !== undefined && { body: JSON.stringify(json) }),
      });
    },
    stop: async () => {
      await server.close();
      metrics.close();
      await audit.close();
      await rm(folder, { recursive: true });
    },
  };
}
