import { expect, it } from "vitest";
import { registered } from "../../../tests/harness/registered-entity.ts";
import type { Sensor, SensorState } from "../../domain/reading.ts";
import { parseOptions } from "../../options/options.ts";
import { followEntities } from "../entity-identities.ts";
import { openPreferences } from "../preferences.ts";
import { liveOptions } from "./live-options.ts";
import { openSetup } from "./setup-book.ts";
import { changeOf, type Standing } from "./setup-change.ts";
import { createWiring } from "./wiring.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
const clock = { nowMs: () => 1_000, after: () => ({ cancel: () => undefined }) };
const LOAD = { power_w: 900, minutes: 60, contiguous: true, from: "09:00", ready_by: "17:00", days: [0, 6] };

async function home(raw: object = {}, registry = [registered("switch.plug", "u1")]) {
  const kept: Record<string, unknown> = {};
  let broken = false;
  const store = {
    preferences: async () => structuredClone(kept),
    setPreferences: async (values: Readonly<Record<string, unknown>>) => {
      if (broken) throw new Error("the disk is full");
      Object.assign(kept, structuredClone(values));
    },
  };
  const given = parseOptions(raw);
  let entities = registry;
  const start = async () => {
    const preferences = await openPreferences(store, given, silent);
    const book = await openSetup(store, preferences, clock, silent);
    const identities = await followEntities("named", () => entities, store);
    const options = liveOptions(given, book.answers, identities, (entityId) =>
      entityId === "switch.washer" ? { powerW: 640.4, maxW: 2_100, minutes: 95, runs: 5 } : null,
    );
    const standing = (): Standing => ({
      setup: book.answers(),
      preferences: preferences.current(),
      sensors: new Set(["meter", "inverter", "ha:sensor.net"]),
      entities: new Set(entities.map(({ entityId }) => entityId)),
      optionAllowed: new Set(given.allowed_entities),
      nowCalled: identities.nowCalled,
    });
    const answer = async (said: Parameters<typeof changeOf>[0]): Promise<void> => {
      const { change, meant } = changeOf(said, standing());
      identities.meant(meant);
      await book.answer(said.question, change, "Ada");
    };
    return { preferences, book, options, wiring: createWiring(book.answers, identities), answer };
  };
  return {
    start,
    rename: (now: typeof registry) => void (entities = now),
    breakStore: () => void (broken = true),
  };
}

it("holds an answer at once, over a restart, and takes it back step by step", async () => {
  const house = await home({ import_price: 0.4, mode: "advise" });
  const first = await house.start();
  await first.answer({ question: "tariff", answer: { kind: "fixed", import_price: 0.2, export_price: 0.1 } });
  await first.answer({ question: "mode", answer: { mode: "ask" } });
  await first.answer({ question: "comfort", answer: { hands_off_minutes: 30 } });
  expect(first.options.import_price).toBe(0.2);
  expect(first.preferences.current()).toMatchObject({ mode: "auto", askFirst: true, handsOffMinutes: 30 });

  const second = await house.start();
  expect(second.options.import_price).toBe(0.2);
  expect(second.preferences.current()).toMatchObject({ mode: "auto", askFirst: true, handsOffMinutes: 30 });
  expect(await second.book.undo()).toBe("comfort");
  expect(second.preferences.current()).toMatchObject({ mode: "auto", handsOffMinutes: 120 });
  expect(await second.book.undo()).toBe("mode");
  expect(second.preferences.current()).toMatchObject({ mode: "advise", askFirst: false });
  expect(await second.book.undo()).toBe("tariff");
  expect([second.options.import_price, second.book.answeredMs("tariff")]).toEqual([0.4, null]);
  expect(await second.book.undo()).toBeNull();
});

it("loses neither of two answers that come at once", async () => {
  const house = await home();
  const { book } = await house.start();
  const tariff = { kind: "fixed" as const, import_price: 0.2, export_price: 0.1, windows: [] };
  await Promise.all([
    book.answer("tariff", { answers: { tariff } }, "Ada"),
    book.answer("devices", { answers: { loads: { "switch.plug": LOAD } } }, "Ada"),
  ]);
  expect(book.answers()).toEqual({ tariff, loads: { "switch.plug": LOAD } });
  expect([await book.undo(), await book.undo(), await book.undo()]).toEqual(["devices", "tariff", null]);
});

it("changes nothing where an answer cannot be kept", async () => {
  const house = await home();
  const { answer, options, book } = await house.start();
  house.breakStore();
  await expect(
    answer({ question: "tariff", answer: { kind: "fixed", import_price: 9, export_price: 0 } }),
  ).rejects.toThrow("the disk is full");
  expect([options.import_price, book.answeredMs("tariff"), book.last()]).toEqual([0.3, null, null]);
});

it("merges loads by entity: an answer wins over the option, and what only the options name stays", async () => {
  const declared = (name: string) => ({ entity: name, power_w: 2_000, minutes: 120 });
  const house = await home({ loads: [declared("switch.plug"), declared("switch.boiler")] }, [
    registered("switch.plug", "u1"),
    registered("switch.boiler", "u2"),
    registered("switch.pump", "u3"),
  ]);
  const { answer, options } = await house.start();
  await answer({
    question: "devices",
    answer: {
      devices: [
        { entity_id: "switch.plug", allowed: true, load: LOAD },
        { entity_id: "switch.pump", allowed: false, load: null },
      ],
    },
  });
  expect(options.loads.map(({ entity: id, power_w, to, days }) => [id, power_w, to, days])).toEqual([
    ["switch.plug", 900, "17:00", "mon,sun"],
    ["switch.boiler", 2_000, "23:59", "mon,tue,wed,thu,fri,sat,sun"],
  ]);
  await answer({
    question: "devices",
    answer: { devices: [{ entity_id: "switch.boiler", allowed: false, load: null }] },
  });
  expect(options.loads.map(({ entity: id }) => id)).toEqual(["switch.plug"]);
});

it("follows a load's entity when it is renamed", async () => {
  const house = await home({ loads: [{ entity: "switch.plug", power_w: 2_000, minutes: 120 }] });
  const { options } = await house.start();
  expect(options.loads[0]?.entity).toBe("switch.plug");
  house.rename([registered("switch.washer", "u1"), registered("switch.plug", "u9")]);
  expect(options.loads[0]?.entity).toBe("switch.washer");
});

it("fills what the options leave open of a load: as measured, else as usual for its kind", async () => {
  const house = await home({ loads: [{ entity: "switch.washer" }, { entity: "switch.dishwasher", minutes: 75 }] });
  const { options } = await house.start();
  expect(options.loads.map(({ power_w, minutes }) => [power_w, minutes])).toEqual([
    [640, 95],
    [1_100, 75],
  ]);
});

it("leaves to the options what only the options may take back, and refuses what is not there", async () => {
  const house = await home({ allowed_entities: ["switch.plug"] });
  const { answer } = await house.start();
  const device = (entity_id: string) => ({ devices: [{ entity_id, allowed: false, load: null }] });
  await expect(answer({ question: "devices", answer: device("switch.plug") })).rejects.toThrow("Configuration tab");
  await expect(answer({ question: "devices", answer: device("switch.gone") })).rejects.toMatchObject({
    fields: { "switch.gone": "Home Assistant has no entity switch.gone" },
  });
  await expect(
    answer({ question: "wiring", answer: { roles: { grid: { sensor_id: "nowhere" } } } }),
  ).rejects.toMatchObject({ fields: { "roles.grid.sensor_id": "there is no meter nowhere" } });
});

it("gives a meter the role that was said, takes it from its rival, and turns its sign", async () => {
  const house = await home();
  const { answer, wiring } = await house.start();
  const sensor = (sensorId: string, role?: Sensor["role"]): SensorState => ({
    sensor: {
      sensorId,
      uniqueId: null,
      source: "discovery",
      sensorType: "power",
      name: sensorId,
      device: null,
      location: null,
      unit: "W",
      ...(role && { role, confidence: 0.6 }),
    },
    value: 1,
    atMs: 0,
    available: true,
  });
  await answer({
    question: "wiring",
    answer: { roles: { grid: { sensor_id: "meter", reversed: true }, pv: { sensor_id: null } } },
  });
  const roles = (...states: SensorState[]) => wiring.said(states).map((state) => state.sensor.role);
  const found = [sensor("meter", "load"), sensor("inverter", "grid"), sensor("roof", "pv"), sensor("lab")];
  expect(roles(...found)).toEqual(["grid", undefined, undefined, undefined]);
  expect([wiring.turn(sensor("meter").sensor), wiring.turn(sensor("inverter").sensor)]).toEqual([-1, 1]);
  await answer({ question: "wiring", answer: { roles: { load: { sensor_id: "meter" } } } });
  expect(roles(sensor("meter", "grid"))).toEqual(["load"]);
  await answer({ question: "wiring", answer: { roles: { pv: { sensor_id: "meter" } } } });
  const listed = (sensorId: string) => ({ ...sensor(sensorId, "pv"), listed: true });
  expect(roles(listed("meter"), listed("west"), sensor("phase", "pv"))).toEqual(["pv", "pv", undefined]);
  expect(roles(sensor("meter", "pv"), listed("west"))).toEqual(["pv", undefined]);
  await answer({ question: "wiring", answer: { roles: { grid: { sensor_id: "ha:sensor.net" } } } });
  expect([...wiring.entityRoles(new Map())]).toEqual([["sensor.net", { role: "grid", confidence: 1, sign: 1 }]]);
});
