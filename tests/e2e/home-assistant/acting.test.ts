import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ActingDevice, ActingSettings } from "../../../src/acting/acting-home.ts";
import { type Acting, createActing, type Situation } from "../../../src/acting/acting.ts";
import { memoryOutbox } from "../../../src/acting/outbox.ts";
import type { Interlock } from "../../../src/acting/transfer-switch.ts";
import { Zone } from "../../../src/domain/civil-time.ts";
import type { Decision } from "../../../src/domain/decision.ts";
import type { HomeAssistant } from "../../../src/home-assistant/home-assistant.ts";
import { announceNative, type NativeOut } from "../../../src/home-assistant/native-out.ts";
import { homeAssistantIsThere, until } from "../../harness/home-assistant-core.ts";
import { Pi } from "../../harness/pi.ts";
import { clock, log, openRealHome, otherUser, type RealHome } from "./real-home.ts";

const LAMP = "light.hypervolt_office_lamp";
const plug = (name: string): string => `switch.hypervolt_office_${name}`;
const NO_LIMITS = { minOnMs: 0, minOffMs: 0, mostPerHour: 1_000, mostPerDay: 1_000 };
const NOTHING: Situation = { due: null, batteries: [], rooms: [], grid: null, devicePowerW: {}, sources: [] };

describe.runIf(homeAssistantIsThere())("acting in a real Home Assistant", () => {
  let real: RealHome;
  let person: HomeAssistant;
  let pi: Pi;
  let native: NativeOut;
  let acting: Acting;
  let settings: ActingSettings;
  let devices: ActingDevice[];
  const interlocks: Interlock[] = [{ interlockId: "main", members: ["grid", "solar"], fallback: "grid", openMs: 200 }];
  const decisions: Decision[] = [];
  const outbox = memoryOutbox();

  const device = (deviceId: string, entityId: string, more: Partial<ActingDevice> = {}): ActingDevice => ({
    deviceId,
    entityId,
    name: deviceId,
    kind: "switch",
    areaId: "office",
    maxW: 100,
    dimmable: false,
    limits: NO_LIMITS,
    ...more,
  });
  const open = (): Acting =>
    createActing({
      homeAssistant: real.home,
      clock,
      log,
      zone: new Zone("Europe/Berlin"),
      outbox,
      settings: () => settings,
      devices: () => devices,
      interlocks: () => interlocks,
      onDecision: (decision) => void decisions.push(decision),
    });
  const due = (loadsW: Record<string, number>): Partial<Situation> => ({
    due: { loadsW, reasons: {}, untilMs: Infinity },
  });
  const tick = (situation: Partial<Situation> = {}): Promise<void> => acting.tick({ ...NOTHING, ...situation });
  const room = (lux: number, occupied: boolean | null): Partial<Situation> => ({
    rooms: [{ areaId: "office", name: "Office", lux: { value: lux, atMs: clock.nowMs() }, occupied, lights: ["lamp"] }],
  });
  const state = (entityId: string): string | undefined => real.home.entity(entityId)?.state;
  const brightnessPct = (): number => Math.round(Number(real.home.entity(LAMP)?.attributes["brightness"] ?? 0) / 2.55);

  beforeAll(async () => {
    real = await openRealHome("e2e-acting");
    person = await otherUser(real.url, real.token);
    pi = new Pi(real.broker, "office");
    native = announceNative({
      broker: real.broker,
      clock,
      log,
      discoveryPrefix: "homeassistant",
      version: "0.1.0",
      areaName: () => undefined,
    });
    await pi.set("lamp", 100);
    native.device({
      location: "office",
      device: "lamp",
      kind: "light",
      name: "Lamp",
      stateTopic: pi.stateTopic("lamp"),
    });
    for (const name of ["plug", "grid", "solar", "washer"]) {
      await pi.set(name, name === "grid" ? 100 : 0);
      native.device({ location: "office", device: name, kind: "relay", name, stateTopic: pi.stateTopic(name) });
    }
    devices = [
      device("lamp", LAMP, { kind: "light", dimmable: true }),
      ...["plug", "grid", "solar", "washer"].map((name) => device(name, plug(name))),
    ];
    settings = {
      mode: "auto",
      allowedEntities: devices.map(({ entityId }) => entityId),
      lightTargetLx: 300,
      lightFloorPct: 10,
      handsOffMinutes: 120,
      quietHours: null,
      gridMaxImportW: null,
    };
    for (const { entityId } of devices) await until(entityId, () => ["on", "off"].includes(state(entityId) ?? ""));
    acting = open();
    await tick();
  });
  afterAll(async () => {
    await acting?.close();
    person?.close();
    native?.close();
    await real?.close();
  });

  it("turns a discovered switch on, and confirms it by its state", async () => {
    await tick(due({ plug: 100 }));
    await until("on", () => state(plug("plug")) === "on");
    await until("confirmed", () =>
      decisions.some(({ deviceId, status }) => deviceId === "plug" && status === "confirmed"),
    );
    expect(pi.levels.get("plug")).toBe(100);
    expect(acting.holds().size).toBe(0);
  });

  it("dims a discovered light towards the room's target through Home Assistant", async () => {
    await tick(room(600, true));
    await until("dimmed", () => brightnessPct() < 100);
    expect(pi.commands.at(-1)).toMatchObject({ device: "lamp", command: "set_brightness", value: 80 });
    await until("confirmed", () => decisions.at(-1)?.status === "confirmed");
    expect(acting.holds().size).toBe(0);
  });

  it("gives way to a person at once, says so, and stays away", async () => {
    await person.callService("light", "turn_on", { brightness_pct: 100 }, { entity_id: LAMP });
    await until("held", () => acting.holds().has("lamp"));
    expect(decisions.at(-1)).toMatchObject({ deviceId: "lamp", status: "withheld" });
    const sent = pi.commands.length;
    await tick(room(900, true));
    await tick(room(900, true));
    expect(pi.commands.length).toBe(sent);
    expect(brightnessPct()).toBe(100);
  });

  it("gives way to a hand at the device itself", async () => {
    await pi.set("plug", 0);
    await until("held", () => acting.holds().has("plug"));
    const sent = pi.commands.length;
    await tick(due({ plug: 100 }));
    expect([pi.commands.length, state(plug("plug"))]).toEqual([sent, "off"]);
    acting.release("plug");
    await tick(due({ plug: 100 }));
    await until("on again", () => state(plug("plug")) === "on");
  });

  it("tries again when a device does not do as asked", async () => {
    pi.deaf.add("washer");
    const before = pi.commands.length;
    await tick(due({ washer: 100 }));
    await until(
      "a second attempt",
      () => pi.commands.slice(before).filter(({ device: name }) => name === "washer").length > 1,
      25_000,
    );
    pi.deaf.clear();
    await until("confirmed by a later attempt", () => state(plug("washer")) === "on", 40_000);
  });

  it("changes the source without ever closing two", async () => {
    let together = 0;
    const watching = real.home.onEntityChange(() => {
      if (state(plug("grid")) === "on" && state(plug("solar")) === "on") together += 1;
    });
    const sources = [{ interlockId: "main", deviceId: "solar", reason: "The sun is enough." }];
    await until("on solar", async () => {
      await tick({ sources });
      return state(plug("solar")) === "on";
    });
    watching.stop();
    expect([state(plug("grid")), together]).toEqual(["off", 0]);
    expect(pi.levels.get("grid")).toBe(0);
  });

  it("switches nothing in advise mode", async () => {
    settings = { ...settings, mode: "advise" };
    const sent = pi.commands.length;
    await tick(due({ plug: 0 }));
    settings = { ...settings, mode: "auto" };
    // What was promised is given back: the plug was found off.
    expect(pi.commands.slice(sent).every(({ command }) => command === "turn_off")).toBe(true);
  });

  it("follows an entity that the user renamed", async () => {
    const renamed = "switch.my_heater";
    const washer = real.home.entity(plug("washer"));
    expect(washer).toBeDefined();
    await person.ask({ type: "config/entity_registry/update", entity_id: plug("washer"), new_entity_id: renamed });
    await until("renamed", () => real.home.entity(renamed) !== undefined && !real.home.entity(plug("washer")));
    const followed = await until(
      "the registry",
      () =>
        real.home.registries().entities.find(({ uniqueId }) => uniqueId === "hypervolt/office/washer")?.entityId ===
        renamed,
    );
    expect(followed).toBe(true);
    await tick();
    expect(acting.problems().join()).toContain("removed or renamed");
    devices = devices.map((one) => (one.deviceId === "washer" ? { ...one, entityId: renamed } : one));
    settings = { ...settings, allowedEntities: devices.map(({ entityId }) => entityId) };
    await tick();
    expect(acting.problems()).toEqual([]);
  });

  it("says what is wrong when an entity is unavailable or was removed", async () => {
    await real.broker.publish(
      "homeassistant/switch/loner/config",
      JSON.stringify({
        name: "Loner",
        unique_id: "loner",
        command_topic: "loner/set",
        state_topic: "loner/state",
        availability_topic: "loner/up",
      }),
      { qos: 1, retain: true },
    );
    await until("unavailable", () => state("switch.loner") === "unavailable");
    devices = [...devices, device("loner", "switch.loner")];
    settings = { ...settings, allowedEntities: [...settings.allowedEntities, "switch.loner"] };
    await tick(due({ loner: 100 }));
    expect(decisions.at(-1)).toMatchObject({
      deviceId: "loner",
      status: "withheld",
      statusDetail: "its device is unavailable",
    });
    await real.broker.publish("homeassistant/switch/loner/config", "", { qos: 1, retain: true });
    await until("removed", () => state("switch.loner") === undefined);
    expect(acting.problems().join()).toContain("removed or renamed");
    devices = devices.filter(({ deviceId }) => deviceId !== "loner");
  });

  it("repeats nothing blindly and takes nobody's hand for its own after Home Assistant was restarted", async () => {
    const sent = pi.commands.length;
    const held = acting.holds().size;
    real.core.stop();
    await until("away", () => !real.home.connected());
    await tick(due({ plug: 100 }));
    expect(pi.commands.length).toBe(sent);
    await real.core.start();
    await until("back", () => real.home.connected(), 60_000);
    await until("the switch is back", () => ["on", "off"].includes(state(plug("plug")) ?? ""));
    expect(acting.holds().size).toBe(held);
    acting.release("plug");
    await tick(due({ plug: 100 }));
    await until("on", () => state(plug("plug")) === "on");
  });

  it("gives everything back as it was found when it ends", async () => {
    await until("the person is back too", () => person.connected(), 60_000);
    acting.release("lamp");
    await person.callService("light", "turn_off", {}, { entity_id: LAMP });
    await until("off", () => state(LAMP) === "off");
    acting.release("lamp");
    await tick(room(20, true));
    await until("lit", () => state(LAMP) === "on");
    await acting.close();
    await until("off again", () => state(LAMP) === "off");
    await until("the plug too", () => state(plug("plug")) === "off");
  });
});
