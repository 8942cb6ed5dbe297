import type { Clock } from "../domain/clock.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import type { Log } from "../domain/log.ts";
import type { SensorRole, SensorType } from "../domain/reading.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { readEnergyPrefs } from "../home-assistant/energy-prefs.ts";
import { importHistory } from "../home-assistant/history-import.ts";
import type { HomeAssistant } from "../home-assistant/home-assistant.ts";
import { proposeSetup, type Proposal } from "../home-assistant/onboarding.ts";
import { indexRegistries } from "../home-assistant/registry-index.ts";
import type { HistoryStore } from "../memory/history.ts";

/**
 * What Home Assistant says an entity is; `sign` brings it to ours: grid + is import, battery + is charging. `listed`
 * where the energy dashboard says so.
 */
export type KnownRole = Readonly<{ role: SensorRole; confidence: number; sign: 1 | -1; listed?: boolean }>;

/** Columns of the recorder's history, kept as readings of these sensors. */
export const IMPORTED = { load_w: "imported:load_w", pv_w: "imported:pv_w" } as const;
const IMPORT_BATCH = 5_000;
const LOOK_AGAIN_MS = 30 * MS_PER_MINUTE;
/** After registries changed, several in a row as a rule. */
const SOON_MS = MS_PER_MINUTE / 6;
const AFTER_FAILURE_MS = MS_PER_MINUTE;
const TWO_VALUED: ReadonlySet<SensorType> = new Set(["motion", "occupancy"]);
const SENSOR_FIRST = ["sensor", "binary_sensor"];
const BINARY_FIRST = ["binary_sensor", "sensor"];
const GRID_KINDS = {
  import_price: "import_price",
  export_price: "export_price",
  carbon_g_kwh: "carbon_intensity",
} as const;

export type FirstLook = Readonly<{
  /** By entity id. */
  roles: () => ReadonlyMap<string, KnownRole>;
  /** Entity id of a sensor that came over MQTT; what tells of presence is a binary sensor where there is one. */
  entityIdOf: (uniqueId: string, sensorType?: SensorType) => string | undefined;
  proposal: () => Proposal | null;
  close: () => void;
}>;

/**
 * Understands the home through Home Assistant, without a question: at the first connection, and again now and then.
 * The recorder's past is imported once.
 * @param shiftable  names of loads that HyperVolt shifts: their counters are taken out of the imported load
 */
export function takeFirstLook(
  parts: Readonly<{
    homeAssistant: HomeAssistant;
    history: HistoryStore;
    clock: Clock;
    log: Log;
    currency: () => string;
    shiftable: () => readonly string[];
    onLook: () => void;
  }>,
): FirstLook {
  const { homeAssistant, history, clock, log } = parts;
  const index = indexRegistries(() => homeAssistant.registries());
  let proposal: Proposal | null = null;
  let roles: ReadonlyMap<string, KnownRole> = new Map();
  let again: { cancel(): void } | undefined;
  let looking = false;
  let askedMeanwhile = false;
  let closed = false;

  /** Looks in a while, and not before. */
  const lookIn = (delayMs: number): void => {
    if (closed) return;
    again?.cancel();
    again = clock.after(delayMs, look);
  };
  /** One look at a time: the first may import a year. */
  const look = async (): Promise<void> => {
    if (looking) return void (askedMeanwhile = true);
    looking = true;
    again?.cancel();
    const seen = !homeAssistant.connected() || (await lookOnce());
    looking = false;
    lookIn(askedMeanwhile ? SOON_MS : seen ? LOOK_AGAIN_MS : AFTER_FAILURE_MS);
    askedMeanwhile = false;
  };
  /** @returns whether it could be looked at */
  const lookOnce = async (): Promise<boolean> => {
    try {
      const prefs = await readEnergyPrefs(homeAssistant.ask);
      proposal = await proposeSetup(homeAssistant, clock.nowMs());
      const inverted = new Set(
        [...(prefs?.grids ?? []), ...(prefs?.batteries ?? [])].flatMap(({ power }) =>
          power?.inverted ? [power.stat] : [],
        ),
      );
      // Home Assistant counts a battery's discharge as positive.
      const signOf = (entityId: string, role: SensorRole): 1 | -1 =>
        inverted.has(entityId) !== (role === "battery_power") ? -1 : 1;
      roles = new Map(
        proposal.roles.map(({ entityId, role, confidence, why }) => [
          entityId,
          {
            role,
            confidence,
            sign: prefs === null ? 1 : signOf(entityId, role),
            listed: why === "energy_dashboard",
          },
        ]),
      );
      if (proposal.importPlan && (await history.preference("historyImported")) !== true) {
        const wanted = new Set(parts.shiftable().map(plain));
        const controllable = (prefs?.devices ?? [])
          .filter(({ name, stat }) => wanted.has(plain(name ?? stat)))
          .map(({ stat }) => stat);
        const imported = await importHistory(homeAssistant, { ...proposal.importPlan, controllable }, clock.nowMs());
        if (imported) await keep(history, imported, parts.currency(), clock.nowMs());
        await history.setPreferences({ historyImported: true });
        if (imported) log.info("Imported the past from Home Assistant's recorder", { hours: imported.length });
      }
      if (!closed) parts.onLook();
      return true;
    } catch (error) {
      log.warning("Home Assistant could not be looked at; it will be tried again", { error: String(error) });
      return false;
    }
  };
  const connecting = homeAssistant.onConnect(look);
  const changing = homeAssistant.onRegistryChange(() => {
    if (looking) askedMeanwhile = true;
    else lookIn(SOON_MS);
  });
  return {
    roles: () => roles,
    entityIdOf: (uniqueId, sensorType) =>
      index.entityIdOf("mqtt", uniqueId, sensorType && TWO_VALUED.has(sensorType) ? BINARY_FIRST : SENSOR_FIRST),
    proposal: () => proposal,
    close() {
      closed = true;
      connecting.stop();
      changing.stop();
      again?.cancel();
    },
  };
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "");

/** Load and sun as readings of sensors of their own, prices and carbon as grid data: forecasts learn from both. */
async function keep(history: HistoryStore, imported: HomeHistory, currency: string, nowMs: number): Promise<void> {
  const at = (i: number): number => imported.startMs + i * imported.stepMs;
  for (const [column, sensorId] of Object.entries(IMPORTED)) {
    const values = imported.columns.get(column);
    if (!values) continue;
    const readings = [...values].flatMap((value, i) =>
      Number.isFinite(value) ? [{ sensorId, atMs: at(i), value }] : [],
    );
    for (let i = 0; i < readings.length; i += IMPORT_BATCH) await history.append(readings.slice(i, i + IMPORT_BATCH));
  }
  for (const [column, kind] of Object.entries(GRID_KINDS)) {
    const values = imported.columns.get(column);
    if (!values) continue;
    const unit = kind === "carbon_intensity" ? "gCO2e/kWh" : `${currency}/kWh`;
    const rows = [...values].flatMap((value, i) =>
      Number.isFinite(value)
        ? [{ kind, source: "Home Assistant's recorder", atMs: at(i), value, unit, fetchedAtMs: nowMs, sample: false }]
        : [],
    );
    for (let i = 0; i < rows.length; i += IMPORT_BATCH) await history.putGridValues(rows.slice(i, i + IMPORT_BATCH));
  }
}
