import type { DecisionDto, HomeHistoryDto } from "../../../src/serving/messages.ts";
import type { Hass } from "../types/ha.ts";
import type { EnergySetup, PowerSource } from "./energy-setup.ts";
import type { PublishedIds } from "./hypervolt-entities.ts";

const STEP_MINUTES = 30;
const STEP_MS = STEP_MINUTES * 60_000;
const STEPS = 48;
const FACTOR: Readonly<Record<string, number>> = { mW: 0.001, W: 1, kW: 1000, MW: 1_000_000 };

type Row = Readonly<{ start: number; end: number; mean: number | null }>;
export type Statistics = Readonly<Record<string, readonly Row[]>>;

/** Five-minute means of the last day, from Home Assistant's recorder. */
export async function loadHistory(
  hass: Hass,
  setup: EnergySetup,
  ids: PublishedIds,
  nowMs: number,
): Promise<HomeHistoryDto | null> {
  const startMs = Math.floor(nowMs / STEP_MS) * STEP_MS - STEPS * STEP_MS;
  const powers = [setup.grid, setup.pv, ...setup.batteries.map(({ power }) => power)]
    .flat()
    .map(({ entityId }) => entityId);
  const socs = setup.batteries.flatMap(({ soc }) => soc ?? []);
  const wanted = [...new Set([...powers, ...socs, ...(ids.grid_intensity ? [ids.grid_intensity] : [])])];
  if (wanted.length === 0) return null;
  try {
    const statistics = await hass.callWS<Statistics>({
      type: "recorder/statistics_during_period",
      start_time: new Date(startMs).toISOString(),
      statistic_ids: wanted,
      period: "5minute",
      types: ["mean"],
    });
    const unit = (id: string): number => FACTOR[String(hass.states[id]?.attributes["unit_of_measurement"])] ?? 1;
    return historyOf(statistics, unit, setup, ids, startMs);
  } catch {
    return null;
  }
}

/** Statistics as columns of half hours; the load is what remains of the other powers. */
export function historyOf(
  statistics: Statistics,
  factorOf: (id: string) => number,
  setup: EnergySetup,
  ids: PublishedIds,
  startMs: number,
): HomeHistoryDto {
  const means = (id: string): (number | null)[] => {
    const sums = Array.from({ length: STEPS }, () => ({ sum: 0, count: 0 }));
    for (const { start, mean } of statistics[id] ?? []) {
      const slot = sums[Math.floor((start - startMs) / STEP_MS)];
      if (!slot || mean === null) continue;
      slot.sum += mean;
      slot.count++;
    }
    return sums.map(({ sum, count }) => (count === 0 ? null : sum / count));
  };
  const power = (source: PowerSource): (number | null)[] => {
    const parts = source.map(({ entityId, sign }) =>
      means(entityId).map((value) => (value === null ? null : value * sign * factorOf(entityId))),
    );
    return Array.from({ length: STEPS }, (_, i) => {
      const values = parts.map((part) => part[i] ?? null);
      return values.length === 0 || values.includes(null) ? null : values.reduce((a: number, b) => a + (b ?? 0), 0);
    });
  };
  const gridW = power(setup.grid);
  const pvW = power(setup.pv);
  const batteries = setup.batteries.map(({ id, power: source, soc }) => ({
    id,
    power_w: power(source),
    soc:
      soc === null
        ? Array.from({ length: STEPS }, () => null)
        : means(soc).map((value) => (value === null ? null : value / 100)),
  }));
  return {
    start: new Date(startMs).toISOString(),
    step_minutes: STEP_MINUTES,
    load_w: gridW.map((value, i) => {
      if (value === null || (setup.pv.length > 0 && pvW[i] === null)) return null;
      return Math.max(0, value + (pvW[i] ?? 0) - batteries.reduce((sum, { power_w }) => sum + (power_w[i] ?? 0), 0));
    }),
    pv_w: pvW,
    grid_w: gridW,
    batteries,
    price: Array.from({ length: STEPS }, () => null),
    carbon_g_kwh: ids.grid_intensity ? means(ids.grid_intensity) : Array.from({ length: STEPS }, () => null),
  };
}

type Past = Readonly<{
  a?: Readonly<Record<string, unknown>>;
  attributes?: Readonly<Record<string, unknown>>;
  lc?: number;
  lu?: number;
  last_changed?: string;
}>;

/** Decisions of the last day: the states the decision event went through. */
export async function loadDecisions(hass: Hass, ids: PublishedIds, nowMs: number): Promise<DecisionDto[]> {
  const id = ids.decision;
  if (id === undefined) return [];
  try {
    const past = await hass.callWS<Record<string, Past[]>>({
      type: "history/history_during_period",
      start_time: new Date(nowMs - 86_400_000).toISOString(),
      end_time: new Date(nowMs).toISOString(),
      entity_ids: [id],
      minimal_response: false,
      no_attributes: false,
      significant_changes_only: false,
    });
    const decisions = (past[id] ?? []).flatMap((state) =>
      decisionOf(state.a ?? state.attributes ?? {}, (state.lc ?? state.lu ?? 0) * 1000),
    );
    return newestOfEach(decisions.reverse());
  } catch {
    return [];
  }
}

/** A decision as the event entity's attributes carry it. */
export function decisionOf(attributes: Readonly<Record<string, unknown>>, atMs: number): DecisionDto[] {
  const text = (name: string): string | null =>
    typeof attributes[name] === "string" ? (attributes[name] as string) : null;
  const [device, action, reason] = [text("device"), text("action"), text("reason")];
  if (device === null || action === null || reason === null) return [];
  const status = text("status");
  return [
    {
      id: text("decision_id") ?? `${device}@${atMs}`,
      timestamp: new Date(atMs).toISOString(),
      device,
      entity_id: text("entity_id"),
      action,
      value: typeof attributes["value"] === "number" ? attributes["value"] : null,
      reason,
      alternative: text("alternative"),
      status: isStatus(status) ? status : "sent",
      status_detail: text("status_detail"),
      source: "hypervolt",
    },
  ];
}

const isStatus = (text: string | null): text is DecisionDto["status"] =>
  text !== null && ["advised", "sent", "confirmed", "failed", "withheld"].includes(text);

/** A decision comes again with each new status; the newest stands. */
export const newestOfEach = (decisions: readonly DecisionDto[]): DecisionDto[] =>
  decisions.filter(({ id }, i) => decisions.findIndex((other) => other.id === id) === i);
