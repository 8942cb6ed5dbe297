import { expect, it } from "vitest";
import { registered } from "../../tests/harness/registered-entity.ts";
import { indexRegistries } from "./registry-index.ts";
import { NO_REGISTRIES, type Registries } from "./registries.ts";

it("tells a sensor from a switch and from another integration's entity of the same unique id", () => {
  const entities = [
    registered("switch.plug", "a"),
    registered("sensor.plug", "a"),
    registered("sensor.b", "a", { platform: "tuya" }),
  ];
  const index = indexRegistries(() => ({ ...NO_REGISTRIES, entities }));
  expect(index.entityIdOf("mqtt", "a", ["sensor", "binary_sensor"])).toBe("sensor.plug");
  expect(index.entityIdOf("mqtt", "a", ["binary_sensor", "switch"])).toBe("switch.plug");
  expect(index.entityIdOf("mqtt", "a", ["light"])).toBeUndefined();
});

it("follows the registries when they are read again", () => {
  let now: Registries = { ...NO_REGISTRIES, entities: [registered("sensor.old", "a")] };
  const index = indexRegistries(() => now);
  expect(index.entity("sensor.old")?.uniqueId).toBe("a");
  now = { ...NO_REGISTRIES, entities: [registered("sensor.new", "a")] };
  expect([index.entity("sensor.old"), index.entityIdOf("mqtt", "a", ["sensor"])]).toEqual([undefined, "sensor.new"]);
});
