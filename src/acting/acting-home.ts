import type { ControllableDevice, EntityState } from "../domain/entity.ts";

/** What acting needs of Home Assistant; the websocket session is one. */
export interface ActingHome {
  connected(): boolean;
  entity(entityId: string): EntityState | undefined;
  onEntityChange(run: (entityId: string, now: EntityState | undefined, before: EntityState | undefined) => void): {
    stop(): void;
  };
  onConnect(run: () => void | Promise<void>): { stop(): void };
  /** Every event of a type; acting listens to `call_service`, to know whether a person chose a brightness. */
  onEvent(
    eventType: string,
    run: (data: Readonly<Record<string, unknown>>, contextId: string | null) => void,
  ): { stop(): void };
  /** @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE, HOME_ASSISTANT_REFUSED */
  callService(
    domain: string,
    service: string,
    data: Readonly<Record<string, unknown>>,
    target: Readonly<{ entity_id: string }>,
  ): Promise<Readonly<{ contextId: string | null }>>;
}

/** How often and how long a device may be switched. Durations in ms. */
export type DeviceLimits = Readonly<{
  minOnMs: number;
  minOffMs: number;
  mostPerHour: number;
  mostPerDay: number;
}>;

/** What becomes of a device when HyperVolt ends or no longer knows what to do. */
export type SafeState =
  /** As it was before HyperVolt first touched it. */
  | "as_found"
  | "on"
  | "off"
  /** Left alone: a run in progress is not interrupted. */
  | "leave";

/** A device HyperVolt may be allowed to act on, with what the user set for it. */
export type ActingDevice = ControllableDevice & Readonly<{ limits?: Partial<DeviceLimits>; safe?: SafeState }>;

/** What the user set; read at every tick, so that a change holds at once. */
export type ActingSettings = Readonly<{
  mode: "auto" | "advise" | "off";
  /** In `auto`: an appliance is started only after a person's yes. Absent: not asked. */
  askFirst?: boolean;
  allowedEntities: readonly string[];
  lightTargetLx: number;
  lightFloorPct: number;
  handsOffMinutes: number;
  /** Local wall clock; may pass midnight. */
  quietHours: Readonly<{ from: string; to: string }> | null;
  /** Main fuse, W; null: none. */
  gridMaxImportW: number | null;
}>;
