import { Zone } from "../domain/civil-time.ts";
import type { EntityState } from "../domain/entity.ts";
import { HyperVoltError } from "../domain/errors.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { type EnergyPrefs, readEnergyPrefs } from "./energy-prefs.ts";
import type { HomeAssistant } from "./home-assistant.ts";
import { priceActions } from "./price-actions.ts";
import { perKwhFactor } from "./price-unit.ts";
import type { RegistryEntity } from "./registries.ts";
import { type Interval, readTimedValues } from "./timed-values.ts";

/** A source of context that lives in Home Assistant; the context room takes it as one of its own. */
export type HomeSource<Signal extends string> = Readonly<{
  id: string;
  name: string;
  /** @throws HyperVoltError SOURCE_UNAVAILABLE while Home Assistant is away or answers otherwise than expected */
  refresh(nowMs: number): Promise<Partial<Record<Signal, readonly Interval[]>>>;
}>;

/** What price sources need of the session. */
export type PriceHome = Pick<
  HomeAssistant,
  "ask" | "callService" | "config" | "connected" | "entities" | "entity" | "registries" | "state"
>;

/** One thing in Home Assistant that knows prices, with how far it sees. */
export type PriceCandidate = Readonly<{
  /** Integration, or entity id. */
  id: string;
  direction: "import" | "export";
  /** Currency per kWh. */
  intervals: readonly Interval[];
  /** Knows prices of later hours, not just the present one. */
  ahead: boolean;
  /** A number a person typed as what they pay: nothing comes on top of it. */
  whole?: boolean;
}>;

/** Attributes in which integrations keep prices, and the names of their values. */
const PRICE_ATTRIBUTES = [
  "raw_today",
  "raw_tomorrow",
  "rates",
  "prices",
  "data",
  "forecasts",
  "prices_today",
  "prices_tomorrow",
];
const PRICE_PLATFORMS = new Set([
  "nordpool",
  "tibber",
  "octopus_energy",
  "epex_spot",
  "entsoe",
  "energyzero",
  "easyenergy",
  "amberelectric",
  "energidataservice",
  "frank_energie",
  "awattar",
]);
const EXPORT = /export|feed_?in|feedin|sell|return|teruglever|einspeis/i;

/**
 * Prices as Home Assistant knows them, found by integration and by shape, freshest first: what sees ahead, then the
 * energy preferences' price entity or number.
 * @param chosen  entity ids the user named; they win
 * @param asPaid  what a kWh costs in the end, from a price that was found; read at every refresh
 */
export function homePriceSource(
  home: PriceHome,
  chosen: () => Readonly<{ importEntity?: string; exportEntity?: string }> = () => ({}),
  asPaid: (pricePerKwh: number) => number = (pricePerKwh) => pricePerKwh,
): HomeSource<"import_price" | "export_price"> {
  return {
    id: "home-assistant-prices",
    name: "Prices in Home Assistant",
    async refresh(nowMs) {
      requireHome(home);
      const candidates = await findPrices(home, nowMs);
      const pick = (direction: "import" | "export", entityId: string | undefined) =>
        (entityId ? entityPrice(home.entity(entityId), nowMs) : undefined) ?? bestPrice(candidates, direction);
      const { importEntity, exportEntity } = chosen();
      const bought: Pick<PriceCandidate, "intervals" | "whole"> | undefined = pick("import", importEntity);
      const import_price = (bought?.intervals ?? []).map((interval) =>
        bought?.whole === true ? interval : { ...interval, value: asPaid(interval.value) },
      );
      const export_price = pick("export", exportEntity)?.intervals ?? [];
      return {
        ...(import_price.length > 0 ? { import_price } : {}),
        ...(export_price.length > 0 ? { export_price } : {}),
      };
    },
  };
}

/** Everything in Home Assistant that knows a price. Two that see ahead are a question for the user. */
export async function findPrices(home: PriceHome, nowMs: number): Promise<readonly PriceCandidate[]> {
  const byEntity = new Map(home.registries().entities.map((entity) => [entity.entityId, entity]));
  const grouped = new Map<
    string,
    { id: string; direction: "import" | "export"; intervals: Interval[]; ahead: boolean }
  >();
  for (const state of home.entities()) {
    const registered = byEntity.get(state.entityId);
    if (!isPrice(state, registered)) continue;
    const price = entityPrice(state, nowMs);
    if (!price?.ahead) continue;
    const direction = EXPORT.test(state.entityId) ? "export" : "import";
    const key = `${sourceOf(state, registered)} ${direction}`;
    const group = grouped.get(key) ?? { id: nameOf(state, registered), direction, intervals: [], ahead: true };
    group.intervals = mergeByStart([...group.intervals, ...price.intervals]);
    grouped.set(key, group);
  }
  const byShape = [...grouped.values()];
  const zone = new Zone(home.config()?.timezone ?? "UTC");
  const byAction = await priceActions(home, zone, nowMs);
  const prefs = await readEnergyPrefs(home.ask).catch(() => null);
  return [...byShape, ...byAction, ...pricesOfPrefs(home, prefs, nowMs)];
}

/** Entities of one price integration, or else of one device, know parts of one tariff; MQTT alone means nothing. */
function sourceOf({ entityId }: EntityState, registered: RegistryEntity | undefined): string {
  if (!registered) return entityId;
  const { platform, configEntryId, deviceId } = registered;
  if (PRICE_PLATFORMS.has(platform)) return `${platform}:${configEntryId ?? entityId}`;
  return deviceId === null ? entityId : `${platform}:${deviceId}`;
}

/** What a person would know it by: its integration, or the entity. */
const nameOf = ({ entityId }: EntityState, registered: RegistryEntity | undefined): string =>
  registered && PRICE_PLATFORMS.has(registered.platform)
    ? `${registered.platform}:${registered.configEntryId ?? entityId}`
    : entityId;

export const bestPrice = (
  candidates: readonly PriceCandidate[],
  direction: "import" | "export",
): PriceCandidate | undefined =>
  candidates
    .filter((candidate) => candidate.direction === direction && candidate.intervals.length > 0)
    .sort((a, b) => Number(b.ahead) - Number(a.ahead) || lastMs(b) - lastMs(a))[0];

const lastMs = ({ intervals }: PriceCandidate): number => intervals.at(-1)?.toMs ?? 0;

function isPrice(state: EntityState, registered: RegistryEntity | undefined): boolean {
  if (registered && PRICE_PLATFORMS.has(registered.platform)) return true;
  return perKwhFactor(unitOf(state) ?? "none") !== undefined;
}

/** What one entity knows: its attributes by shape, else its state for this hour. */
export function entityPrice(
  state: EntityState | undefined,
  nowMs: number,
): Readonly<{ intervals: readonly Interval[]; ahead: boolean }> | undefined {
  if (!state) return undefined;
  const unit = unitOf(state);
  const factor = perKwhFactor(unit);
  if (factor === undefined) return undefined;
  // Nord Pool's custom integration says in an attribute what its unit does not.
  const cents = state.attributes["price_in_cents"] === true && factor === 1 ? 0.01 : 1;
  const listed = PRICE_ATTRIBUTES.flatMap((name) => readTimedValues(state.attributes[name])).map((interval) => ({
    ...interval,
    value: interval.value * factor * cents,
  }));
  const intervals = mergeByStart(listed);
  if (intervals.some(({ toMs }) => toMs > nowMs + MS_PER_HOUR)) return { intervals, ahead: true };
  const value = Number(state.state);
  if (state.state.trim() === "" || !Number.isFinite(value) || unit === undefined) return undefined;
  const fromMs = Math.floor(nowMs / MS_PER_HOUR) * MS_PER_HOUR;
  return { intervals: [{ fromMs, toMs: fromMs + MS_PER_HOUR, value: value * factor * cents }], ahead: false };
}

function pricesOfPrefs(home: PriceHome, prefs: EnergyPrefs | null, nowMs: number): PriceCandidate[] {
  return (prefs?.grids ?? []).flatMap((grid) =>
    (["import", "export"] as const).flatMap((direction): PriceCandidate[] => {
      const { priceEntity, priceNumber } = direction === "import" ? grid.import : grid.export;
      if (priceEntity !== null) {
        const price = entityPrice(home.entity(priceEntity), nowMs);
        return price ? [{ id: priceEntity, direction, ...price }] : [];
      }
      if (priceNumber === null) return [];
      const fromMs = nowMs - MS_PER_DAY;
      const intervals = [{ fromMs, toMs: nowMs + 3 * MS_PER_DAY, value: priceNumber }];
      return [{ id: "energy preferences", direction, intervals, ahead: true, whole: true }];
    }),
  );
}

const unitOf = (state: EntityState): string | undefined => {
  const unit = state.attributes["unit_of_measurement"];
  return typeof unit === "string" ? unit : undefined;
};

const mergeByStart = (intervals: readonly Interval[]): Interval[] =>
  [...new Map(intervals.map((interval) => [interval.fromMs, interval])).values()].sort((a, b) => a.fromMs - b.fromMs);

/** @throws HyperVoltError SOURCE_UNAVAILABLE */
export function requireHome(home: Pick<HomeAssistant, "connected" | "state">): void {
  if (!home.connected())
    throw new HyperVoltError("SOURCE_UNAVAILABLE", home.state().detail ?? "Home Assistant is away");
}
