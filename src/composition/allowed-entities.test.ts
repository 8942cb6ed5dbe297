import { expect, it, vi } from "vitest";
import { registered } from "../../tests/harness/registered-entity.ts";
import { parseOptions } from "../options/options.ts";
import { createAllowed } from "./allowed-entities.ts";
import { followEntities } from "./entity-identities.ts";
import { openPreferences } from "./preferences.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
const store = () => {
  const kept: Record<string, unknown> = {};
  return {
    preferences: async () => kept,
    setPreferences: async (values: Readonly<Record<string, unknown>>) => void Object.assign(kept, values),
  };
};

it("keeps the permission of an entity that is renamed, and gives none to a new one that takes its name", async () => {
  const options = parseOptions({ allowed_entities: ["switch.pump"] });
  const shelf = store();
  const preferences = await openPreferences(shelf, options, silent);
  let registry = [registered("switch.pump", "u1")];
  const allowed = createAllowed(options, preferences, await followEntities("named", () => registry, shelf));
  await Promise.resolve();
  expect(allowed()).toEqual(["switch.pump"]);
  registry = [registered("switch.old_pump", "u1"), registered("switch.pump", "u2")];
  expect(allowed()).toEqual(["switch.old_pump"]);
});

it("allows by name what the registry does not know, and what is chosen on the page", async () => {
  const options = parseOptions({ allowed_entities: ["light.desk"] });
  const shelf = store();
  const preferences = await openPreferences(shelf, options, silent);
  const allowed = createAllowed(options, preferences, await followEntities("named", () => [], shelf));
  await preferences.set({ allowedEntities: ["switch.heater", "light.desk"] });
  expect(allowed()).toEqual(["light.desk", "switch.heater"]);
});

it("takes a name a person gives now for what bears it now", async () => {
  const options = parseOptions({ allowed_entities: ["switch.pump"] });
  const shelf = store();
  const preferences = await openPreferences(shelf, options, silent);
  let registry = [registered("switch.pump", "u1")];
  const identities = await followEntities("named", () => registry, shelf);
  const allowed = createAllowed(options, preferences, identities);
  expect(allowed()).toEqual(["switch.pump"]);
  registry = [registered("switch.old_pump", "u1"), registered("switch.pump", "u2")];
  identities.meant(["switch.pump"]);
  expect(allowed()).toEqual(["switch.pump"]);
});

it("knows after a restart what was renamed meanwhile", async () => {
  const options = parseOptions({ allowed_entities: ["switch.pump"] });
  const shelf = store();
  const preferences = await openPreferences(shelf, options, silent);
  let registry = [registered("switch.pump", "u1")];
  const before = createAllowed(options, preferences, await followEntities("named", () => registry, shelf));
  expect(before()).toEqual(["switch.pump"]);
  await Promise.resolve();
  registry = [registered("switch.old_pump", "u1"), registered("switch.pump", "u2")];
  const after = createAllowed(options, preferences, await followEntities("named", () => registry, shelf));
  expect(after()).toEqual(["switch.old_pump"]);
});

it("tells by which name an entity was first known, unless another bears that name now", async () => {
  let registry = [registered("switch.pump", "u1")];
  const identities = await followEntities("named", () => registry, store());
  expect(identities.nowCalled("switch.pump")).toBe("switch.pump");
  registry = [registered("switch.filter", "u1")];
  expect(identities.firstCalled("switch.filter")).toBe("switch.pump");
  registry = [registered("switch.filter", "u1"), registered("switch.pump", "u2")];
  expect(identities.firstCalled("switch.filter")).toBe("switch.filter");
  expect(identities.firstCalled("switch.unknown")).toBe("switch.unknown");
});

it("follows a switch to its own new name, not to the sensor that has the same unique id", async () => {
  let registry = [registered("switch.pump", "u1"), registered("sensor.pump", "u1")];
  const identities = await followEntities("named", () => registry, store());
  identities.meant(["switch.pump", "sensor.pump"]);
  registry = [registered("switch.filter", "u1"), registered("sensor.watts", "u1")];
  expect(["switch.pump", "sensor.pump"].map(identities.nowCalled)).toEqual(["switch.filter", "sensor.watts"]);
  expect(["switch.filter", "sensor.watts"].map(identities.firstCalled)).toEqual(["switch.pump", "sensor.pump"]);
});

it("keeps who an entity was also where that could not be stored at first", async () => {
  let registry = [registered("switch.pump", "u1")];
  const shelf = store();
  let full = true;
  let tries = 0;
  const failing = {
    preferences: shelf.preferences,
    setPreferences: async (values: Readonly<Record<string, unknown>>) => {
      tries += 1;
      if (full) throw new Error("no space left on device");
      await shelf.setPreferences(values);
    },
  };
  const identities = await followEntities("named", () => registry, failing);
  identities.nowCalled("switch.pump");
  await vi.waitFor(() => expect(tries).toBe(1));
  full = false;
  registry = [...registry, registered("switch.other", "u2")];
  identities.nowCalled("switch.pump");
  await vi.waitFor(async () => expect(await shelf.preferences()).toEqual({ named: { "switch.pump": "mqtt u1" } }));
});
