import type { RegistryEntity } from "../../src/home-assistant/registries.ts";

/** A row of Home Assistant's entity registry: an MQTT entity of no device and no area, but for what is said of it. */
export const registered = (entityId: string, uniqueId: string, more: Partial<RegistryEntity> = {}): RegistryEntity => ({
  entityId,
  uniqueId,
  platform: "mqtt",
  deviceId: null,
  areaId: null,
  configEntryId: null,
  name: null,
  entityCategory: null,
  translationKey: null,
  disabled: false,
  hidden: false,
  ...more,
});
