import type { EntityState } from "../domain/entity.ts";
import type { SensorRole } from "../domain/reading.ts";
import type { EnergyPrefs } from "./energy-prefs.ts";
import type { Registries, RegistryEntity } from "./registries.ts";

/** Why something is proposed; the page has the words. */
export type ProposedWhy =
  "energy_dashboard" | "name" | "class" | "belongs_to_switch" | "measured_plug" | "switch" | "dimmable";
/** What an entity measures for this home, how sure that is (0..1), and why. */
export type ProposedRole = Readonly<{ entityId: string; role: SensorRole; confidence: number; why: ProposedWhy }>;

type Known = Readonly<{ state: EntityState; registered: RegistryEntity | undefined; words: string }>;

const OUTDOOR = /outdoor|outside|out_?door|au(ss|ß)en|ext[ée]rieur|exterior|buiten|garden|garten|balcon/i;
/** By name, for homes without energy preferences: the first that fits. */
const POWER_NAMES: readonly (readonly [RegExp, SensorRole])[] = [
  [/batter|akku|speicher|accu|bater/i, "battery_power"],
  [/\bev\b|wallbox|charger|ladestation|borne|laadpaal|cargador|vehicle/i, "ev_power"],
  [/\bpv\b|solar|photovolt|inverter|wechselrichter|onduleur|omvormer|zonne/i, "pv"],
  [/grid|netz|mains|r[ée]seau|\bred\b|\bp1\b|net power|netto|smart ?meter|utility/i, "grid"],
  [/house|home|\bload\b|consumption|verbrauch|consommation|consumo|verbruik/i, "load"],
];

/** As the user sees it. */
export const nameOf = ({ attributes, entityId }: EntityState): string =>
  typeof attributes["friendly_name"] === "string" ? attributes["friendly_name"] : entityId;

/** Entities of ours, which measure nothing that was not measured already. */
export const isOurs = (registered: RegistryEntity | undefined): boolean =>
  registered?.platform === "mqtt" && registered.uniqueId.startsWith("hypervolt_");

/**
 * Proposes what each sensor is: from the energy preferences for certain, else by class, area and name.
 * @returns at most one role per entity, the surest
 */
export function proposeRoles(
  states: readonly EntityState[],
  registries: Registries,
  prefs: EnergyPrefs | null,
): ProposedRole[] {
  const registered = new Map(registries.entities.map((entity) => [entity.entityId, entity]));
  const deviceNames = new Map(registries.devices.map(({ deviceId, name }) => [deviceId, name]));
  const known = states
    .map((state): Known => {
      const entity = registered.get(state.entityId);
      const device = entity?.deviceId ? (deviceNames.get(entity.deviceId) ?? "") : "";
      return { state, registered: entity, words: `${nameOf(state)} ${device} ${state.entityId.replaceAll("_", " ")}` };
    })
    .filter(({ registered: entity }) => !isOurs(entity) && !entity?.disabled);
  const roles = new Map<string, ProposedRole>();
  const propose = (
    entityId: string | null | undefined,
    role: SensorRole,
    confidence: number,
    why: ProposedWhy,
  ): void => {
    if (!entityId || (roles.get(entityId)?.confidence ?? 0) >= confidence) return;
    roles.set(entityId, { entityId, role, confidence, why });
  };
  fromPrefs(prefs, propose);
  const present = new Set([...roles.values()].map(({ role }) => role));
  const beside = whatIsBeside(registries);
  for (const entity of known) byClass(entity, beside, present, propose);
  const there = new Set(states.map(({ entityId }) => entityId));
  return [...roles.values()].filter(({ entityId }) => there.has(entityId));
}

type Propose = (entityId: string | null | undefined, role: SensorRole, confidence: number, why: ProposedWhy) => void;

function fromPrefs(prefs: EnergyPrefs | null, propose: Propose): void {
  const why = "energy_dashboard";
  for (const grid of prefs?.grids ?? []) {
    propose(grid.import.stat, "grid_import", 1, why);
    propose(grid.export.stat, "grid_export", 1, why);
    propose(grid.power?.stat, "grid", 1, why);
  }
  for (const { power } of prefs?.solars ?? []) propose(power, "pv", 1, why);
  for (const { power, socStat } of prefs?.batteries ?? []) {
    propose(power?.stat, "battery_power", 1, why);
    propose(socStat, "battery_soc", 1, why);
  }
  for (const { power } of prefs?.devices ?? []) propose(power, "device_power", 1, why);
}

function byClass(
  { state, registered, words }: Known,
  beside: Beside,
  present: ReadonlySet<SensorRole>,
  propose: Propose,
): void {
  const { entityId, attributes } = state;
  const kind = attributes["device_class"];
  const unit = attributes["unit_of_measurement"];
  const inRoom = registered?.areaId != null;
  if (entityId.startsWith("binary_sensor.")) {
    if (kind === "occupancy" || kind === "presence" || kind === "motion")
      propose(entityId, "presence", inRoom ? 0.9 : 0.4, "class");
    return;
  }
  if (!entityId.startsWith("sensor.")) return;
  if (kind === "illuminance" || unit === "lx") propose(entityId, "room_light", inRoom ? 0.9 : 0.5, "class");
  else if (kind === "temperature") {
    if (OUTDOOR.test(words)) propose(entityId, "outdoor_temperature", 0.8, "name");
    else if (inRoom) propose(entityId, "room_temperature", 0.8, "class");
  } else if (kind === "humidity" && inRoom) propose(entityId, "room_humidity", 0.8, "class");
  else if (kind === "battery" && unit === "%") {
    // Nearly every battery is that of a button; one of a home or a car has a power sensor beside it.
    const device = registered?.deviceId;
    const withPower = beside.powers.has(device ?? "");
    if (withPower && /car|vehicle|\bev\b|auto|wagen|voiture|coche/i.test(words))
      propose(entityId, "ev_soc", 0.6, "class");
    else if (withPower || /home battery|powerwall|speicher|pylontech|byd|accu thuis/i.test(words))
      propose(entityId, "battery_soc", 0.6, "class");
  } else if (kind === "power" && (unit === "W" || unit === "kW")) {
    const switched = beside.switches.has(registered?.deviceId ?? "");
    const named = POWER_NAMES.find(([pattern]) => pattern.test(words));
    if (switched) propose(entityId, "device_power", 0.7, "belongs_to_switch");
    else if (named && !present.has(named[1])) propose(entityId, named[1], 0.6, "name");
  }
}

/** Devices that have a switch, and those of which something measures power. */
type Beside = Readonly<{ switches: ReadonlySet<string>; powers: ReadonlySet<string> }>;

function whatIsBeside({ entities }: Registries): Beside {
  const devicesWith = (names: RegExp): ReadonlySet<string> =>
    new Set(entities.flatMap(({ deviceId, entityId }) => (deviceId && names.test(entityId) ? [deviceId] : [])));
  return { switches: devicesWith(/^switch\./), powers: devicesWith(/power|leistung|puissance/i) };
}
