import type { Hass, StateObj } from "../types/ha.ts";

/** A power of the home: the sum of entities, each with its sign; W, + into the house, + charging a battery. */
export type PowerSource = readonly Readonly<{ entityId: string; sign: 1 | -1 }>[];
/** Which entities say what the home draws, yields and stores. */
export type EnergySetup = Readonly<{
  grid: PowerSource;
  pv: PowerSource;
  batteries: readonly Readonly<{ id: string; power: PowerSource; soc: string | null }>[];
  hasPv: boolean;
}>;

type PowerConfig = { stat_rate?: string; stat_rate_inverted?: string; stat_rate_from?: string; stat_rate_to?: string };
type Source = {
  type: string;
  stat_rate?: string;
  stat_soc?: string;
  stat_energy_from?: string;
  power_config?: PowerConfig;
  power?: PowerConfig[];
};
type Prefs = { energy_sources: Source[] };

/** From the energy dashboard where it is set up, else from what the entities themselves say. */
export async function energySetup(hass: Hass): Promise<EnergySetup> {
  try {
    const prefs = await hass.callWS<Prefs>({ type: "energy/get_prefs" });
    const setup = fromPrefs(prefs);
    if (setup.grid.length + setup.pv.length + setup.batteries.length > 0 || setup.hasPv) return setup;
  } catch {
    // Home Assistant answers with an error while no energy dashboard is set up.
  }
  return guessed(Object.values(hass.states));
}

/** Energy preferences: + is out of the grid and out of a battery there; charging is + here. */
export function fromPrefs({ energy_sources: sources }: Prefs): EnergySetup {
  const of = (type: string): Source[] => sources.filter((source) => source.type === type);
  return {
    grid: of("grid").flatMap((source) => powerOf(source, 1)),
    pv: of("solar").flatMap((source) => powerOf(source, 1)),
    batteries: of("battery").map((source, i) => ({
      id: `battery_${i + 1}`,
      power: powerOf(source, -1),
      soc: source.stat_soc ?? null,
    })),
    hasPv: of("solar").length > 0,
  };
}

function powerOf(source: Source, sign: 1 | -1): PowerSource {
  const minus = sign === 1 ? -1 : 1;
  return [source, source.power_config, ...(source.power ?? [])]
    .flatMap((config) => [
      ...(config?.stat_rate ? [{ entityId: config.stat_rate, sign }] : []),
      ...(config && "stat_rate_inverted" in config && config.stat_rate_inverted
        ? [{ entityId: config.stat_rate_inverted, sign: minus } as const]
        : []),
      ...(config && "stat_rate_from" in config && config.stat_rate_from
        ? [{ entityId: config.stat_rate_from, sign }]
        : []),
      ...(config && "stat_rate_to" in config && config.stat_rate_to
        ? [{ entityId: config.stat_rate_to, sign: minus } as const]
        : []),
    ])
    .filter(({ entityId }, i, all) => all.findIndex((other) => other.entityId === entityId) === i);
}

const GRID = /grid|mains|utility|netz|strombezug|réseau|reseau|linky|red el|net(?:z|stroom)|p1_meter|smart_meter/i;
const SOLAR = /solar|pv|photovolta|panel|paneau|zonne/i;
const BATTERY = /batter|akku|speicher|accu|powerwall/i;

/** Without an energy dashboard: power sensors by their names, batteries where power and charge go together. */
export function guessed(states: readonly StateObj[]): EnergySetup {
  const ofClass = (deviceClass: string): StateObj[] =>
    states
      .filter(
        ({ entity_id, attributes }) => entity_id.startsWith("sensor.") && attributes["device_class"] === deviceClass,
      )
      .filter(({ entity_id }) => !/\.hypervolt_|forecast|prognos|estimat/i.test(entity_id))
      .sort((a, b) => (a.entity_id < b.entity_id ? -1 : 1));
  const words = (state: StateObj): string => `${state.entity_id} ${textOf(state, "friendly_name")}`;
  const power = ofClass("power");
  const pick = (match: RegExp, not: RegExp): PowerSource => {
    const found = power.find((state) => match.test(words(state)) && !not.test(words(state)));
    return found ? [{ entityId: found.entity_id, sign: 1 }] : [];
  };
  const batteryPower = power.find((state) => BATTERY.test(words(state)));
  const soc = ofClass("battery").find(
    (state) => BATTERY.test(words(state)) && /soc|charge|home|haus|storage|speicher|power ?wall/i.test(words(state)),
  );
  const pv = pick(SOLAR, BATTERY);
  return {
    grid: pick(GRID, BATTERY),
    pv,
    batteries: batteryPower
      ? [{ id: "battery_1", power: [{ entityId: batteryPower.entity_id, sign: 1 }], soc: soc?.entity_id ?? null }]
      : [],
    hasPv: pv.length > 0,
  };
}

const FACTOR: Readonly<Record<string, number>> = { mW: 0.001, W: 1, kW: 1000, MW: 1_000_000 };

/** An attribute that is text; empty where it is not. */
export function textOf({ attributes }: StateObj, name: string): string {
  const value = attributes[name];
  return typeof value === "string" ? value : "";
}

/** Number of an entity, in its own unit; null while there is none. */
export function numberOf(state: StateObj | undefined): number | null {
  if (!state || state.state.trim() === "") return null;
  const value = Number(state.state);
  return Number.isFinite(value) ? value : null;
}

/** W of an entity; null where it has none or no unit of power. */
export function wattsOf(state: StateObj | undefined): number | null {
  const value = numberOf(state);
  const factor = FACTOR[state ? textOf(state, "unit_of_measurement") || "W" : "W"];
  return value === null || factor === undefined ? null : value * factor;
}

/** W of a power; null where one of its entities is not known. */
export function powerNow(source: PowerSource, states: Hass["states"]): number | null {
  if (source.length === 0) return null;
  let sumW = 0;
  for (const { entityId, sign } of source) {
    const powerW = wattsOf(states[entityId]);
    if (powerW === null) return null;
    sumW += sign * powerW;
  }
  return sumW;
}
