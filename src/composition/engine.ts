import type { Ledger } from "../accounting/ledger.ts";
import type { Context } from "../context/context.ts";
import { isoUtc } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import type { Decision } from "../domain/decision.ts";
import type { DependencyState } from "../domain/log.ts";
import { MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import { announceHyperVolt } from "../home-assistant/entities-out.ts";
import type { Options } from "../options/options.ts";
import type { AlertDto, EnergySourceDto, HomeDto } from "../serving/messages.ts";
import { decisionDto, ledgerDto } from "../serving/present.ts";
import type { Views } from "../serving/views.ts";
import type { PowerSource } from "../acting/power-source.ts";
import type { HomeSurroundings } from "./connect-surroundings.ts";
import { listDevices } from "./device-book.ts";
import { createTick } from "./engine-tick.ts";
import { homeBatteries } from "./home-batteries.ts";
import { homeHistoryDto } from "./home-history-view.ts";
import { createHomeModel, type HomeFlows } from "./home-model.ts";
import { homeDto } from "./home-view.ts";
import { createLedgerFeed } from "./ledger-feed.ts";
import type { HomeMemory } from "./open-memory.ts";
import { override } from "./override.ts";
import { columnsOf, planOutcomeDto } from "./plan-view.ts";
import type { PlanInForce } from "./planning-cycle.ts";
import { occurrencesOf } from "./run-book.ts";
import type { HomeHands } from "./start-acting.ts";
import type { StartInput } from "./start-input.ts";
import type { HomePlanning } from "./start-planning.ts";
import type { HomeSensors } from "./start-sensing.ts";
import type { HomeServer } from "./start-serving.ts";
import { createViews } from "./views.ts";

const HOME_EVERY_MS = 2 * MS_PER_SECOND;
const DEVICES_HOLD_MS = 2 * MS_PER_SECOND;
const OVERRIDE_MOST_DECISIONS = 200;

/** The running engine. */
export type Engine = AsyncDisposable &
  Readonly<{
    port: number;
    /** Every dependency as it is. */
    dependencies: () => readonly DependencyState[];
    figures: () => EngineFigures;
    /** Brings the history's files to rest, so that they can be copied. */
    prepareBackup: () => Promise<void>;
    /** Plans now. */
    replan: (why: string) => Promise<void>;
  }>;
export type EngineFigures = Readonly<{
  received: number;
  stored: number;
  refused: number;
  sensors: number;
  plans: number;
  decisions: number;
  actions: Readonly<{ sent: number; confirmed: number; failed: number }>;
}>;

type Connected = Readonly<{ context: Context; planning: HomePlanning; hands: HomeHands; ledger: Ledger }>;

/** Connects the rooms: what one of them tells goes to those who need it. */
export function createEngine(
  options: Options,
  input: StartInput,
  memory: HomeMemory,
  around: HomeSurroundings,
  sensors: HomeSensors,
) {
  const { clock, log } = input;
  const { homeAssistant, broker, zone, site } = around;
  const { preferences } = memory;
  const counts = { plans: 0, decisions: 0 };
  const latest = new Map<string, Decision>();
  const tells: ((what: Told) => void)[] = [];
  const tell = (what: Told): void => tells.forEach((run) => run(what));
  let flows: HomeFlows = { gridW: null, loadW: null, pvW: null, batteryW: null, soc: null, gridAtMs: null };
  let source: PowerSource | null = null;
  let replan: (why: string) => void = () => undefined;

  const model = createHomeModel({
    sensors: sensors.sensors,
    signOf: sensors.signOf,
    store: memory.history,
    zone,
    site: {
      id: "home",
      timezone: zone.name,
      stepMinutes: 15,
      currency: site().currency,
      ...(site().latitude !== null && { latitude: site().latitude ?? 0, longitude: site().longitude ?? 0 }),
      ...(options.pv_kwp > 0 && { pvKwp: options.pv_kwp }),
    },
  });
  let listed: { atMs: number; devices: readonly ControllableDevice[] } = {
    atMs: Number.NEGATIVE_INFINITY,
    devices: [],
  };
  const devices = (): readonly ControllableDevice[] => {
    const nowMs = clock.nowMs();
    if (Math.abs(nowMs - listed.atMs) > DEVICES_HOLD_MS)
      listed = {
        atMs: nowMs,
        devices: listDevices({
          options: {
            ...options,
            allowed_entities: [...new Set([...options.allowed_entities, ...preferences.current().allowedEntities])],
          },
          piDevices: () => sensors.sensing.devices().filter((device) => device.source === "native"),
          registry: () => homeAssistant.registries().entities,
          entity: (entityId) => homeAssistant.entity(entityId),
          entities: () => homeAssistant.entities(),
          areas: () => homeAssistant.registries().areas,
        }),
      };
    return listed.devices;
  };
  const batteries = homeBatteries(options, sensors.sensors, (nowMs) => model.flows(nowMs), devices);

  return {
    devices,
    home: (context: Context) => ({ model, context, devices, batteries: batteries.planned }),
    onPrices: () => replan("prices changed"),
    onPlan: (inForce: PlanInForce) => {
      counts.plans++;
      tell({ kind: "plan", inForce });
    },
    decision: (decision: Decision) => {
      if (!latest.has(decision.decisionId)) counts.decisions++;
      latest.set(decision.decisionId, decision);
      if (latest.size > OVERRIDE_MOST_DECISIONS) latest.delete([...latest.keys()][0] ?? "");
      memory.history
        .putDecision(decision)
        .catch((error: unknown) => log.debug("A decision was not stored", { error: String(error) }));
      tell({ kind: "decision", decision });
    },
    hold: () => replan("a person took a device"),

    connect({ context, planning, hands, ledger }: Connected) {
      const { acting, allowed } = hands;
      const cycle = planning.planning;
      replan = (why) => void cycle.replan(why);
      preferences.onChange((now, before) => {
        if (now.carbonWeight !== before.carbonWeight) replan("the weight of carbon changed");
        tell({ kind: "preferences" });
      });
      const priced = (signal: "import_price" | "export_price" | "carbon_g_kwh", otherwise: number): number =>
        context.now(signal)?.value ?? otherwise;
      const problems = (): AlertDto[] => alertsOf(around.dependencies(), acting.problems(), clock.nowMs());
      const homeNow = (): HomeDto => {
        const nowMs = clock.nowMs();
        const outcome = cycle.outcome();
        const { name, timezone, currency, language } = site();
        return homeDto({
          nowMs,
          name,
          timezone,
          currency,
          language,
          mode: preferences.current().mode,
          demo: input.demo !== undefined,
          flows,
          source,
          pricePerKwh: context.now("import_price")?.value ?? null,
          exportPricePerKwh: context.now("export_price")?.value ?? null,
          carbonGPerKwh: context.now("carbon_g_kwh")?.value ?? null,
          batteries: batteries.now(nowMs),
          floors: homeAssistant.registries().floors,
          areas: homeAssistant.registries().areas,
          sensors: sensors.sensors(),
          devices: devices(),
          entity: (entityId) => homeAssistant.entity(entityId),
          allowed: allowed(),
          holds: acting.holds(),
          runs: outcome.kind === "waiting" ? [] : outcome.inForce.runs,
          hasPv: model.sensorOf("pv") !== undefined || options.pv_kwp > 0,
        });
      };
      const ledgerNow = async () =>
        ledgerDto(await ledger.report(preferences.current().mode !== "auto"), clock.nowMs());
      const feed = createLedgerFeed({
        ledger,
        zone,
        mode: () => preferences.current().mode,
        prices: () => ({
          pricePerKwh: priced("import_price", options.import_price),
          exportPricePerKwh: priced("export_price", options.export_price),
          carbonGPerKwh: priced("carbon_g_kwh", options.carbon_intensity),
        }),
        devices,
        entity: (entityId) => homeAssistant.entity(entityId),
        allowed,
        battery: () => batteries.planned(clock.nowMs())[0] ?? null,
        commands: () => {
          const outcome = cycle.outcome();
          return outcome.kind === "planned" ? outcome.inForce.commands : {};
        },
        batteryControlled: options.batteries.some(
          ({ charge_switch, hold_switch }) => charge_switch !== "" || hold_switch !== "",
        ),
        onSettled: () => tell({ kind: "ledger" }),
        onFailed: (error) => log.error("An interval was not settled", { error: String(error) }),
      });
      const tick = createTick({
        clock,
        zone,
        currency: () => site().currency,
        model,
        planning: cycle,
        acting,
        runs: planning.runs,
        devices,
        areas: () => homeAssistant.registries().areas,
        sensors: sensors.sensors,
        entity: (entityId) => homeAssistant.entity(entityId),
        batteries: batteries.steered,
        remember: sensors.remember,
        onFlows: (now, nowSource) => {
          flows = now;
          source = nowSource;
          tell({ kind: "flows" });
        },
      });
      const skip = (device: ControllableDevice): void => {
        const occurrence = occurrencesOf(device, zone, clock.nowMs(), clock.nowMs() + 24 * 60 * MS_PER_MINUTE)[0];
        if (occurrence) planning.runs.skip(device, occurrence);
        replan("a run was skipped");
      };
      const views: Views = createViews({
        clock,
        history: memory.history,
        window: memory.window,
        correct: sensors.correct,
        sensors: sensors.sensors,
        preferences,
        accept: (reading) => memory.window.push([reading]),
        home: homeNow,
        homeHistory: (hours) =>
          homeHistoryDto(hours, clock.nowMs(), {
            model,
            store: memory.history,
            book: memory.history,
            ledger,
            batteries: batteries.now(clock.nowMs()),
          }),
        energySources: () =>
          energySources(options, flows, batteries.now(clock.nowMs()), model.sensorOf("pv") !== undefined),
        override: (deviceId, wanted, byUser) =>
          override(
            {
              acting,
              devices: devices(),
              allowed: allowed(),
              latest: (id) => [...latest.values()].findLast((decision) => decision.deviceId === id),
              skip,
              nowMs: clock.nowMs(),
            },
            deviceId,
            wanted,
            byUser,
          ),
        forecasts: () => {
          const outcome = cycle.outcome();
          return outcome.kind === "waiting" ? [] : outcome.inForce.forecasts;
        },
        planOutcome: () => planOutcomeDto(cycle.outcome(), site().currency),
        replan: async (why) => planOutcomeDto(await cycle.replan(why), site().currency),
        ledger: ledgerNow,
        dependencies: () => [...around.dependencies(), ...context.states()],
        alerts: problems,
        ready: () => memory.history.state().state !== "down",
      });

      const out = announceHyperVolt({
        broker,
        clock,
        log,
        discoveryPrefix: options.discovery_prefix,
        facts: { version: input.version, currency: site().currency, language: site().language },
        onCommand: (command) => {
          if (command.kind === "replan") return replan("asked for in Home Assistant");
          const change =
            command.kind === "mode"
              ? { mode: command.mode }
              : {
                  [{ carbon_weight: "carbonWeight", light_target: "lightTargetLx", light_floor: "lightFloorPct" }[
                    command.kind
                  ]]: command.value,
                };
          preferences
            .set(change)
            .catch((error: unknown) => log.error("A preference was not stored", { error: String(error) }));
        },
      });

      return {
        views,
        tick: async () => {
          await tick();
          await feed.note(flows, clock.nowMs());
        },
        /** Tells WebSocket clients and Home Assistant what happens. */
        tell({ server, metrics }: HomeServer): Disposable {
          const planSeconds = metrics.histogram(
            "hypervolt_plan_seconds",
            "Time from the start of forecasting to the plan in force",
          );
          const decided = metrics.counter("hypervolt_decisions_total", "Decisions by status");
          let homeToldMs = Number.NEGATIVE_INFINITY;
          const showLedger = async (): Promise<void> => {
            const dto = await ledgerNow();
            server.publish({ type: "ledger", data: dto });
            const sinceMs = zone.startOfDayMs(clock.nowMs());
            out.show({
              savedToday: { carbonKg: dto.today.saved_carbon_kg, money: dto.today.saved_cost, sinceMs },
              savedTotal: { carbonKg: dto.total.saved_carbon_kg, money: dto.total.saved_cost },
            });
          };
          const showPreferences = (): void => {
            const { mode, carbonWeight, lightTargetLx, lightFloorPct } = preferences.current();
            out.show({ mode, carbonWeight, lightTargetLx, lightFloorPct });
          };
          const run = (told: Told): void => {
            switch (told.kind) {
              case "plan": {
                const { inForce } = told;
                planSeconds.observe(inForce.tookMs / MS_PER_SECOND);
                server.publish({ type: "plan", data: planOutcomeDto(cycle.outcome(), site().currency) });
                const next = inForce.runs.map(({ startMs }) => startMs).filter((startMs) => startMs > clock.nowMs());
                out.show({
                  plan: columnsOf(inForce),
                  nextActionMs: next.length === 0 ? null : Math.min(...next),
                  loadForecastW: Math.round(inForce.problem.series.loadW[0] ?? 0),
                });
                break;
              }
              case "decision":
                decided.add(1, { status: told.decision.status });
                server.publish({
                  type: "decision",
                  data: decisionDto({ decision: told.decision, source: "hypervolt" }),
                });
                out.decide(told.decision);
                break;
              case "ledger":
                void showLedger().catch((error: unknown) =>
                  log.warning("The ledger could not be read", { error: String(error) }),
                );
                break;
              case "preferences":
                showPreferences();
                break;
              case "flows": {
                const nowMs = clock.nowMs();
                if (server.wanted("home") && nowMs - homeToldMs >= HOME_EVERY_MS) {
                  homeToldMs = nowMs;
                  server.publish({ type: "home", data: homeNow() });
                }
                const intensity = context.now("carbon_g_kwh")?.value;
                out.show({
                  powerSource: source,
                  gridIntensityGPerKwh: intensity === undefined ? null : Math.round(intensity),
                  problems: problems().map(({ title, detail }) => `${title}: ${detail}`),
                });
                break;
              }
            }
          };
          tells.push(run);
          sensors.onSensor(({ sensor, value, atMs }) =>
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
          run({ kind: "ledger" });
          return {
            [Symbol.dispose]() {
              tells.splice(tells.indexOf(run), 1);
              out.close();
            },
          };
        },
        running: (serving: HomeServer, opened: AsyncDisposableStack): Engine => ({
          port: serving.server.port,
          dependencies: () => [...around.dependencies(), ...context.states()],
          figures: () => ({
            received: sensors.counts().received,
            stored: memory.history.figures().committedReadings,
            refused: sensors.sensing.refused().reduce((sum, { count }) => sum + count, 0),
            sensors: sensors.sensors().length,
            plans: counts.plans,
            decisions: counts.decisions,
            actions: acting.counts(),
          }),
          prepareBackup: () => memory.history.prepareBackup(),
          replan: async (why) => void (await cycle.replan(why)),
          [Symbol.asyncDispose]: () => opened.disposeAsync(),
        }),
      };
    },
  };
}

type Told =
  | Readonly<{ kind: "plan"; inForce: PlanInForce }>
  | Readonly<{ kind: "decision"; decision: Decision }>
  | Readonly<{ kind: "ledger" | "preferences" | "flows" }>;

function alertsOf(dependencies: readonly DependencyState[], problems: readonly string[], nowMs: number): AlertDto[] {
  return [
    ...dependencies
      .filter(({ state }) => state === "down" || state === "degraded")
      .map(({ name, state, sinceMs, detail, todo }) => ({
        id: `dependency-${name}`,
        since: isoUtc(sinceMs),
        severity: state === "down" ? ("problem" as const) : ("warning" as const),
        title: state === "down" ? `${name} cannot be reached` : `${name} works only in part`,
        detail: detail ?? "",
        todo,
      })),
    ...problems.map((detail, i) => ({
      id: `acting-${i}`,
      since: isoUtc(nowMs),
      severity: "warning" as const,
      title: "A device needs attention",
      detail,
      todo: null,
    })),
  ];
}

function energySources(
  options: Options,
  flows: HomeFlows,
  batteries: readonly Readonly<{ id: string; name: string; powerW: number | null; soc: number | null }>[],
  hasPv: boolean,
): EnergySourceDto[] {
  const base = { enabled: true, soc: null, max_import_w: null, max_export_w: null, capacity_wh: null };
  return [
    {
      ...base,
      id: "grid",
      kind: "grid",
      name: "Grid",
      power_w: flows.gridW,
      max_import_w: options.grid_max_import_w > 0 ? options.grid_max_import_w : null,
      max_export_w: options.grid_max_export_w >= 0 ? options.grid_max_export_w : null,
    },
    ...(hasPv ? [{ ...base, id: "solar", kind: "solar" as const, name: "Solar", power_w: flows.pvW }] : []),
    ...batteries.map(({ id, name, powerW, soc }) => ({
      ...base,
      id,
      kind: "battery" as const,
      name,
      power_w: powerW,
      soc,
      capacity_wh: options.batteries.find((battery) => battery.id === id)?.capacity_wh ?? null,
    })),
  ];
}
