import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { type Balance, checkBalance, type EnergyStream } from "./energy-balance.ts";
import { type EnergyPrefs, readEnergyPrefs } from "./energy-prefs.ts";
import { type ImportPlan, importPlanOf } from "./history-import.ts";
import type { CoreConfig, HomeAssistant } from "./home-assistant.ts";
import {
  type ProposedDevice,
  type ProposedRoom,
  proposeLights,
  proposeLoads,
  proposeRooms,
} from "./onboarding-devices.ts";
import { type ProposedRole, proposeRoles } from "./onboarding-roles.ts";
import { findCarbon, findWeather } from "./outlook-sources.ts";
import { bestPrice, findPrices, type PriceCandidate } from "./price-source.ts";
import { readStatistics } from "./statistics.ts";

const CHECKED_DAYS = 14;

/** What HyperVolt made of a home without asking anything. */
export type Proposal = Readonly<{
  config: CoreConfig;
  /** The energy dashboard is set up. */
  hasEnergyPrefs: boolean;
  roles: readonly ProposedRole[];
  loads: readonly ProposedDevice[];
  lights: readonly ProposedDevice[];
  rooms: readonly ProposedRoom[];
  /** Where the import price comes from, and what else knew one. */
  tariff: Readonly<{ source: string | null; ahead: boolean; rivals: readonly string[] }>;
  carbonEntityId: string | null;
  weatherEntityId: string | null;
  /** Null where there is nothing to check. */
  balance: Balance | null;
  /** What to import of the recorder's past; null without energy preferences. */
  importPlan: ImportPlan | null;
  /** What a person should know or could do, in words. */
  issues: readonly string[];
  /** Those of them that a person's word on the tariff settles. */
  tariffIssues: readonly string[];
}>;

/**
 * Looks at a home through Home Assistant and proposes what is what. Nothing is acted on: that needs the user's word.
 * @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE, HOME_ASSISTANT_REFUSED
 */
export async function proposeSetup(home: HomeAssistant, nowMs: number): Promise<Proposal> {
  const config = home.config();
  const states = home.entities();
  const registries = home.registries();
  const prefs = await readEnergyPrefs(home.ask);
  const roles = proposeRoles(states, registries, prefs);
  const loads = proposeLoads(states, registries, roles);
  const lights = proposeLights(states, registries);
  const prices = await findPrices(home, nowMs);
  const carbonEntityId = findCarbon(home)?.entityId ?? null;
  const balance = prefs ? await balanceOf(home, prefs, nowMs) : null;
  const temperature = roles.find(({ role }) => role === "outdoor_temperature")?.entityId ?? null;
  const tariff = tariffOf(prices);
  const tariffIssues = tariffIssuesOf(tariff);
  return {
    config: config ?? FALLBACK_CONFIG,
    hasEnergyPrefs: prefs !== null,
    roles,
    loads,
    lights,
    rooms: proposeRooms(registries, roles, lights),
    tariff,
    carbonEntityId,
    weatherEntityId: findWeather(home)?.entityId ?? null,
    balance,
    importPlan: prefs && importPlanOf(prefs, { carbon: carbonEntityId, temperature }),
    issues: issuesOf(prefs, tariffIssues, balance, home),
    tariffIssues,
  };
}

function tariffOf(prices: readonly PriceCandidate[]): Proposal["tariff"] {
  const best = bestPrice(prices, "import");
  const rivals = prices
    .filter((price) => price.direction === "import" && price !== best && price.ahead)
    .map(({ id }) => id);
  return { source: best?.id ?? null, ahead: best?.ahead ?? false, rivals };
}

function tariffIssuesOf(tariff: Proposal["tariff"]): string[] {
  if (tariff.source === null)
    return [
      "No price was found in Home Assistant: the price of the options is used. Enter yours on HyperVolt's set-up page, or add a price integration.",
    ];
  if (tariff.rivals.length === 0) return [];
  return [
    `Two price sources were found: ${tariff.source} is used, not ${tariff.rivals.join(", ")}. Choose the right one on HyperVolt's set-up page.`,
  ];
}

function issuesOf(
  prefs: EnergyPrefs | null,
  tariffIssues: readonly string[],
  balance: Balance | null,
  home: HomeAssistant,
): string[] {
  const issues: string[] = [];
  if (!prefs)
    issues.push(
      "The energy dashboard is not set up: HyperVolt plans with what its sensors tell. Set it up under Settings, Dashboards, Energy.",
    );
  issues.push(...tariffIssues);
  if (balance && !balance.holds) {
    const cause = balance.culprit ? `It would if ${balance.culprit.what}.` : "No single sensor explains it.";
    issues.push(`Your energy does not add up by ${Math.round(balance.error * 100)} %. ${cause}`);
  }
  const stats = [
    ...(prefs?.grids ?? []).flatMap((grid) => [grid.import.stat, grid.export.stat]),
    ...(prefs?.solars ?? []).map(({ stat }) => stat),
    ...(prefs?.batteries ?? []).flatMap(({ chargeStat, dischargeStat }) => [chargeStat, dischargeStat]),
  ];
  // `domain:name` is a statistic without an entity.
  for (const stat of stats)
    if (stat?.includes(".") && !stat.includes(":") && !home.entity(stat))
      issues.push(`The energy dashboard uses ${stat}, which is gone: it was removed or renamed.`);
  return issues;
}

/** Whether what the energy dashboard counts adds up, by the hours of the last two weeks. */
async function balanceOf(home: HomeAssistant, prefs: EnergyPrefs, nowMs: number): Promise<Balance | null> {
  const parts: { id: string; name: string; sign: 1 | -1 }[] = [];
  const add = (id: string | null, what: string, sign: 1 | -1): void => {
    if (id !== null) parts.push({ id, name: `${what} (${id})`, sign });
  };
  for (const grid of prefs.grids) {
    add(grid.import.stat, "Grid import", 1);
    add(grid.export.stat, "Grid export", -1);
  }
  for (const { stat } of prefs.solars) add(stat, "Solar", 1);
  for (const { dischargeStat, chargeStat } of prefs.batteries) {
    add(dischargeStat, "Battery discharge", 1);
    add(chargeStat, "Battery charge", -1);
  }
  const consumers = prefs.devices.filter(({ includedIn }) => includedIn === null).map(({ stat }) => stat);
  if (parts.length === 0) return null;
  const toMs = Math.floor(nowMs / MS_PER_HOUR) * MS_PER_HOUR;
  const fromMs = toMs - CHECKED_DAYS * MS_PER_DAY;
  const rows = await readStatistics(home.ask, [...parts.map(({ id }) => id), ...consumers], fromMs, toMs);
  const hours = Array.from({ length: CHECKED_DAYS * 24 }, (_, i) => fromMs + i * MS_PER_HOUR);
  const column = (id: string): number[] => {
    const byStart = new Map((rows.get(id) ?? []).map(({ startMs, change }) => [startMs, change]));
    return hours.map((startMs) => byStart.get(startMs) ?? Number.NaN);
  };
  const streams: EnergyStream[] = parts.map((part) => ({ ...part, energyWh: column(part.id) }));
  const used = consumers.map(column);
  const atLeast = hours.map((_, i) =>
    used.reduce((sum, values) => sum + (Number.isFinite(values[i]) ? (values[i] ?? 0) : 0), 0),
  );
  return checkBalance(streams, null, 1, atLeast);
}

const FALLBACK_CONFIG: CoreConfig = {
  version: "",
  locationName: "Home",
  timezone: "UTC",
  currency: "EUR",
  country: null,
  language: "en",
  latitude: 0,
  longitude: 0,
  temperatureUnit: "°C",
  components: [],
};
