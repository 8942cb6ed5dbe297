import type { ControllableDevice, EntityState } from "../domain/entity.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { settingOf } from "../acting/setting.ts";
import type { Ledger } from "../accounting/ledger.ts";
import type { HomeFlows } from "./home-model.ts";
import { settingPowerW } from "./home-view.ts";
import { type Occurrence, occurrencesOf } from "./run-book.ts";
import type { Zone } from "../domain/civil-time.ts";

export const SETTLE_MS = 5 * MS_PER_MINUTE;
/** Time between two ticks that counts as measured. */
const TICK_COUNTS_MS = MS_PER_MINUTE;

export type LedgerFeedParts = Readonly<{
  ledger: Ledger;
  zone: Zone;
  mode: () => "auto" | "advise" | "off";
  prices: () => Readonly<{ pricePerKwh: number; exportPricePerKwh: number; carbonGPerKwh: number }>;
  devices: () => readonly ControllableDevice[];
  entity: (entityId: string) => EntityState | undefined;
  allowed: () => readonly string[];
  battery: () => Battery | null;
  commands: () => Readonly<Record<string, BatteryCommand>>;
  /** HyperVolt can steer the battery. */
  batteryControlled: boolean;
  onSettled: (entry: LedgerEntry) => void;
  onFailed: (error: unknown) => void;
}>;

type Sums = { gridW: number; loadW: number; pvW: number; batteryW: number };
type Known = { gridW: boolean; loadW: boolean; pvW: boolean; batteryW: boolean };

/** Gathers what the ticks measured and settles it every five minutes. */
export function createLedgerFeed(parts: LedgerFeedParts): { note(flows: HomeFlows, nowMs: number): Promise<void> } {
  let startMs = Number.NaN;
  let lastMs = Number.NaN;
  let measuredMs = 0;
  let sums: Sums = { gridW: 0, loadW: 0, pvW: 0, batteryW: 0 };
  let known: Known = { gridW: true, loadW: true, pvW: true, batteryW: true };
  const devicesWms = new Map<string, number>();
  const otherwiseWms = new Map<string, number>();

  const begin = (nowMs: number): void => {
    startMs = nowMs;
    measuredMs = 0;
    sums = { gridW: 0, loadW: 0, pvW: 0, batteryW: 0 };
    known = { gridW: true, loadW: true, pvW: true, batteryW: true };
    devicesWms.clear();
    otherwiseWms.clear();
  };

  return {
    async note(flows, nowMs) {
      if (Number.isNaN(startMs)) begin(nowMs);
      const passedMs = Number.isNaN(lastMs) ? 0 : nowMs - lastMs;
      lastMs = nowMs;
      if (passedMs > 0 && passedMs <= TICK_COUNTS_MS) {
        if (flows.gridW !== null || flows.loadW !== null) measuredMs += passedMs;
        for (const key of ["gridW", "loadW", "pvW", "batteryW"] as const) {
          const value = flows[key];
          if (value === null) known[key] = false;
          else sums[key] += value * passedMs;
        }
        for (const device of parts.devices()) {
          const entity = parts.entity(device.entityId);
          const powerW = settingPowerW(device, entity) ?? 0;
          const fullW = settingOf(entity)?.on === true ? device.maxW : 0;
          devicesWms.set(device.deviceId, (devicesWms.get(device.deviceId) ?? 0) + powerW * passedMs);
          otherwiseWms.set(device.deviceId, (otherwiseWms.get(device.deviceId) ?? 0) + fullW * passedMs);
        }
      }
      if (nowMs - startMs < SETTLE_MS) return;
      const lengthMs = nowMs - startMs;
      const mean = (key: keyof Sums): number | null => (known[key] && measuredMs > 0 ? sums[key] / measuredMs : null);
      const battery = parts.battery();
      const meanOf = (map: ReadonlyMap<string, number>, id: string): number =>
        (map.get(id) ?? 0) / Math.max(1, measuredMs);
      const mode = parts.mode();
      const controlled = (device: ControllableDevice): boolean =>
        mode === "auto" && parts.allowed().includes(device.entityId);
      const devices = parts.devices();
      const settled = {
        startMs,
        endMs: nowMs,
        mode,
        gridW: mean("gridW"),
        loadW: mean("loadW"),
        pvW: mean("pvW"),
        ...parts.prices(),
        measuredShare: Math.min(1, measuredMs / lengthMs),
        batteries: battery
          ? [
              {
                battery,
                powerW: mean("batteryW"),
                soc: flows.soc,
                controlled: mode === "auto" && parts.batteryControlled,
                advice: mode === "advise" ? (parts.commands()[battery.id] ?? null) : null,
              },
            ]
          : [],
        dimmed: devices
          .filter((device) => device.kind === "light" && controlled(device))
          .map(({ deviceId }) => ({
            deviceId,
            powerW: meanOf(devicesWms, deviceId),
            otherwiseW: meanOf(otherwiseWms, deviceId),
          }))
          .filter(({ powerW, otherwiseW }) => Math.abs(powerW - otherwiseW) > 0.05),
        shifted: devices
          .filter(
            (device) => device.shift !== undefined && controlled(device) && meanOf(devicesWms, device.deviceId) > 1,
          )
          .flatMap((device) => {
            const occurrence = currentOccurrence(device, parts.zone, startMs);
            const beganMs = runBegan(device, parts.entity(device.entityId), startMs);
            return occurrence
              ? [
                  {
                    deviceId: device.deviceId,
                    powerW: meanOf(devicesWms, device.deviceId),
                    shiftMs: Math.min(0, occurrence.startMs - beganMs),
                  },
                ]
              : [];
          })
          .filter(({ shiftMs }) => shiftMs < 0),
      };
      begin(nowMs);
      try {
        const entry = await parts.ledger.settle(settled);
        if (entry) parts.onSettled(entry);
      } catch (error) {
        parts.onFailed(error);
      }
    },
  };
}

const currentOccurrence = (device: ControllableDevice, zone: Zone, atMs: number): Occurrence | undefined =>
  occurrencesOf(device, zone, atMs, atMs + 1)[0];

/** A run began when the device last changed to on. */
const runBegan = (_device: ControllableDevice, entity: EntityState | undefined, otherwiseMs: number): number =>
  entity?.state === "on" ? Math.min(entity.lastChangedMs, otherwiseMs) : otherwiseMs;
