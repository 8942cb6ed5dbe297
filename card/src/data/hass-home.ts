import type { AreaDto, DeviceDto, FlowsDto, HomeDto } from "../../../src/serving/messages.ts";
import type { EntityEntry, Hass, StateObj } from "../types/ha.ts";
import { numberOf, powerNow, textOf, wattsOf } from "./energy-setup.ts";
import type { EnergySetup } from "./energy-setup.ts";
import { hypervoltDevice } from "./hypervolt-entities.ts";
import type { PublishedIds } from "./hypervolt-entities.ts";

const KINDS: readonly (readonly [DeviceDto["kind"], RegExp])[] = [
  ["dishwasher", /dish ?washer|geschirrsp|spülmaschine|lave.?vaisselle|lavavajillas|vaatwasser|afwasmachine/i],
  [
    "washing_machine",
    /washing|washer|waschm|lave.?linge|lavadora|wasmachine|dryer|trockner|sèche.?linge|secadora|droger/i,
  ],
  ["water_heater", /water heater|boiler|warmwasser|chauffe.?eau|ballon|calentador|termo|geyser/i],
  ["heat_pump", /heat ?pump|wärmepumpe|waermepumpe|pompe à chaleur|bomba de calor|warmtepomp/i],
  ["ev", /\bev\b|wallbox|charger|ladestation|auto\b|car\b|voiture|borne|coche|laadpaal|vehicle/i],
];

type World = Readonly<{ hass: Hass; setup: EnergySetup; ids: PublishedIds }>;

/** The home as Home Assistant knows it, without HyperVolt's server: registries, states and what HyperVolt publishes. */
export function homeFromHass(world: World, nowMs: number): HomeDto {
  const { hass, setup, ids } = world;
  const byArea = entitiesByArea(hass);
  const devices = devicesOf(world, byArea);
  const mode = hass.states[ids.mode ?? ""]?.state;
  return {
    name: hass.config.location_name,
    timezone: hass.config.time_zone,
    currency: hass.config.currency ?? "EUR",
    language: hass.language ?? "en",
    floors: Object.values(hass.floors ?? {}).map(({ floor_id, name, level }) => ({
      floor_id,
      name,
      level: level ?? null,
    })),
    areas: Object.values(hass.areas).map((area) => areaOf(area, world, byArea.get(area.area_id) ?? [])),
    devices,
    has_pv: setup.hasPv,
    has_battery: setup.batteries.length > 0,
    has_ev: devices.some(({ kind }) => kind === "ev"),
    flows: flowsOf(world, nowMs),
    mode: mode === "auto" || mode === "advise" ? mode : "off",
    ...regimeOf(world),
    demo: false,
    now: new Date(nowMs).toISOString(),
    role: "operator",
  };
}

const REGIMES = ["home", "away", "asleep", "guests"] as const;

/** What people seem to be doing, as HyperVolt says; nothing while it does not know. */
function regimeOf({ hass, ids }: World): Pick<HomeDto, "regime"> {
  const { state, attributes } = hass.states[ids.regime ?? ""] ?? {};
  const kind = REGIMES.find((one) => one === state);
  const sure = attributes?.["certainty_pct"];
  return kind && typeof sure === "number" ? { regime: { kind, certainty: sure / 100 } } : {};
}

type Grouped = Readonly<{ entry: EntityEntry; state: StateObj }>;

/** Shown entities with a state, by the area of the entity, of its device, or of the device that one belongs to. */
function entitiesByArea(hass: Hass): Map<string | null, Grouped[]> {
  const own = hypervoltDevice(hass)?.id;
  const groups = new Map<string | null, Grouped[]>();
  for (const entry of Object.values(hass.entities)) {
    const state = hass.states[entry.entity_id];
    if (!state || entry.hidden || entry.entity_category !== undefined || (own !== undefined && entry.device_id === own))
      continue;
    const device = entry.device_id === undefined ? undefined : hass.devices[entry.device_id];
    const parent = device?.parent_device_id ? hass.devices[device.parent_device_id] : undefined;
    const area = entry.area_id ?? device?.area_id ?? parent?.area_id ?? null;
    groups.set(area, [...(groups.get(area) ?? []), { entry, state }]);
  }
  return groups;
}

function areaOf(area: Hass["areas"][string], { hass, setup }: World, here: readonly Grouped[]): AreaDto {
  const ofClass = (...classes: string[]): StateObj[] =>
    here.flatMap(({ state }) => (classes.includes(String(state.attributes["device_class"])) ? [state] : []));
  const mean = (states: readonly StateObj[]): number | null => {
    const known = states.flatMap((state) => numberOf(state) ?? []);
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
  };
  const main = new Set(
    [setup.grid, setup.pv, ...setup.batteries.map(({ power }) => power)].flat().map(({ entityId }) => entityId),
  );
  const powers = ofClass("power")
    .filter(({ entity_id }) => !main.has(entity_id))
    .flatMap((state) => wattsOf(state) ?? []);
  const presence = ofClass("occupancy", "motion", "presence").filter(({ entity_id }) =>
    entity_id.startsWith("binary_sensor."),
  );
  const temperature = hass.states[area.temperature_entity_id ?? ""];
  return {
    area_id: area.area_id,
    name: area.name,
    floor_id: area.floor_id ?? null,
    temperature_c: temperature
      ? celsius(temperature)
      : (ofClass("temperature")
          .map(celsius)
          .find((value) => value !== null) ?? null),
    humidity_pct: area.humidity_entity_id ? numberOf(hass.states[area.humidity_entity_id]) : mean(ofClass("humidity")),
    illuminance_lx: mean(ofClass("illuminance")),
    occupied: presence.length === 0 ? null : presence.some(({ state }) => state === "on"),
    power_w: powers.length === 0 ? null : powers.reduce((a, b) => a + b, 0),
  };
}

function celsius(state: StateObj): number | null {
  const value = numberOf(state);
  return value === null || state.attributes["unit_of_measurement"] !== "°F" ? value : ((value - 32) * 5) / 9;
}

function devicesOf({ hass, setup }: World, byArea: ReadonlyMap<string | null, readonly Grouped[]>): DeviceDto[] {
  const main = new Set(
    [setup.grid, setup.pv, ...setup.batteries.map(({ power }) => power)].flat().map(({ entityId }) => entityId),
  );
  return [...byArea].flatMap(([areaId, here]) =>
    here.flatMap(({ entry, state }): DeviceDto[] => {
      const domain = entry.entity_id.split(".")[0];
      const kind = kindOf(domain, state);
      // A group of lights would be drawn beside its members.
      if (!kind || Array.isArray(state.attributes["entity_id"])) return [];
      const siblings = here.filter(
        (other) => other.entry.device_id !== undefined && other.entry.device_id === entry.device_id,
      );
      const meter = siblings.find(
        (other) => other.state.attributes["device_class"] === "power" && !main.has(other.entry.entity_id),
      );
      const available = state.state !== "unavailable" && state.state !== "unknown";
      const on = available ? !["off", "idle", "standby"].includes(state.state) : null;
      const brightness = state.attributes["brightness"];
      const dimmable = domain === "light" && dims(state);
      return [
        {
          id: entry.entity_id,
          entity_id: entry.entity_id,
          name: nameOf(hass, state),
          kind,
          area_id: areaId,
          on,
          brightness: !dimmable
            ? null
            : on === true && typeof brightness === "number"
              ? Math.round(brightness / 2.55)
              : 0,
          power_w: wattsOf(meter?.state),
          max_w: null,
          allowed: domain === "light" || domain === "switch",
          available,
          held_until: null,
          next_start: null,
          next_end: null,
        },
      ];
    }),
  );
}

function kindOf(domain: string | undefined, state: StateObj): DeviceDto["kind"] | undefined {
  if (domain === "light") return "light";
  const name = `${state.entity_id.replace(/_/g, " ")} ${textOf(state, "friendly_name")}`;
  const known = KINDS.find(([, words]) => words.test(name))?.[0];
  if (domain === "switch") return known ?? "switch";
  if (domain === "water_heater") return "water_heater";
  if (domain === "climate") return known === "heat_pump" ? "heat_pump" : undefined;
  return undefined;
}

const dims = (state: StateObj): boolean => {
  const modes = state.attributes["supported_color_modes"];
  return Array.isArray(modes) && modes.some((mode) => mode !== "onoff" && mode !== "unknown");
};

/** A light's or device's name as Home Assistant writes it. */
export function nameOf(hass: Hass, state: StateObj): string {
  const friendly = state.attributes["friendly_name"];
  return typeof friendly === "string" ? friendly : (hass.formatEntityName?.(state) ?? state.entity_id);
}

function flowsOf({ hass, setup, ids }: World, nowMs: number): FlowsDto {
  const { states } = hass;
  const source = states[ids.power_source ?? ""]?.state;
  const plan = states[ids.plan ?? ""]?.attributes ?? {};
  const step = Math.max(
    0,
    Math.floor((nowMs - Date.parse(String(plan["start"]))) / (Number(plan["step_minutes"]) * 60_000)),
  );
  const price = (plan["price"] as number[] | undefined)?.[step];
  return {
    timestamp: new Date(nowMs).toISOString(),
    grid_w: powerNow(setup.grid, states),
    load_w: null,
    pv_w: powerNow(setup.pv, states),
    batteries: setup.batteries.map(({ id, power, soc }, i) => {
      const level = soc === null ? null : numberOf(states[soc]);
      return {
        id,
        name: setup.batteries.length > 1 ? `${batteryName(hass, soc)} ${i + 1}` : batteryName(hass, soc),
        power_w: powerNow(power, states),
        soc: level === null ? null : level / 100,
      };
    }),
    power_source: source === "grid" || source === "solar" || source === "battery" || source === "mixed" ? source : null,
    price_per_kwh: typeof price === "number" && Number.isFinite(price) ? price : null,
    export_price_per_kwh: null,
    carbon_g_kwh: numberOf(states[ids.grid_intensity ?? ""]),
    currency: hass.config.currency ?? "EUR",
  };
}

function batteryName(hass: Hass, soc: string | null): string {
  const device = soc === null ? undefined : hass.devices[hass.entities[soc]?.device_id ?? ""];
  return device?.name_by_user ?? device?.name ?? "";
}
