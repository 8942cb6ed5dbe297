/** What the card uses of Home Assistant's front end; the rest of its objects is left alone. */
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
  config: Readonly<{ location_name: string; time_zone: string; currency?: string }>;
  language?: string;
  locale?: Readonly<{ language: string; number_format?: string; time_format?: string; time_zone?: string }>;
  themes?: Readonly<{ darkMode?: boolean; theme?: string }>;
  user?: Readonly<{ id: string; is_admin: boolean }>;
  panels?: Readonly<Record<string, Readonly<{ url_path: string; config?: Readonly<Record<string, unknown>> | null }>>>;
  translationMetadata?: Readonly<{ translations: Readonly<Record<string, Readonly<{ isRTL?: boolean }>>> }>;
  callService: (domain: string, service: string, data?: object, target?: object) => Promise<unknown>;
  callWS: <T>(message: Readonly<Record<string, unknown>>) => Promise<T>;
  formatEntityName?: (stateObj: StateObj, type?: unknown) => string;
}>;

/** A card's own configuration: all of it may be absent. */
export type CardConfig = Readonly<{
  type: string;
  title?: string;
  view?: "auto" | "2d";
  tint?: "none" | "warmth" | "power";
  rooms?: Readonly<Record<string, Readonly<{ x?: number; z?: number; w?: number; d?: number; name?: string }>>>;
  /** Address of a GLB model that stands in for the generated house. */
  model?: string;
  /** Slug of the app, where it is not found by itself; `false` never asks for it. */
  app?: string | false;
  entity?: string;
  tap_action?: unknown;
}>;
