import type { Broker } from "../domain/broker.ts";
import { Zone } from "../domain/civil-time.ts";
import type { Log } from "../domain/log.ts";
import { G_PER_KG, MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import type { Engine } from "../composition/engine.ts";
import { start } from "../main.ts";
import { connectBroker } from "../sensing/mqtt-broker.ts";
import type { HomeDto } from "../serving/messages.ts";
import { startEmbeddedBroker } from "./aedes-broker.ts";
import { demoOptions } from "./demo-options.ts";
import { PLACE, ROOMS } from "./house/blueprint.ts";
import { buildHouse } from "./house/house.ts";
import { seededNoise } from "./house/noise.ts";
import { switchAsPeopleDo } from "./house/uncontrolled.ts";
import { simulatedSurroundings } from "./house/weather.ts";
import { startHousePis } from "./house-pis.ts";
import { recordWeeks } from "./recorded-weeks.ts";
import { sampleSource } from "./sample-source.ts";
import { startHomeAssistantStandIn } from "./stand-in/home-assistant.ts";
import { steppedClock } from "./stepped-clock.ts";
import { systemClock } from "../commands/system-clock.ts";

export type DemoReport = Readonly<{
  kind: "hypervolt/demo-report/v1";
  readings: Readonly<{ received: number; stored: number; refused: number; lost: number }>;
  sensors: number;
  plans: number;
  decisions: number;
  actions: Readonly<{ sent: number; confirmed: number; failed: number }>;
  cost: number;
  carbonKg: number;
  baseline: Readonly<{ cost: number; carbonKg: number }>;
  simulatedHours: number;
  rssMb: number;
  wallMs: number;
}>;

export type DemoInput = Readonly<{
  port: number;
  seed: number;
  speed: number;
  /** Null: until stopped. */
  forMs: number | null;
  log: Log;
  version: string;
  /** The home waits for the engine; else it goes on while the engine thinks. */
  lockstep: boolean;
  stopped: Promise<unknown>;
  onReady: (url: string) => void;
  /** Asked before everything ends; the page still answers. */
  onEnd?: (url: string) => Promise<void>;
  /** Ends after so much simulated time. */
  mostSimulatedMs?: number;
}>;

/** A morning in April: sun and rain, lamps at both ends of the day, a battery that the night has emptied. */
const START = "2026-04-08T07:15:00+02:00";
const WEEKS = 4;
const STEP_MS = 10 * MS_PER_SECOND;
const FIRST_PLAN_MS = MS_PER_MINUTE;
/** Real time given to messages that are still under way, at the end. */
const LAST_MESSAGES_MS = 3_000;
/** How long the home waits for the engine, in real time: at each step, and before the first. */
type Patience = Readonly<{ stepMs: number; startMs: number }>;
/** In lockstep the home waits for what it waits for, however loaded the machine: the same seed gives the same decisions. */
const LOCKSTEP: Patience = { stepMs: 60_000, startMs: 300_000 };
/** For somebody who watches, the home goes on while the engine thinks. */
const SMOOTH: Patience = { stepMs: 250, startMs: 10_000 };

/** Runs the engine on a simulated home until it is stopped or its time is over. */
export async function runDemo(input: DemoInput): Promise<DemoReport> {
  await using opened = new AsyncDisposableStack();
  const beganMs = performance.now();
  const zone = new Zone(PLACE.timezone);
  const startMs = Date.parse(START);
  const noise = seededNoise(input.seed);
  const surroundings = simulatedSurroundings(noise, PLACE);
  const weeks = recordWeeks({ startMs, weeks: WEEKS, noise, surroundings, zone });
  const house = buildHouse({ startMs, noise, surroundings, zone, soc: weeks.soc });
  const twin = buildHouse({ startMs, noise, surroundings, zone, soc: weeks.soc });
  const patience = input.lockstep ? LOCKSTEP : SMOOTH;
  const clock = steppedClock(startMs, patience.stepMs);

  const embedded = opened.adopt(await startEmbeddedBroker(), (one) => one.close());
  const connect = (clientId: string): Broker =>
    connectBroker({ url: embedded.url, clientId, clock: systemClock, log: quiet, sessionExpiryS: 0 });
  const [piBroker, homeBroker] = [connect("demo-pis"), connect("demo-home-assistant")];
  opened.defer(async () => void (await Promise.all([piBroker.close(), homeBroker.close()])));
  await Promise.all([piBroker, homeBroker].map(connected));
  const home = opened.adopt(
    await startHomeAssistantStandIn({ broker: homeBroker, clock, log: quiet, statistics: weeks.statistics }),
    (one) => one.close(),
  );
  const pis = await startHousePis(house, piBroker);
  opened.defer(() => pis.close());

  const engine = await start({
    options: demoOptions(embedded.url, home),
    dataFolder: null,
    port: input.port,
    host: "127.0.0.1",
    clock,
    wireClock: systemClock,
    log: input.log,
    steadyMs: () => performance.now(),
    getJson: () => Promise.reject(new Error("the demo asks nobody")),
    version: input.version,
    supervisorToken: null,
    machineTimezone: PLACE.timezone,
    demo: { sources: [sampleSource(surroundings)] },
  });
  const url = `http://127.0.0.1:${engine.port}/`;
  input.onReady(url);

  await allKnown(url, patience);

  let stop = false;
  void input.stopped.then(() => (stop = true));
  const loopMs = performance.now();
  const endMs = input.forMs === null ? Number.POSITIVE_INFINITY : loopMs + input.forMs;
  let planned = false;
  let missing = 0;
  const mostMs = input.mostSimulatedMs ?? Number.POSITIVE_INFINITY;
  while (!stop && performance.now() < endMs && house.nowMs() - startMs < mostMs) {
    switchAsPeopleDo(twin, zone);
    twin.step(STEP_MS);
    house.step(STEP_MS);
    const before = underWay(engine);
    await pis.report();
    const late = await taken(engine, pis.published() - missing, patience);
    if (input.lockstep) missing += late;
    await clock.advanceTo(house.nowMs());
    await answered(engine, before, patience);
    if (!planned && house.nowMs() - startMs >= FIRST_PLAN_MS) {
      planned = true;
      const first = engine.replan("start");
      if (input.lockstep) await first;
    }
    await pace(loopMs + (house.nowMs() - startMs) / input.speed, () => stop);
  }
  await allStored(
    () => engine.figures().stored,
    () => pis.published(),
  );
  await input.onEnd?.(url);
  const figures = engine.figures();
  const wallMs = performance.now() - beganMs;
  const rssMb = process.memoryUsage.rss() / 1e6;
  await engine[Symbol.asyncDispose]();
  const { received, stored, refused, sensors, plans, decisions, actions } = figures;
  return {
    kind: "hypervolt/demo-report/v1",
    readings: { received, stored, refused, lost: Math.max(0, pis.published() - stored - refused) },
    sensors,
    plans,
    decisions,
    actions,
    cost: house.meters.cost,
    carbonKg: house.meters.carbonG / G_PER_KG,
    baseline: { cost: twin.meters.cost, carbonKg: twin.meters.carbonG / G_PER_KG },
    simulatedHours: (house.nowMs() - startMs) / MS_PER_HOUR,
    rssMb: Math.round(rssMb),
    wallMs: Math.round(wallMs),
  };
}

/** The simulated surroundings keep their troubles to themselves: the log is the engine's. */
const quiet: Log = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
const connected = (broker: Broker): Promise<void> => new Promise((resolve) => broker.onConnect(resolve));
const turn = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Time begins when every light and relay is where it belongs: from then on nothing depends on who was quicker. */
async function allKnown(url: string, { startMs }: Patience): Promise<void> {
  const untilMs = performance.now() + startMs;
  const lights = ROOMS.flatMap((room) => room.lights).length;
  while (performance.now() < untilMs) {
    const { devices } = (await (await fetch(new URL("/api/home", url))).json()) as HomeDto;
    const placed = devices.filter(({ kind, available, area_id }) => kind === "light" && available && area_id !== null);
    if (placed.length === lights && devices.every(({ available }) => available)) return;
    await turn(50);
  }
}

/**
 * The broker has what the Pis said; the engine is given real time to take it in and keep it.
 * @returns readings that are still missing
 */
async function taken(engine: Engine, published: number, { stepMs }: Patience): Promise<number> {
  const untilMs = performance.now() + stepMs;
  while (engine.figures().stored < published && performance.now() < untilMs) await turn(1);
  return Math.max(0, published - engine.figures().stored);
}

/** Actions that were sent and neither confirmed nor given up. */
function underWay(engine: Engine): number {
  const { sent, confirmed, failed } = engine.figures().actions;
  return sent - confirmed - failed;
}

/** What was just sent is given real time to arrive, so that simulated time does not run past it. */
async function answered(engine: Engine, underWayBefore: number, { stepMs }: Patience): Promise<void> {
  const untilMs = performance.now() + stepMs;
  while (underWay(engine) > underWayBefore && performance.now() < untilMs) await turn(2);
}

/** Waits for the wall clock to catch up with the simulated one. */
async function pace(dueMs: number, stopped: () => boolean): Promise<void> {
  for (let leftMs = dueMs - performance.now(); leftMs > 1 && !stopped(); leftMs = dueMs - performance.now())
    await turn(Math.min(leftMs, 200));
  await turn(0);
}

async function allStored(stored: () => number, published: () => number): Promise<void> {
  const untilMs = performance.now() + LAST_MESSAGES_MS;
  while (stored() < published() && performance.now() < untilMs) await turn(20);
}
