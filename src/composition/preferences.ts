import * as z from "zod";
import type { Log } from "../domain/log.ts";
import type { Options } from "../options/options.ts";

const limit = z.number().min(0).nullable().optional();
const SourceChange = z.object({
  name: z.string().optional(),
  enabled: z.boolean().optional(),
  max_import_w: limit,
  max_export_w: limit,
  capacity_wh: limit,
});
/** What a person set of grid, sun or a battery; null: no limit, or not known. */
export type SourceChange = Readonly<z.infer<typeof SourceChange>>;

const Preferences = z.object({
  mode: z.enum(["auto", "advise", "off"]),
  /** In `auto`: a person is asked before an appliance is started. */
  askFirst: z.boolean(),
  /** Currency per kg CO2e. */
  carbonWeight: z.number().min(0).max(100),
  lightTargetLx: z.number().min(0).max(5_000),
  lightFloorPct: z.number().min(0).max(100),
  /** What an hour of full light is worth, currency. */
  lightComfortPerHour: z.number().min(0).max(100),
  handsOffMinutes: z.number().min(0).max(1_440),
  quietHours: z.object({ from: z.string(), to: z.string() }).nullable(),
  allowedEntities: z.array(z.string()),
  roles: z.record(z.string(), z.enum(["admin", "operator", "viewer"])),
  /** By source: what a person set over what the options say. */
  energySources: z.record(z.string(), SourceChange),
});
/** What the user set at run time: on the page, or at HyperVolt's entities. It survives a restart. */
export type HomePreferences = Readonly<z.infer<typeof Preferences>>;

/** What this needs of the history. */
export interface PreferenceStore {
  preferences(): Promise<Readonly<Record<string, unknown>>>;
  setPreferences(values: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface PreferenceBook {
  current(): HomePreferences;
  /** Takes effect at once and is stored; rejects where it cannot be stored, and then still holds until a restart. */
  set(change: Partial<HomePreferences>): Promise<void>;
  onChange(run: (now: HomePreferences, before: HomePreferences) => void): void;
}

/** The options are the values of the first start; what was stored later wins, each value by itself. */
export async function openPreferences(store: PreferenceStore, options: Options, log: Log): Promise<PreferenceBook> {
  const first: HomePreferences = {
    mode: options.mode,
    askFirst: false,
    carbonWeight: options.carbon_price_per_kg,
    lightTargetLx: options.light_target_lx,
    lightFloorPct: options.light_floor_pct,
    lightComfortPerHour: options.light_comfort_per_hour,
    handsOffMinutes: options.hands_off_minutes,
    quietHours:
      options.quiet_from !== "" && options.quiet_to !== "" ? { from: options.quiet_from, to: options.quiet_to } : null,
    allowedEntities: [],
    roles: {},
    energySources: {},
  };
  const stored = await store.preferences().catch((error: unknown) => {
    log.error("The stored preferences cannot be read; the options hold", { error: String(error) });
    return {};
  });
  const kept = Object.entries(Preferences.shape).flatMap(([key, shape]) => {
    const parsed = shape.safeParse((stored as Record<string, unknown>)[key]);
    return parsed.success ? [[key, parsed.data] as const] : [];
  });
  let current: HomePreferences = { ...first, ...Object.fromEntries(kept) };
  const listeners: ((now: HomePreferences, before: HomePreferences) => void)[] = [];
  return {
    current: () => current,
    async set(change) {
      const before = current;
      current = Preferences.parse({ ...current, ...change });
      for (const run of listeners) run(current, before);
      await store.setPreferences(change);
    },
    onChange: (run) => void listeners.push(run),
  };
}
