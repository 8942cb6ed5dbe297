import { expect, it } from "vitest";
import { type DemoReport, runDemo } from "../../src/demo/demo.ts";
import type { DecisionDto, HomeDto, LedgerDto, Page, PlanOutcomeDto, SensorDto } from "../../src/serving/messages.ts";
import { MS_PER_HOUR } from "../../src/domain/units.ts";
import { unknownSentences } from "../harness/known-sentences.ts";

type Seen = {
  report: DemoReport;
  decisions: DecisionDto[];
  sensors: SensorDto[];
  plan: PlanOutcomeDto;
  ledger: LedgerDto;
  home: HomeDto;
  warnings: string[];
};
/** A simulated home takes a core for the better part of a minute; on a machine that does other things, long. */
const SLOW_MS = 900_000;
const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warning: () => undefined,
  error: (message: string) => expect.fail(message),
};

/** The demo as `npm run demo -- --headless` runs it, as fast as the machine can, and what its page answers at the end. */
async function watchDemo(hours: number, seed: number): Promise<Seen> {
  const seen: Partial<Seen> = {};
  const warnings: string[] = [];
  const warning = (message: string, fields?: unknown): void =>
    void warnings.push(`${message} ${JSON.stringify(fields)}`);
  const report = await runDemo({
    port: 0,
    seed,
    speed: 1e6,
    forMs: null,
    mostSimulatedMs: hours * MS_PER_HOUR,
    lockstep: true,
    log: { ...quiet, warning },
    version: "0.0.0",
    stopped: new Promise(() => undefined),
    onReady: () => undefined,
    onEnd: async (url) => {
      const get = async <T>(route: string): Promise<T> => (await (await fetch(new URL(route, url))).json()) as T;
      seen.decisions = (await get<Page<DecisionDto>>("/api/ai-decisions?page_size=1000&ordering=timestamp")).results;
      seen.sensors = (await get<Page<SensorDto>>("/api/sensors?page_size=1000")).results;
      seen.plan = await get<PlanOutcomeDto>("/api/plan");
      seen.ledger = await get<LedgerDto>("/api/ledger");
      seen.home = await get<HomeDto>("/api/home");
    },
  });
  return { ...seen, report, warnings } as Seen;
}

it(
  "shows a living home: sensors of both kinds, a plan, decisions with reasons, a ledger, nothing lost",
  async () => {
    const { report, decisions, sensors, plan, ledger, home, warnings } = await watchDemo(2, 1);
    expect(warnings.filter((text) => text.includes("unknown_command"))).toEqual([]);
    expect(report.readings).toMatchObject({ lost: 0, refused: 0 });
    expect(report.readings.stored).toBeGreaterThan(10_000);
    expect(report.actions.failed).toBe(0);
    expect(report.actions.confirmed).toBeGreaterThan(0);
    expect(new Set(sensors.map(({ source }) => source))).toEqual(new Set(["native", "discovery"]));
    expect(sensors.every(({ available, value }) => available && value !== null)).toBe(true);
    expect(plan.kind).toBe("planned");
    expect(decisions.every(({ reason }) => reason.length > 10)).toBe(true);
    const said = decisions.flatMap(({ reason, alternative }) => [reason, alternative ?? reason]);
    expect(unknownSentences(said), "what the card can say in English only").toEqual([]);
    expect(decisions.some(({ status }) => status === "confirmed")).toBe(true);
    expect(ledger.verified).toBe(true);
    const { grid_w, load_w, pv_w, batteries } = home.flows;
    expect((grid_w ?? 0) + (pv_w ?? 0) - (batteries[0]?.power_w ?? 0)).toBeCloseTo(load_w ?? Number.NaN, -1);
    expect(home.demo).toBe(true);
  },
  SLOW_MS,
);

it(
  "decides the same for the same seed",
  async () => {
    const plain = ({ decisions }: Seen): unknown[] =>
      decisions.map(({ timestamp, device, action, value, reason, status }) => [
        timestamp,
        device,
        action,
        value,
        reason,
        status,
      ]);
    const [first, second] = [await watchDemo(1.2, 7), await watchDemo(1.2, 7)];
    expect(plain(first).length).toBeGreaterThan(0);
    expect(plain(second)).toEqual(plain(first));
    expect(second.report.cost).toBe(first.report.cost);
  },
  SLOW_MS,
);
