import type { PowerSource } from "../acting/power-source.ts";
import type { Ledger } from "../accounting/ledger.ts";
import type { Context } from "../context/context.ts";
import { isoUtc } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import type { Decision } from "../domain/decision.ts";
import type { DependencyState } from "../domain/log.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { Notice } from "../home-assistant/notices.ts";
import { announceHyperVolt, type OutCommand } from "../home-assistant/entities-out.ts";
import type { Options } from "../options/options.ts";
import { measureEngine } from "../serving/engine-metrics.ts";
import type { AlertDto, HomeDto } from "../serving/messages.ts";
import { ledgerDto } from "../serving/present.ts";
import type { HomeSurroundings } from "./connect-surroundings.ts";
import { energySources } from "./energy-sources.ts";
import { createTick } from "./engine-tick.ts";
import type { HomeEvents } from "./events.ts";
import type { HomeFacts } from "./home-facts.ts";
import { homeHistoryDto } from "./home-history-view.ts";
import type { HomeFlows } from "./home-model.ts";
import { homeDto } from "./home-view.ts";
import { createLedgerFeed } from "./ledger-feed.ts";
import { mustDo } from "./must-do.ts";
import type { HomeMemory } from "./open-memory.ts";
import { override } from "./override.ts";
import { planOutcomeDto } from "./plan-view.ts";
import { dwellEndsMs, wantedSources } from "./power-sources.ts";
import { occurrencesOf } from "./run-book.ts";
import { saidNotice } from "./said-notice.ts";
import type { HomeHands } from "./start-acting.ts";
import type { StartInput } from "./start-input.ts";
import type { HomePlanning } from "./start-planning.ts";
import type { HomeSensors } from "./start-sensing.ts";
import type { HomeServer } from "./start-serving.ts";
import type { HomeSetup } from "./start-setup.ts";
import { openIssues, startSetupPage } from "./start-setup-page.ts";
import { tellOutside } from "./tell-outside.ts";
import { startWatching } from "./start-watching.ts";
import { unusedSwitches } from "./unused-switches.ts";
import { createViews } from "./views.ts";

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

export type EngineParts = Readonly<{
  /** As in the options file. */
  given: Options;
  /** As the set-up page's answers change them. */
  options: Options;
  setup: HomeSetup;
  input: StartInput;
  memory: HomeMemory;
  around: HomeSurroundings;
  sensors: HomeSensors;
  home: HomeFacts;
  events: HomeEvents;
  context: Context;
  planning: HomePlanning;
  hands: HomeHands;
  ledger: Ledger;
}>;

const KEPT_DECISIONS = 200;
const NOTHING_KNOWN: HomeFlows = { gridW: null, loadW: null, pvW: null, batteryW: null, soc: null, gridAtMs: null };

/** Connects the rooms: what one of them tells goes to those who need it. */
export function connectRooms(parts: EngineParts) {
  const { options, setup, input, memory, around, sensors, home, events, context, planning, hands, ledger } = parts;
  const { clock, log } = input;
  const { homeAssistant, supervisor, zone, site } = around;
  const { preferences, history } = memory;
  const { acting, allowed } = hands;
  const { model, devices, batteries } = home;
  const cycle = planning.planning;
  const entity = (entityId: string) => homeAssistant.entity(entityId);
  const counts = { plans: 0, decisions: 0 };
  const startedMs = clock.nowMs();
  const latest = new Map<string, Decision>();
  let flows = NOTHING_KNOWN;
  let source: PowerSource | null = null;
  const replan = (why: string): void => void cycle.replan(why);

  events.hear((event) => {
    if (event.kind === "plan") counts.plans++;
    if (event.kind === "prices") replan("prices changed");
    if (event.kind !== "decision") return;
    const { decision } = event;
    if (!latest.has(decision.decisionId)) counts.decisions++;
    latest.set(decision.decisionId, decision);
    if (latest.size > KEPT_DECISIONS) latest.delete([...latest.keys()][0] ?? "");
    history
      .putDecision(decision)
      .catch((error: unknown) => log.debug("A decision was not stored", { error: String(error) }));
  });
  preferences.onChange((now, before) => {
    if (now.carbonWeight !== before.carbonWeight) replan("the weight of carbon changed");
    if (now.lightComfortPerHour !== before.lightComfortPerHour) replan("the worth of light changed");
    if (now.energySources !== before.energySources) replan("an energy source changed");
    events.tell({ kind: "preferences" });
  });

  const dependencies = (): readonly DependencyState[] => [...around.dependencies(), ...context.states()];
  const unused = () => unusedSwitches(options, allowed(), preferences.current().energySources);
  const watch = startWatching({
    clock,
    zone,
    sensors: sensors.sensors,
    onSensor: sensors.onSensor,
    signOf: sensors.signOf,
    store: history,
    planOutcome: () => cycle.outcome(),
    decisions: () => [...latest.values()],
    refused: () => sensors.sensing.refused(),
    dependencies,
    batteriesOfUnknownCharge: () => batteries.ofUnknownCharge(clock.nowMs()),
    unusedSwitches: () => unused().map((one) => ({ ...one, acts: preferences.current().mode === "auto" })),
    unusualLoad: () => planning.regimes.now()?.regime === "guests",
    onAlerts: () => events.tell({ kind: "alerts", alerts: alerts() }),
  });
  /** What was found, and what acting and the first look say. */
  const alerts = (): AlertDto[] => {
    const said = [
      ...acting
        .problems()
        .map((detail) => saidNotice("device-attention", "A device needs attention", detail, "warning")),
      ...(input.demo ? [] : openIssues(sensors.look.proposal(), setup.book.answers())).map((detail) =>
        saidNotice("home-issue", "Your home", detail, "info"),
      ),
      ...planning.said(),
    ];
    const since = isoUtc(startedMs);
    return [...watch.alerts(), ...said.map((one) => ({ ...one, id: `said:${one.detail}`, since, todo: null }))];
  };

  const now = (signal: "import_price" | "export_price" | "carbon_g_kwh"): number | null =>
    context.now(signal)?.value ?? null;
  const homeNow = (): HomeDto => {
    const nowMs = clock.nowMs();
    const outcome = cycle.outcome();
    return homeDto({
      nowMs,
      ...site(),
      mode: preferences.current().mode,
      demo: input.demo !== undefined,
      flows,
      source,
      pricePerKwh: now("import_price"),
      exportPricePerKwh: now("export_price"),
      carbonGPerKwh: now("carbon_g_kwh"),
      batteries: batteries.now(nowMs),
      floors: homeAssistant.registries().floors,
      areas: homeAssistant.registries().areas,
      sensors: sensors.sensors(),
      devices: devices(),
      entity,
      meteredW: setup.meters.powerW,
      allowed: allowed(),
      holds: acting.holds(),
      runs: outcome.kind === "waiting" ? [] : outcome.inForce.runs,
      hasPv: home.hasPv(),
      regime: planning.regimes.now(),
    });
  };
  const named = ({ deviceId, reason }: Readonly<{ deviceId: string; reason: string }>) =>
    devices()
      .filter((device) => device.deviceId === deviceId)
      .map(({ name }) => ({ deviceId, name, reason }));
  const ledgerNow = async () => ledgerDto(await ledger.report(preferences.current().mode !== "auto"), clock.nowMs());
  const feed = createLedgerFeed({
    ledger,
    zone,
    mode: () => preferences.current().mode,
    prices: () => ({
      pricePerKwh: now("import_price") ?? options.import_price,
      exportPricePerKwh: now("export_price") ?? options.export_price,
      carbonGPerKwh: now("carbon_g_kwh") ?? options.carbon_intensity,
    }),
    devices,
    entity,
    meteredW: setup.meters.powerW,
    allowed,
    held: () => new Set(acting.holds().keys()),
    batteries: (nowMs) => batteries.metered(nowMs, allowed()),
    commands: () => {
      const outcome = cycle.outcome();
      return outcome.kind === "planned" ? outcome.inForce.commands : {};
    },
    onSettled: () => events.tell({ kind: "ledger" }),
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
    planned: home.planned,
    lightTargetLx: () => preferences.current().lightTargetLx,
    nobodyAbout: () => planning.regimes.nobodyAbout(),
    areas: () => homeAssistant.registries().areas,
    sensors: sensors.sensors,
    entity,
    meteredW: setup.meters.powerW,
    batteries: batteries.steered,
    sources: (inForce, nowMs) => wantedSources(options, devices(), entity, inForce, nowMs),
    remember: sensors.remember,
    onFlows: (measured, measuredSource) => {
      flows = measured;
      source = measuredSource;
      events.tell({ kind: "flows" });
    },
  });
  const skip = (device: ControllableDevice): void => {
    const nowMs = clock.nowMs();
    const occurrence = occurrencesOf(device, zone, nowMs, nowMs + 24 * 60 * MS_PER_MINUTE)[0];
    if (occurrence) planning.runs.skip(device, occurrence);
    replan("a run was skipped");
  };
  const planOutcome = () => planOutcomeDto(cycle.outcome(), site().currency);
  const views = createViews({
    clock,
    history,
    window: memory.window,
    correct: sensors.correct,
    sensors: sensors.sensors,
    preferences,
    accept: sensors.accept,
    home: homeNow,
    homeHistory: (hours) =>
      homeHistoryDto(hours, clock.nowMs(), {
        model,
        store: history,
        book: history,
        ledger,
        signOf: sensors.signOf,
        batteries: batteries.meters(clock.nowMs(), (role) => model.sensorOf(role)?.sensor),
      }),
    energySources: () =>
      energySources(options, flows, batteries.now(clock.nowMs()), home.hasPv(), preferences.current().energySources),
    override: (deviceId, wanted, byUser) => {
      const latestOf = (id: string) => [...latest.values()].findLast((decision) => decision.deviceId === id);
      return override(
        { acting, devices: devices(), allowed: allowed(), latest: latestOf, skip, nowMs: clock.nowMs() },
        deviceId,
        wanted,
        byUser,
      );
    },
    forecasts: () => {
      const outcome = cycle.outcome();
      return outcome.kind === "waiting" ? [] : outcome.inForce.forecasts;
    },
    planOutcome,
    replan: async (why) => planOutcomeDto(await cycle.replan(why), site().currency),
    ledger: ledgerNow,
    dependencies,
    alerts,
    ready: () => history.state().state !== "down",
    setup: startSetupPage({ ...parts, replan }),
  });
  const out = announceHyperVolt({
    broker: around.broker,
    clock,
    log,
    discoveryPrefix: options.discovery_prefix,
    facts: { version: input.version, currency: site().currency, language: site().language },
    onCommand: (command) => {
      if (command.kind === "replan") return replan("asked for in Home Assistant");
      preferences
        .set(changeOf(command))
        .catch((error: unknown) => log.error("A preference was not stored", { error: String(error) }));
    },
  });

  return {
    views,
    watch,
    tick: async () => {
      await tick();
      await feed.note(flows, clock.nowMs());
    },
    /** When what is locked now may be switched again. */
    lockEndsMs: (): readonly number[] =>
      [...acting.lockEndsMs(), dwellEndsMs(options, entity)].filter((atMs) => atMs !== null),
    /** What only a person can put right, and what waits for a person's yes. */
    mustDo: (): readonly Notice[] =>
      mustDo({
        homeAssistant,
        allowed: allowed(),
        asks: acting.asks().flatMap((ask) => named(ask)),
        unused: preferences.current().mode === "auto" ? unused() : [],
        language: site().language,
      }),
    /** Tells WebSocket clients and Home Assistant what happens. */
    tell(serving: HomeServer): Disposable {
      measureEngine(serving.metrics, () => {
        const outcome = cycle.outcome();
        const inForce = outcome.kind === "waiting" ? null : outcome.inForce;
        const stored = history.figures();
        return {
          readingsReceived: sensors.counts().received,
          readingsCommitted: stored.committedReadings,
          readingsPending: stored.pendingReadings,
          readingsUnpacked: stored.unpackedReadings,
          failedCommits: stored.failedCommits,
          commitMs: stored.commitMs,
          refused: sensors.sensing.refused(),
          sensors: sensors.sensors().length,
          windowReadings: memory.window.size().readings,
          plans: counts.plans,
          planAgeMs: inForce && clock.nowMs() - inForce.createdAtMs,
          forecastMs:
            inForce && inForce.forecasts.reduce((sum, { trainMs, forecastMs }) => sum + trainMs + forecastMs, 0),
          alerts: alerts().length,
          dependencies: dependencies(),
        };
      });
      return tellOutside({
        events,
        clock,
        log,
        zone,
        homeAssistant,
        self: supervisor && (() => supervisor.self()),
        site,
        out,
        serving,
        sensors,
        preferences,
        home: homeNow,
        ledger: ledgerNow,
        planOutcome,
        alerts,
        source: () => source,
        intensityGPerKwh: () => {
          const intensity = now("carbon_g_kwh");
          return intensity === null ? null : Math.round(intensity);
        },
      });
    },
    running: (serving: HomeServer, opened: AsyncDisposableStack): Engine => ({
      port: serving.server.port,
      dependencies,
      figures: () => ({
        received: sensors.counts().received,
        stored: sensors.counts().stored,
        refused: sensors.sensing.refused().reduce((sum, { count }) => sum + count, 0),
        sensors: sensors.sensors().length,
        ...counts,
        actions: acting.counts(),
      }),
      prepareBackup: () => history.prepareBackup(),
      replan: async (why) => void (await cycle.replan(why)),
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }),
  };
}

/** What a person set at one of HyperVolt's entities. */
function changeOf(command: Exclude<OutCommand, { kind: "replan" }>) {
  switch (command.kind) {
    case "mode":
      return { mode: command.mode };
    case "carbon_weight":
      return { carbonWeight: command.value };
    case "light_target":
      return { lightTargetLx: command.value };
    case "light_floor":
      return { lightFloorPct: command.value };
    case "light_comfort":
      return { lightComfortPerHour: command.value };
  }
}
