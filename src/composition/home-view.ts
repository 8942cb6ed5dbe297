import { isoUtc } from "../domain/civil-time.ts";
import type { ControllableDevice, EntityState } from "../domain/entity.ts";
import type { SensorState } from "../domain/reading.ts";
import type { Hold } from "../acting/outbox.ts";
import { settingOf } from "../acting/setting.ts";
import type { AreaDto, DeviceDto, FlowsDto, HomeDto } from "../serving/messages.ts";
import type { HomeRegime } from "./home-regime.ts";
import type { HomeFlows } from "./home-model.ts";
import type { PlannedRun } from "./planned-runs.ts";
import { type AreaFacts, areasOf, valueIn } from "./rooms.ts";

export type HomeViewInput = Readonly<{
  nowMs: number;
  name: string;
  timezone: string;
  currency: string;
  language: string;
  mode: HomeDto["mode"];
  demo: boolean;
  flows: HomeFlows;
  source: FlowsDto["power_source"];
  pricePerKwh: number | null;
  exportPricePerKwh: number | null;
  carbonGPerKwh: number | null;
  batteries: readonly Readonly<{ id: string; name: string; powerW: number | null; soc: number | null }>[];
  floors: readonly Readonly<{ floorId: string; name: string; level: number | null }>[];
  areas: readonly AreaFacts[];
  sensors: readonly SensorState[];
  devices: readonly ControllableDevice[];
  entity: (entityId: string) => EntityState | undefined;
  /** What the device's own meter shows, W; null where there is none. */
  meteredW: (entityId: string) => number | null;
  allowed: readonly string[];
  holds: ReadonlyMap<string, Hold>;
  runs: readonly PlannedRun[];
  hasPv: boolean;
  regime: HomeRegime | null;
}>;

/** The home as it is drawn and told to the page. */
export function homeDto(input: HomeViewInput): HomeDto {
  const { nowMs, flows, sensors } = input;
  const devices = input.devices.map((device) => deviceDto(device, input));
  const areas = areasOf(input.areas, sensors).map((area): AreaDto => {
    const value = (...types: string[]): number | null => valueIn(area, sensors, types)?.value ?? null;
    const powers = devices.filter(({ area_id, power_w }) => area_id === area.areaId && power_w !== null);
    const occupied = value("motion", "occupancy");
    return {
      area_id: area.areaId,
      name: area.name,
      floor_id: area.floorId,
      temperature_c: value("temperature"),
      humidity_pct: value("humidity"),
      illuminance_lx: value("ldr"),
      occupied: occupied === null ? null : occupied > 0,
      power_w: powers.length === 0 ? null : powers.reduce((sum, { power_w }) => sum + (power_w ?? 0), 0),
    };
  });
  return {
    name: input.name,
    timezone: input.timezone,
    currency: input.currency,
    language: input.language,
    floors: input.floors.map(({ floorId, name, level }) => ({ floor_id: floorId, name, level })),
    areas,
    devices,
    has_pv: input.hasPv,
    has_battery: input.batteries.length > 0,
    ...(input.regime && {
      regime: { kind: input.regime.regime, certainty: Math.round(100 * input.regime.certainty) / 100 },
    }),
    has_ev: devices.some(({ kind }) => kind === "ev"),
    flows: {
      timestamp: isoUtc(nowMs),
      grid_w: flows.gridW,
      load_w: flows.loadW,
      pv_w: flows.pvW,
      batteries: input.batteries.map(({ id, name, powerW, soc }) => ({ id, name, power_w: powerW, soc })),
      power_source: input.source,
      price_per_kwh: input.pricePerKwh,
      export_price_per_kwh: input.exportPricePerKwh,
      carbon_g_kwh: input.carbonGPerKwh,
      currency: input.currency,
    },
    mode: input.mode,
    demo: input.demo,
    now: isoUtc(nowMs),
  };
}

/** Power a device draws by its setting: full power times brightness. */
export function settingPowerW(device: ControllableDevice, entity: EntityState | undefined): number | null {
  const setting = settingOf(entity);
  if (!setting) return null;
  return setting.on ? device.maxW * ((setting.level ?? 100) / 100) : 0;
}

/** Power a device draws: by its own meter where it has one, else by its setting. */
export const drawnPowerW = (
  device: ControllableDevice,
  entity: EntityState | undefined,
  meteredW: number | null,
): number | null => meteredW ?? settingPowerW(device, entity);

function deviceDto(device: ControllableDevice, input: HomeViewInput): DeviceDto {
  const entity = input.entity(device.entityId);
  const setting = settingOf(entity);
  const hold = input.holds.get(device.deviceId);
  const run = input.runs.find((one) => one.device.deviceId === device.deviceId && one.endMs > input.nowMs);
  return {
    id: device.deviceId,
    entity_id: device.entityId,
    name: device.name,
    kind: device.kind,
    area_id: device.areaId,
    on: setting?.on ?? null,
    brightness: device.kind === "light" ? (setting?.on === false ? 0 : (setting?.level ?? null)) : null,
    power_w: drawnPowerW(device, entity, input.meteredW(device.entityId)),
    max_w: device.maxW > 0 ? device.maxW : null,
    allowed: input.allowed.includes(device.entityId),
    available: setting !== undefined,
    held_until: hold ? isoUtc(hold.untilMs) : null,
    next_start: run ? isoUtc(run.startMs) : null,
    next_end: run ? isoUtc(run.endMs) : null,
  };
}
