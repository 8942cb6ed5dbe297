import type { ActionConfig, CurrentUser, LovelaceCardConfig, Panel } from "custom-card-helpers";

/**
 * What the card uses of Home Assistant's front end; the rest of its objects is left alone. From custom-card-helpers come
 * types only, and those alone that Home Assistant has not outgrown: it knows neither areas, floors, devices and entities
 * of `hass` nor the action `perform-action`.
 */
export type StateObj = Readonly<{
  entity_id: string;
  state: string;
  attributes: Readonly<Record<string, unknown>>;
  last_changed: string;
}>;
export type EntityEntry = Readonly<{
  entity_id: string;
  device_id?: string;
  area_id?: string;
  platform?: string;
  hidden?: boolean;
  entity_category?: "config" | "diagnostic";
}>;
export type DeviceEntry = Readonly<{
  id: string;
  area_id?: string | null;
  name?: string | null;
  name_by_user?: string | null;
  identifiers?: readonly (readonly string[])[];
  parent_device_id?: string | null;
  configuration_url?: string | null;
}>;
export type AreaEntry = Readonly<{
  area_id: string;
  name: string;
  floor_id?: string | null;
  temperature_entity_id?: string | null;
  humidity_entity_id?: string | null;
}>;
export type FloorEntry = Readonly<{ floor_id: string; name: string; level?: number | null }>;

export type Hass = Readonly<{
  states: Readonly<Record<string, StateObj>>;
  entities: Readonly<Record<string, EntityEntry>>;
  devices: Readonly<Record<string, DeviceEntry>>;
  areas: Readonly<Record<string, AreaEntry>>;
  floors?: Readonly<Record<string, FloorEntry>>;
  config: Readonly<{
    location_name: string;
    time_zone: string;
    currency?: string;
    unit_system?: Readonly<{ temperature?: string }>;
  }>;
  language?: string;
  locale?: Readonly<{ language: string; number_format?: string; time_format?: string; time_zone?: string }>;
  themes?: Readonly<{ darkMode?: boolean; theme?: string }>;
  user?: Readonly<Pick<CurrentUser, "id" | "is_admin">>;
  panels?: Readonly<
    Record<string, Readonly<Pick<Panel, "url_path"> & { config?: Readonly<Record<string, unknown>> | null }>>
  >;
  translationMetadata?: Readonly<{ translations: Readonly<Record<string, Readonly<{ isRTL?: boolean }>>> }>;
  callService: (domain: string, service: string, data?: object, target?: object) => Promise<unknown>;
  callWS: <T>(message: Readonly<Record<string, unknown>>) => Promise<T>;
  formatEntityName?: (stateObj: StateObj, type?: unknown) => string;
}>;

type PerformActionConfig = Readonly<{
  action: "perform-action";
  perform_action: string;
  data?: object;
  target?: object;
}>;

/** A card's own configuration: all of it may be absent. */
export type CardConfig = Readonly<{
  type: LovelaceCardConfig["type"];
  title?: string;
  view?: "auto" | "2d";
  tint?: "none" | "warmth" | "power";
  rooms?: Readonly<Record<string, Readonly<{ x?: number; z?: number; w?: number; d?: number; name?: string }>>>;
  /** Address of a GLB model that stands in for the generated house. */
  model?: string;
  /** Slug of the app, where it is not found by itself; `false` never asks for it. */
  app?: string | false;
  entity?: string;
  tap_action?: ActionConfig | PerformActionConfig;
}>;
