import { isoUtc } from "../domain/civil-time.ts";
import type { Clock } from "../domain/clock.ts";
import type { Zone } from "../domain/civil-time.ts";
import { type Forecast, usualErrorOf } from "../domain/forecast.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_SECOND } from "../domain/units.ts";
import type { EntitiesOut, OutState } from "../home-assistant/entities-out.ts";
import type { HomeAssistant } from "../home-assistant/home-assistant.ts";
import type { SelfInfo } from "../supervisor/supervisor.ts";
import type { PowerSource } from "../acting/power-source.ts";
import type { AlertDto, HomeDto, LedgerDto, PlanOutcomeDto } from "../serving/messages.ts";
import { decisionDto } from "../serving/present.ts";
import { describeDevice } from "./describe-device.ts";
import type { SiteFacts } from "./connect-surroundings.ts";
import type { HomeEvent, HomeEvents } from "./events.ts";
import { columnsOf } from "./plan-view.ts";
import type { PreferenceBook } from "./preferences.ts";
import type { HomeSensors } from "./start-sensing.ts";
import type { HomeServer } from "./start-serving.ts";

const HOME_EVERY_MS = 2 * MS_PER_SECOND;

/** What made the load's forecast, for people. */
function skillOf(forecasts: readonly Forecast[]): Pick<OutState, "loadForecastSkill"> {
  const load = forecasts.find(({ signal }) => signal === "load_w");
  if (load === undefined) return {};
  const { model, issuedAtMs, skill } = load;
  const likeYesterdayErrorW = skill["seasonal-naive"]?.maeW ?? null;
  return { loadForecastSkill: { model, issuedAtMs, errorW: usualErrorOf(load), likeYesterdayErrorW } };
}

/** Tells WebSocket clients and Home Assistant's entities what happens in the house. */
export function tellOutside(
  parts: Readonly<{
    events: HomeEvents;
    clock: Clock;
    log: Log;
    zone: Zone;
    homeAssistant: HomeAssistant;
    self: (() => Promise<SelfInfo>) | null;
    site: () => SiteFacts;
    out: EntitiesOut;
    serving: HomeServer;
    sensors: HomeSensors;
    preferences: PreferenceBook;
    home: () => HomeDto;
    ledger: () => Promise<LedgerDto>;
    planOutcome: () => PlanOutcomeDto;
    alerts: () => readonly AlertDto[];
    source: () => PowerSource | null;
    intensityGPerKwh: () => number | null;
  }>,
): Disposable {
  const { clock, log, zone, out, preferences } = parts;
  const { server, metrics } = parts.serving;
  const planSeconds = metrics.histogram("hypervolt_plan_seconds", "From the start of forecasting to the plan in force");
  const decided = metrics.counter("hypervolt_decisions_total", "Decisions by status");
  let homeToldMs = Number.NEGATIVE_INFINITY;

  const showLedger = async (): Promise<void> => {
    const dto = await parts.ledger();
    server.publish({ type: "ledger", data: dto });
    out.show({
      savedToday: {
        carbonKg: dto.today.saved_carbon_kg,
        money: dto.today.saved_cost,
        sinceMs: zone.startOfDayMs(clock.nowMs()),
      },
      savedTotal: { carbonKg: dto.total.saved_carbon_kg, money: dto.total.saved_cost },
    });
  };
  const ledgerSoon = (): void =>
    void showLedger().catch((error: unknown) => log.warning("The ledger could not be read", { error: String(error) }));
  const showPreferences = (): void => {
    const { mode, carbonWeight, lightTargetLx, lightFloorPct, lightComfortPerHour } = preferences.current();
    out.show({ mode, carbonWeight, lightTargetLx, lightFloorPct, lightComfortPerHour });
  };
  const showHome = (): void => {
    const nowMs = clock.nowMs();
    const home = parts.home();
    if (server.wanted("home") && nowMs - homeToldMs >= HOME_EVERY_MS) {
      homeToldMs = nowMs;
      server.publish({ type: "home", data: home });
    }
    out.show({
      regime: home.regime ?? null,
      powerSource: parts.source(),
      gridIntensityGPerKwh: parts.intensityGPerKwh(),
      problems: parts
        .alerts()
        .filter(({ severity }) => severity !== "info")
        .map(({ title, detail, kind, values }) => ({
          text: `${title}: ${detail}`,
          ...(kind !== undefined && values !== undefined && { matter: { kind, values } }),
        })),
    });
  };
  const hear = (event: HomeEvent): void => {
    switch (event.kind) {
      case "plan": {
        const { inForce } = event;
        planSeconds.observe(inForce.tookMs / MS_PER_SECOND);
        server.publish({ type: "plan", data: parts.planOutcome() });
        const next = inForce.runs.map(({ startMs }) => startMs).filter((startMs) => startMs > clock.nowMs());
        out.show({
          plan: columnsOf(inForce),
          nextActionMs: next.length === 0 ? null : Math.min(...next),
          loadForecastW: Math.round(inForce.problem.series.loadW[0] ?? 0),
          ...skillOf(inForce.forecasts),
        });
        return;
      }
      case "decision":
        decided.add(1, { status: event.decision.status });
        server.publish({ type: "decision", data: decisionDto({ decision: event.decision, source: "hypervolt" }) });
        return out.decide(event.decision);
      case "alerts":
        return server.publish({ type: "alert", data: event.alerts });
      case "ledger":
        return ledgerSoon();
      case "preferences":
        return showPreferences();
      case "flows":
        return showHome();
      case "prices":
        return undefined;
    }
  };
  const describing = describeDevice(parts);
  const hearing = parts.events.hear(hear);
  parts.sensors.onSensor(({ sensor, value, atMs }) =>
    server.publish({
      type: "sensor_update",
      data: {
        sensor_type: sensor.sensorType,
        sensor_id: sensor.sensorId,
        value,
        unit: sensor.unit,
        location: sensor.location,
        timestamp: isoUtc(atMs ?? clock.nowMs()),
      },
    }),
  );
  showPreferences();
  ledgerSoon();
  return {
    [Symbol.dispose]() {
      hearing.stop();
      describing[Symbol.dispose]();
      out.close();
    },
  };
}
