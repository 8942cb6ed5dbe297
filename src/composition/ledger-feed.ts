import type { ControllableDevice, EntityState } from "../domain/entity.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { settingOf } from "../acting/setting.ts";
import type { Ledger } from "../accounting/ledger.ts";
import type { SettledBattery, SettledHome } from "../accounting/settled-home.ts";
import type { HomeFlows } from "./home-model.ts";
import { drawnPowerW } from "./home-view.ts";
import { IntervalMeans } from "./interval-means.ts";
import { type Occurrence, occurrencesOf } from "./run-book.ts";
import type { Zone } from "../domain/civil-time.ts";

/** Intervals begin and end on these marks of the clock, so that a price or a day never changes within one. */
export const SETTLE_MS = 5 * MS_PER_MINUTE;
/** Time between two ticks that counts as watched. */
const TICK_COUNTS_MS = MS_PER_MINUTE;
/** A battery that says nothing stays in the account this long. */
const BATTERY_SILENT_MS = 6 * MS_PER_HOUR;
/** A light this little below full brightness is not dimmed, W. */
const DIMMED_W = 0.05;

/** A battery as it is now; powers in W, + charges. */
export type MeteredBattery = Readonly<{
  battery: Battery;
  powerW: number | null;
  soc: number | null;
  /** HyperVolt can steer it and may. */
  steerable: boolean;
}>;

export type LedgerFeedParts = Readonly<{
  ledger: Ledger;
  zone: Zone;
  mode: () => "auto" | "advise" | "off";
  prices: () => Readonly<{ pricePerKwh: number; exportPricePerKwh: number; carbonGPerKwh: number }>;
  devices: () => readonly ControllableDevice[];
  entity: (entityId: string) => EntityState | undefined;
  /** What a device's own meter shows, W; null where there is none. */
  meteredW: (entityId: string) => number | null;
  allowed: () => readonly string[];
  /** Devices that somebody else set: what they do is not HyperVolt's doing. */
  held: () => ReadonlySet<string>;
  batteries: (nowMs: number) => readonly MeteredBattery[];
  commands: () => Readonly<Record<string, BatteryCommand>>;
  onSettled: (entry: LedgerEntry) => void;
  onFailed: (error: unknown) => void;
}>;

type Interval = { startMs: number; watchedMs: number; means: IntervalMeans };
type Prices = ReturnType<LedgerFeedParts["prices"]>;
type Run = Readonly<{ beganMs: number; ours: boolean }>;

/** Gathers what the ticks measured and settles it every five minutes by the clock. */
export function createLedgerFeed(parts: LedgerFeedParts): { note(flows: HomeFlows, nowMs: number): Promise<void> } {
  let lastMs: number | undefined;
  let interval: Interval | undefined;
  let prices: Prices | undefined;
  const batteries = new Map<string, MeteredBattery & Readonly<{ atMs: number }>>();
  const runs = new Map<string, Run>();

  const begin = (startMs: number): Interval => ({ startMs, watchedMs: 0, means: new IntervalMeans() });

  /** Counts what is seen now for a stretch of time that ends now or did before. */
  const count = (into: Interval, flows: HomeFlows, forMs: number, at: Prices): void => {
    const { means } = into;
    into.watchedMs += forMs;
    for (const key of ["gridW", "loadW", "pvW"] as const) means.add(key, flows[key], forMs);
    for (const key of ["pricePerKwh", "exportPricePerKwh", "carbonGPerKwh"] as const) means.add(key, at[key], forMs);
    for (const { battery, powerW } of batteries.values()) means.add(`battery ${battery.id}`, powerW, forMs);
    for (const device of parts.devices()) {
      const entity = parts.entity(device.entityId);
      // A light is compared with itself at full brightness: both by its setting.
      const meteredW = device.kind === "light" ? null : parts.meteredW(device.entityId);
      means.add(`is ${device.deviceId}`, drawnPowerW(device, entity, meteredW) ?? 0, forMs);
      means.add(`full ${device.deviceId}`, settingOf(entity)?.on === true ? device.maxW : 0, forMs);
    }
  };

  const settle = async ({ startMs, watchedMs, means }: Interval, endMs: number): Promise<void> => {
    if (watchedMs === 0) return;
    const mode = parts.mode();
    const held = parts.held();
    const mayAct = (device: ControllableDevice): boolean =>
      mode === "auto" && parts.allowed().includes(device.entityId);
    const isW = ({ deviceId }: ControllableDevice): number => means.mean(`is ${deviceId}`) ?? 0;
    const devices = parts.devices();
    const commands = parts.commands();
    const home: SettledHome = {
      startMs,
      endMs,
      mode,
      gridW: means.mean("gridW"),
      loadW: means.mean("loadW"),
      pvW: means.mean("pvW"),
      pricePerKwh: means.mean("pricePerKwh") ?? 0,
      exportPricePerKwh: means.mean("exportPricePerKwh") ?? 0,
      carbonGPerKwh: means.mean("carbonGPerKwh") ?? 0,
      measuredShare: Math.min(1, Math.max(means.knownMs("gridW"), means.knownMs("loadW")) / (endMs - startMs)),
      batteries: [...batteries.values()].map(({ battery, soc, steerable }): SettledBattery => ({
        battery,
        powerW: means.mean(`battery ${battery.id}`),
        soc,
        controlled: mode === "auto" && steerable,
        advice: mode === "advise" ? (commands[battery.id] ?? null) : null,
      })),
      dimmed: devices
        .filter((device) => device.kind === "light" && mayAct(device) && !held.has(device.deviceId))
        .map((device) => ({
          deviceId: device.deviceId,
          powerW: isW(device),
          otherwiseW: means.mean(`full ${device.deviceId}`) ?? 0,
        }))
        .filter(({ powerW, otherwiseW }) => Math.abs(powerW - otherwiseW) > DIMMED_W),
      shifted: devices.flatMap((device) => {
        const run = runs.get(device.deviceId);
        const occurrence = run && windowOf(device, parts.zone, run.beganMs);
        const shiftMs = run && occurrence ? occurrence.startMs - run.beganMs : 0;
        return run?.ours && mayAct(device) && isW(device) > 1 && shiftMs < 0
          ? [{ deviceId: device.deviceId, powerW: isW(device), shiftMs }]
          : [];
      }),
    };
    try {
      const entry = await parts.ledger.settle(home);
      if (entry) parts.onSettled(entry);
    } catch (error) {
      parts.onFailed(error);
    }
  };

  /** A run is whoever's it was when it began. */
  const seeRuns = (nowMs: number): void => {
    const held = parts.held();
    for (const device of parts.devices()) {
      if (!device.shift) continue;
      const entity = parts.entity(device.entityId);
      if (settingOf(entity)?.on !== true) continue;
      const beganMs = Math.min(entity?.lastChangedMs ?? nowMs, nowMs);
      if (runs.get(device.deviceId)?.beganMs !== beganMs)
        runs.set(device.deviceId, { beganMs, ours: !held.has(device.deviceId) });
    }
  };

  const seeBatteries = (nowMs: number): void => {
    const seen = parts.batteries(nowMs);
    for (const one of seen) batteries.set(one.battery.id, { ...one, atMs: nowMs });
    for (const [id, one] of batteries) {
      if (seen.some(({ battery }) => battery.id === id)) continue;
      if (nowMs - one.atMs > BATTERY_SILENT_MS) batteries.delete(id);
      else batteries.set(id, { ...one, powerW: null, soc: null });
    }
  };

  return {
    async note(flows, nowMs) {
      seeBatteries(nowMs);
      seeRuns(nowMs);
      const before = lastMs;
      const pricesBefore = prices;
      lastMs = nowMs;
      prices = parts.prices();
      if (before === undefined || !interval) {
        interval = begin(nowMs);
        return;
      }
      const passedMs = nowMs - before;
      const markMs = (Math.floor(interval.startMs / SETTLE_MS) + 1) * SETTLE_MS;
      if (passedMs < 0) {
        // The clock was set back: what is settled stays, the rest begins here.
        interval = begin(nowMs);
        return;
      }
      const watched = passedMs <= TICK_COUNTS_MS;
      if (watched) count(interval, flows, Math.min(nowMs, markMs) - before, pricesBefore ?? prices);
      if (nowMs < markMs) return;
      const done = interval;
      interval = begin(watched ? markMs : nowMs);
      if (watched) count(interval, flows, nowMs - markMs, prices);
      await settle(done, markMs);
    },
  };
}

const windowOf = (device: ControllableDevice, zone: Zone, atMs: number): Occurrence | undefined =>
  occurrencesOf(device, zone, atMs, atMs + 1)[0];
