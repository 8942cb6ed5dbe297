import type { ControllableDevice, EntityState } from "../domain/entity.ts";
import { type Options, weekdaysOf } from "../options/options.ts";

/** A light or relay that a Pi announced. */
export type PiDevice = Readonly<{
  deviceId: string;
  location: string;
  device: string;
  kind: "light" | "relay";
  name: string;
  maxW: number | null;
}>;
/** What this needs of Home Assistant's registry. */
export type RegisteredEntity = Readonly<{
  entityId: string;
  uniqueId: string;
  platform: string;
  areaId: string | null;
  deviceId: string | null;
  name: string | null;
  disabled: boolean;
  hidden: boolean;
}>;
/** A run that may be moved, proposed from what Home Assistant knows. */
export type ProposedLoad = Readonly<{
  entityId: string;
  kind: ControllableDevice["kind"];
  powerW: number;
  runMinutes: number;
}>;

export type DeviceBookInput = Readonly<{
  options: Options;
  piDevices: () => readonly PiDevice[];
  registry: () => readonly RegisteredEntity[];
  entity: (entityId: string) => EntityState | undefined;
  entities: () => readonly EntityState[];
  areas: () => readonly Readonly<{ areaId: string; name: string }>[];
  /** The name an entity had when it was first named: what is kept of a device survives its renaming. */
  firstCalled: (entityId: string) => string;
}>;

const LAMP_W = 9;
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const KINDS: readonly (readonly [ControllableDevice["kind"], RegExp])[] = [
  ["dishwasher", /dish ?washer|geschirr|lave.?vaisselle|lavavajillas|vaatwas/i],
  ["washing_machine", /wash(ing|er)|tumble|dryer|waschm|trockner|lave.?linge|lavadora|wasmachine/i],
  ["water_heater", /water ?heater|boiler|immersion|warmwasser|chauffe.?eau|calentador/i],
  ["ev", /\bev\b|charger|wallbox|electric car|\bcar\b|wagen/i],
  ["heat_pump", /heat ?pump|wärmepumpe|warmepumpe|pompe.?à.?chaleur|warmtepomp/i],
  ["battery", /battery|batterie|akku|inverter/i],
];

/** What a name says a device is. */
export const kindOf = (name: string): ControllableDevice["kind"] =>
  KINDS.find(([, words]) => words.test(name.replaceAll("_", " ")))?.[0] ?? "switch";

/**
 * Everything HyperVolt may come to act on: lights and switches that Pis announced, lights of Home Assistant that can be
 * dimmed, and what the options name. Entity ids follow the user's renaming, device ids stay.
 */
export function listDevices(input: DeviceBookInput): readonly ControllableDevice[] {
  const { options } = input;
  const byEntity = new Map<string, ControllableDevice>();
  const registry = input.registry();
  const registered = new Map(registry.map((entity) => [entity.entityId, entity]));
  const ofPis = new Map(
    registry
      .filter(({ platform, uniqueId }) => platform === "mqtt" && uniqueId.startsWith("hypervolt/"))
      .map((entity) => [`${entity.entityId.split(".", 1)[0]} ${entity.uniqueId}`, entity]),
  );
  /** By switch, what it draws while it is on: the main fuse must carry it. */
  const batterySwitches = new Map(
    options.batteries.flatMap(({ charge_switch, hold_switch, max_charge_w }) => [
      [hold_switch, 0] as const,
      [charge_switch, max_charge_w] as const,
    ]),
  );
  const deviceIdOf = (entityId: string): string => input.firstCalled(entityId).replace(".", "_");
  const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  const areaFor = (location: string): string | null =>
    input.areas().find(({ areaId, name }) => areaId === slug(location) || slug(name) === slug(location))?.areaId ??
    null;

  for (const { deviceId, location, device, kind, name, maxW } of input.piDevices()) {
    const platform = kind === "light" ? "light" : "switch";
    const known = ofPis.get(`${platform} hypervolt/${location}/${device}`);
    const entityId = known?.entityId ?? `${platform}.${slug(`hypervolt_${location}_${device}`)}`;
    // Two may be proposed one name (`a_b` + `c`, `a` + `b_c`): the second has one once Home Assistant has named it.
    if (!known && byEntity.has(entityId)) continue;
    byEntity.set(entityId, {
      deviceId,
      entityId,
      name,
      kind: kind === "light" ? "light" : batterySwitches.has(entityId) ? "battery" : kindOf(`${name} ${device}`),
      areaId: known?.areaId ?? areaFor(location),
      maxW: batterySwitches.get(entityId) ?? maxW ?? (kind === "light" ? LAMP_W : 0),
      dimmable: kind === "light",
    });
  }

  for (const { entityId, attributes } of input.entities()) {
    if (!entityId.startsWith("light.") || byEntity.has(entityId)) continue;
    const modes = attributes["supported_color_modes"];
    const known = registered.get(entityId);
    if (known?.disabled === true || known?.hidden === true || attributes["entity_id"] !== undefined) continue;
    byEntity.set(entityId, {
      deviceId: deviceIdOf(entityId),
      entityId,
      name: typeof attributes["friendly_name"] === "string" ? attributes["friendly_name"] : entityId,
      kind: "light",
      areaId: known?.areaId ?? null,
      maxW: LAMP_W,
      dimmable: Array.isArray(modes) && modes.some((mode) => mode !== "onoff"),
    });
  }

  for (const entityId of options.allowed_entities) {
    if (byEntity.has(entityId) || !/^(switch|light)\./.test(entityId)) continue;
    const attributes = input.entity(entityId)?.attributes ?? {};
    const name = typeof attributes["friendly_name"] === "string" ? attributes["friendly_name"] : entityId;
    byEntity.set(entityId, {
      deviceId: deviceIdOf(entityId),
      entityId,
      name,
      kind: entityId.startsWith("light.")
        ? "light"
        : batterySwitches.has(entityId)
          ? "battery"
          : kindOf(`${name} ${entityId}`),
      areaId: registered.get(entityId)?.areaId ?? null,
      maxW: entityId.startsWith("light.") ? LAMP_W : (batterySwitches.get(entityId) ?? 0),
      dimmable: false,
    });
  }

  for (const load of options.loads) {
    const base = byEntity.get(load.entity);
    const shown = input.entity(load.entity)?.attributes["friendly_name"];
    const name = load.name || base?.name || (typeof shown === "string" ? shown : load.entity);
    byEntity.set(load.entity, {
      deviceId: base?.deviceId ?? deviceIdOf(load.entity),
      entityId: load.entity,
      name,
      kind: base && base.kind !== "switch" ? base.kind : kindOf(`${name} ${load.entity}`),
      areaId: base?.areaId ?? registered.get(load.entity)?.areaId ?? null,
      maxW: load.power_w,
      dimmable: base?.dimmable ?? false,
      shift: {
        runMinutes: load.minutes,
        contiguous: load.contiguous,
        window: [load.from, load.to],
        weekdays: load.days === "" ? EVERY_DAY : weekdaysOf(load.days),
      },
    });
  }
  return [...byEntity.values()].sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
}
