import type { EntityState } from "../domain/entity.ts";
import type { DependencyState } from "../domain/log.ts";
import type { Registries } from "./registries.ts";

/** What Home Assistant says of itself (`get_config`). */
export type CoreConfig = Readonly<{
  version: string;
  locationName: string;
  timezone: string;
  currency: string;
  country: string | null;
  language: string;
  latitude: number;
  longitude: number;
  /** Unit of temperatures shown to the user, such as `°C`. */
  temperatureUnit: string;
  /** Domains of the integrations that are loaded. */
  components: readonly string[];
}>;

/** What an action is aimed at; at least one. */
export type ServiceTarget = Readonly<{ entity_id?: string | readonly string[]; device_id?: string; area_id?: string }>;

/** What became of a service call. `contextId` marks the changes it causes. */
export type ServiceResult = Readonly<{ contextId: string | null; response: unknown }>;

export type Subscription = { stop(): void };

/** Asks one websocket command. What most functions of this room need of the session. */
export type Ask = (message: Readonly<{ type: string; [key: string]: unknown }>) => Promise<unknown>;

/**
 * A conversation with Home Assistant that survives restarts, upgrades and revoked tokens: it never throws at start,
 * keeps trying with growing pauses, and subscribes to everything again by itself.
 */
export interface HomeAssistant {
  /** What `/health` shows; `todo` says what a person must do, if anything. */
  state(): DependencyState;
  /** Signed in, and every entity's state is known. */
  connected(): boolean;
  entity(entityId: string): EntityState | undefined;
  entities(): readonly EntityState[];
  /** Areas, floors, devices and entities, kept up to date; empty before the first connection. */
  registries(): Registries;
  /** Null before the first connection. */
  config(): CoreConfig | null;
  /** Runs for every change of an entity; `now` is undefined when it was removed, `before` when it is new. */
  onEntityChange(
    run: (entityId: string, now: EntityState | undefined, before: EntityState | undefined) => void,
  ): Subscription;
  /** Runs when areas, floors, devices or entities changed, a renamed entity for one; several changes are told once. */
  onRegistryChange(run: (registries: Registries) => void): Subscription;
  /** Runs at once if connected, and after every later connection. */
  onConnect(run: () => void | Promise<void>): Subscription;
  onDisconnect(run: () => void): Subscription;
  /** Every event of a type, such as `call_service` or `mobile_app_notification_action`. */
  onEvent(
    eventType: string,
    run: (data: Readonly<Record<string, unknown>>, contextId: string | null) => void,
  ): Subscription;
  /**
   * Calls an action, such as `light.turn_on` on an entity.
   * @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE while it is away, HOME_ASSISTANT_REFUSED when it says no
   */
  callService(
    domain: string,
    service: string,
    data?: Readonly<Record<string, unknown>>,
    target?: ServiceTarget,
    options?: Readonly<{ returnResponse?: boolean }>,
  ): Promise<ServiceResult>;
  /**
   * One websocket command and its result.
   * @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE, HOME_ASSISTANT_REFUSED (with Home Assistant's own words)
   */
  ask: Ask;
  close(): void;
}
