import { expect, it } from "vitest";
import { registered } from "../../tests/harness/registered-entity.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import type { Sensor, SensorState } from "../domain/reading.ts";
import { parseOptions } from "../options/options.ts";
import { followEntities } from "./entity-identities.ts";
import { homeBatteries } from "./home-batteries.ts";
import { liveOptions } from "./setup/live-options.ts";

const device = (entityId: string): ControllableDevice => ({
  deviceId: entityId.replace(".", "_"),
  entityId,
  name: entityId,
  kind: "battery",
  areaId: null,
  maxW: 0,
  dimmable: false,
});
/** A sensor that came over MQTT: its entity is known by its unique id alone. */
const sensor = (uniqueId: string, value: number): SensorState => ({
  sensor: {
    sensorId: `mqtt:${uniqueId}`,
    uniqueId,
    source: "discovery",
    sensorType: "battery",
    name: uniqueId,
    device: null,
    location: null,
    unit: "%",
    confidence: 1,
  },
  value,
  atMs: 0,
  available: true,
});
const NO_FLOWS = { gridW: null, loadW: null, pvW: null, batteryW: null, soc: null, gridAtMs: null };
const battery = (id: string) => ({
  id,
  capacity_wh: 9_800,
  max_charge_w: 5_000,
  max_discharge_w: 5_000,
  soc_sensor: `sensor.${id}_soc`,
  power_sensor: `sensor.${id}_power`,
  charge_switch: `switch.${id}_charge`,
  hold_switch: `switch.${id}_hold`,
});

it("follows the sensors and switches of its batteries when they are renamed", async () => {
  const names = ["charge", "hold"].map((what) => `switch.east_${what}`);
  let registry = [
    ...names.map((name) => registered(name, name)),
    ...["soc", "power"].map((what) => registered(`sensor.east_${what}`, `east_${what}`)),
  ];
  const kept: Record<string, unknown> = {};
  const identities = await followEntities("named", () => registry, {
    preferences: async () => kept,
    setPreferences: async (values) => void Object.assign(kept, values),
  });
  const options = liveOptions(
    parseOptions({ batteries: [battery("east"), battery("west")] }),
    () => ({}),
    identities,
    () => null,
  );
  const entityIdOf = ({ uniqueId }: Sensor): string | undefined =>
    registry.find((entity) => entity.uniqueId === uniqueId)?.entityId;
  const batteries = homeBatteries({
    options,
    sensors: () => [sensor("east_soc", 40), sensor("east_power", 300), sensor("other", 90)],
    // Its meter counts the other way round.
    signOf: ({ uniqueId }) => (uniqueId === "east_power" ? -1 : 1),
    entityIdOf,
    flows: () => NO_FLOWS,
    devices: () =>
      registry.filter(({ entityId }) => entityId.startsWith("switch.")).map(({ entityId }) => device(entityId)),
    changes: () => ({}),
  });
  const east = () => ({ now: batteries.now(0)[0], steered: batteries.steered(0)[0] });
  expect(east()).toEqual({
    now: { id: "east", name: "east", powerW: -300, soc: 0.4 },
    steered: {
      id: "east",
      chargeDeviceId: "switch_east_charge",
      holdDeviceId: "switch_east_hold",
      maxChargeW: 5_000,
      powerW: -300,
    },
  });
  registry = registry.map((entity) => ({ ...entity, entityId: entity.entityId.replace("east", "speicher") }));
  expect(east()).toEqual({
    now: { id: "east", name: "east", powerW: -300, soc: 0.4 },
    steered: {
      id: "east",
      chargeDeviceId: "switch_speicher_charge",
      holdDeviceId: "switch_speicher_hold",
      maxChargeW: 5_000,
      powerW: -300,
    },
  });
  expect(batteries.meters(0, () => sensor("other", 90).sensor)).toEqual([
    { id: "east", power: sensor("east_power", 300).sensor, soc: sensor("east_soc", 40).sensor },
    { id: "west", power: undefined, soc: undefined },
  ]);
  expect(batteries.metered(0, ["switch.speicher_hold"])[0]?.steerable).toBe(true);
  expect(batteries.planned(0).map(({ id }) => id)).toEqual(["east"]);
});
