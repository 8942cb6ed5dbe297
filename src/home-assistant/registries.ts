import { z } from "zod";
import { HyperVoltError } from "../domain/errors.ts";
import type { Ask } from "./home-assistant.ts";

export type Area = Readonly<{
  areaId: string;
  name: string;
  floorId: string | null;
  temperatureEntityId: string | null;
  humidityEntityId: string | null;
}>;
export type Floor = Readonly<{ floorId: string; name: string; level: number | null }>;
export type Device = Readonly<{
  deviceId: string;
  name: string;
  /** Its own, or its parent's. */
  areaId: string | null;
  manufacturer: string | null;
  model: string | null;
  disabled: boolean;
}>;
export type RegistryEntity = Readonly<{
  entityId: string;
  uniqueId: string;
  /** The integration, such as `mqtt` or `nordpool`. */
  platform: string;
  deviceId: string | null;
  /** Its own, else its device's, else its parent device's. */
  areaId: string | null;
  configEntryId: string | null;
  name: string | null;
  entityCategory: string | null;
  translationKey: string | null;
  disabled: boolean;
  hidden: boolean;
}>;

export type Registries = Readonly<{
  areas: readonly Area[];
  floors: readonly Floor[];
  devices: readonly Device[];
  entities: readonly RegistryEntity[];
}>;

export const NO_REGISTRIES: Registries = { areas: [], floors: [], devices: [], entities: [] };

/** Events after which the registries are read again. */
export const REGISTRY_EVENTS = [
  "area_registry_updated",
  "floor_registry_updated",
  "device_registry_updated",
  "entity_registry_updated",
] as const;

const text = z.string().nullish();
const AreaRow = z.object({
  area_id: z.string(),
  name: z.string(),
  floor_id: text,
  temperature_entity_id: text,
  humidity_entity_id: text,
});
const FloorRow = z.object({ floor_id: z.string(), name: z.string(), level: z.number().nullish() });
const DeviceRow = z.object({
  id: z.string(),
  name: text,
  name_by_user: text,
  area_id: text,
  manufacturer: text,
  model: text,
  via_device_id: text,
  parent_device_id: text,
  disabled_by: text,
});
const EntityRow = z.object({
  entity_id: z.string(),
  unique_id: z.union([z.string(), z.number()]).nullish(),
  platform: z.string(),
  device_id: text,
  area_id: text,
  config_entry_id: text,
  name: text,
  original_name: text,
  entity_category: text,
  translation_key: text,
  disabled_by: text,
  hidden_by: text,
});

/**
 * Reads the four registries. Rows of an unknown shape are left out, so that a newer Home Assistant does no harm; an
 * answer that is no list at all is an error: nothing must be taken for gone because of it.
 * @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE, HOME_ASSISTANT_REFUSED
 */
export async function readRegistries(ask: Ask): Promise<Registries> {
  const read = async <Row extends z.ZodType>(kind: string, schema: Row): Promise<z.infer<Row>[]> =>
    rowsOf(schema, await ask({ type: `config/${kind}_registry/list` }), kind);
  const [areaRows, floorRows, rawDevices, entityRows] = await Promise.all([
    read("area", AreaRow),
    read("floor", FloorRow),
    read("device", DeviceRow),
    read("entity", EntityRow),
  ]);
  const areas = areaRows.map((row) => ({
    areaId: row.area_id,
    name: row.name,
    floorId: row.floor_id ?? null,
    temperatureEntityId: row.temperature_entity_id ?? null,
    humidityEntityId: row.humidity_entity_id ?? null,
  }));
  const floors = floorRows.map((row) => ({
    floorId: row.floor_id,
    name: row.name,
    level: row.level ?? null,
  }));
  const byId = new Map(rawDevices.map((row) => [row.id, row]));
  const areaOf = (id: string | null | undefined, depth = 0): string | null => {
    const row = id ? byId.get(id) : undefined;
    if (!row || depth > 4) return null;
    return row.area_id ?? areaOf(row.parent_device_id, depth + 1);
  };
  const devices = rawDevices.map((row) => ({
    deviceId: row.id,
    name: row.name_by_user ?? row.name ?? row.id,
    areaId: areaOf(row.id),
    manufacturer: row.manufacturer ?? null,
    model: row.model ?? null,
    disabled: row.disabled_by != null,
  }));
  const entities = entityRows.map((row) => ({
    entityId: row.entity_id,
    uniqueId: String(row.unique_id ?? ""),
    platform: row.platform,
    deviceId: row.device_id ?? null,
    areaId: row.area_id ?? areaOf(row.device_id),
    configEntryId: row.config_entry_id ?? null,
    name: row.name ?? row.original_name ?? null,
    entityCategory: row.entity_category ?? null,
    translationKey: row.translation_key ?? null,
    disabled: row.disabled_by != null,
    hidden: row.hidden_by != null,
  }));
  return { areas, floors, devices, entities };
}

function rowsOf<Row extends z.ZodType>(schema: Row, raw: unknown, kind: string): z.infer<Row>[] {
  if (!Array.isArray(raw))
    throw new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", `the ${kind} registry was not answered with a list`);
  return raw.flatMap((row) => {
    const parsed = schema.safeParse(row);
    return parsed.success ? [parsed.data] : [];
  });
}
