import { randomUUID } from "node:crypto";
import type { Clock } from "../domain/clock.ts";
import { isoUtc } from "../domain/civil-time.ts";
import type { Decision } from "../domain/decision.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { DependencyState } from "../domain/log.ts";
import type { Reading, Sensor, SensorState } from "../domain/reading.ts";
import type { HistoryStore, SensorCorrection as StoredCorrection } from "../memory/history.ts";
import type { HotWindow } from "../memory/hot-window.ts";
import type {
  AlertDto,
  EnergySourceDto,
  GridDataDto,
  HomeDto,
  HomeHistoryDto,
  LedgerDto,
  OverrideDto,
  PlanOutcomeDto,
} from "../serving/messages.ts";
import { type Correction, corrected } from "../sensing/sensor-book.ts";
import type { SensorCorrection, SetupViews, Views } from "../serving/views.ts";
import { gridPage } from "./grid-book.ts";
import { postReadings } from "./post-readings.ts";
import type { PreferenceBook } from "./preferences.ts";

export type ViewParts = Readonly<{
  clock: Clock;
  history: HistoryStore;
  window: HotWindow;
  correct: (sensorId: string, correction: SensorCorrection) => void;
  sensors: () => readonly SensorState[];
  preferences: PreferenceBook;
  /** Takes a reading in as if it came from the broker. */
  accept: (reading: Reading, sensor: Sensor) => void;
  home: () => HomeDto;
  homeHistory: (hours: number) => Promise<HomeHistoryDto>;
  energySources: () => readonly EnergySourceDto[];
  override: (deviceId: string, override: OverrideDto, byUser: string) => Promise<Decision>;
  forecasts: () => readonly Forecast[];
  planOutcome: () => PlanOutcomeDto;
  replan: (why: string) => Promise<PlanOutcomeDto>;
  ledger: () => Promise<LedgerDto>;
  dependencies: () => readonly DependencyState[];
  alerts: () => readonly AlertDto[];
  ready: () => boolean;
  setup: SetupViews;
}>;

/** What the server asks of the house, answered from memory, sensing, planning and accounting. */
export function createViews(parts: ViewParts): Views {
  const { clock, history, window, preferences } = parts;
  const gridDto = (value: {
    kind: string;
    source: string;
    atMs: number;
    value: number;
    unit: string;
    fetchedAtMs: number;
    sample: boolean;
  }): GridDataDto => ({
    timestamp: isoUtc(value.atMs),
    kind: value.kind as GridDataDto["kind"],
    value: value.value,
    unit: value.unit,
    source: value.source,
    age_s: Math.max(0, Math.round((clock.nowMs() - value.fetchedAtMs) / 1_000)),
    sample: value.sample,
  });
  /** Live sensors, and those only the API knows: posted, or silent since the start. */
  const listed = async (): Promise<readonly SensorState[]> => {
    const live = parts.sensors();
    const known = new Set(live.map(({ sensor }) => sensor.sensorId));
    const stored = (await history.sensors()).filter(
      ({ sensor }) => sensor.source === "native" && !known.has(sensor.sensorId),
    );
    return [
      ...live,
      ...stored.map(({ sensor, correction, last }) => ({
        sensor: corrected(sensor, withoutNulls(correction)),
        value: last?.value ?? null,
        atMs: last?.atMs ?? null,
        available: last !== null,
      })),
    ];
  };

  return {
    readings: {
      readings: (filter, page) => history.readings(filter, page),
      reading: (id) => history.reading(id),
      deleteReading: (id) => history.deleteReading(id),
      exportReadings: (filter) => history.exportReadings(filter),
      series: (sensorId, fromMs, toMs, stepMs) => history.series(sensorId, fromMs, toMs, stepMs),
      windows: async () => window.windows(),
      async post(posted) {
        const stored = await history.sensors();
        const known = new Map(
          [...stored.map(({ sensor }) => sensor), ...parts.sensors().map(({ sensor }) => sensor)].map((sensor) => [
            sensor.sensorId,
            sensor,
          ]),
        );
        return postReadings(history, known, posted, parts.accept);
      },
    },
    sensors: {
      list: listed,
      async correct(sensorId, correction) {
        const changed = await history.correctSensor(sensorId, correction);
        if (!changed) return undefined;
        parts.correct(sensorId, correction);
        return (await listed()).find(({ sensor }) => sensor.sensorId === sensorId);
      },
    },
    grid: {
      async list(query, page) {
        // What is known of the hours ahead is the plan's and the forecasts' to tell, unless asked for.
        const { count, results } = await gridPage(history, { ...query, toMs: query.toMs ?? clock.nowMs() }, page);
        return { count, results: results.map(gridDto) };
      },
      latest: async () => (await history.latestGridValues(clock.nowMs())).map(gridDto),
    },
    decisions: {
      decisions: (filter, page) => history.decisions(filter, page),
      decision: (decisionId) => history.decision(decisionId),
      async record(outside) {
        const decision: Decision = {
          ...outside,
          decisionId: `outside-${randomUUID()}`,
          statusDetail: null,
          contextId: null,
        };
        await history.putDecision(decision, "outside");
        return { decision, source: "outside" };
      },
    },
    home: {
      now: async () => parts.home(),
      history: parts.homeHistory,
      preferences: async () => preferencesDto(preferences),
      async setPreferences(wanted) {
        await preferences.set({
          mode: wanted.mode,
          carbonWeight: wanted.carbon_weight,
          lightTargetLx: wanted.light_target_lx,
          lightFloorPct: wanted.light_floor_pct,
          ...(wanted.light_comfort_per_hour === undefined
            ? {}
            : { lightComfortPerHour: wanted.light_comfort_per_hour }),
          handsOffMinutes: wanted.hands_off_minutes,
          quietHours: wanted.quiet_hours,
          allowedEntities: wanted.allowed_entities,
          roles: wanted.roles,
        });
        return preferencesDto(preferences);
      },
      energySources: async () => parts.energySources(),
      async changeEnergySource(id, change) {
        const source = parts.energySources().find((one) => one.id === id);
        if (!source) return undefined;
        const before = preferences.current().energySources;
        await preferences.set({ energySources: { ...before, [id]: { ...before[id], ...change } } });
        return parts.energySources().find((one) => one.id === id);
      },
      override: async (deviceId, override, byUser) => ({
        decision: await parts.override(deviceId, override, byUser),
        source: "hypervolt",
      }),
    },
    plan: {
      forecasts: async () => parts.forecasts(),
      outcome: async () => parts.planOutcome(),
      ledger: parts.ledger,
      replan: (byUser) => parts.replan(`asked for by ${byUser}`),
    },
    status: {
      dependencies: parts.dependencies,
      alerts: async () => parts.alerts(),
      ready: parts.ready,
    },
    setup: parts.setup,
  };
}

const preferencesDto = (preferences: PreferenceBook) => {
  const now = preferences.current();
  return {
    mode: now.mode,
    carbon_weight: now.carbonWeight,
    light_target_lx: now.lightTargetLx,
    light_floor_pct: now.lightFloorPct,
    light_comfort_per_hour: now.lightComfortPerHour,
    hands_off_minutes: now.handsOffMinutes,
    quiet_hours: now.quietHours,
    allowed_entities: [...now.allowedEntities],
    roles: { ...now.roles },
  };
};

/** What was corrected; a calibration changes values as they come, not the description. */
const withoutNulls = ({ name, role, ignore }: StoredCorrection): Correction => ({
  ...(name != null && { name }),
  ...(role != null && { role }),
  ...(ignore != null && { ignore }),
});
