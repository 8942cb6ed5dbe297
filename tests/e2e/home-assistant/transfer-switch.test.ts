import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ActingDevice } from "../../../src/acting/acting-home.ts";
import { type Acting, createActing, type Situation } from "../../../src/acting/acting.ts";
import { memoryOutbox } from "../../../src/acting/outbox.ts";
import type { Interlock } from "../../../src/acting/transfer-switch.ts";
import { Zone } from "../../../src/domain/civil-time.ts";
import type { HomeAssistant } from "../../../src/home-assistant/home-assistant.ts";
import { homeAssistantIsThere, until } from "../../harness/home-assistant-core.ts";
import { SmartPlug } from "../../harness/plug-home.ts";
import { clock, log, openRealHome, otherUser, type RealHome } from "./real-home.ts";

const SOURCES = ["grid", "solar", "battery"] as const;
type Source = (typeof SOURCES)[number];
const NOTHING: Situation = { due: null, batteries: [], rooms: [], grid: null, devicePowerW: {}, sources: [] };
const NO_LIMITS = { minOnMs: 0, minOffMs: 0, mostPerHour: 1_000, mostPerDay: 1_000 };

describe.runIf(homeAssistantIsThere())("a transfer switch in a real Home Assistant", () => {
  let real: RealHome;
  let person: HomeAssistant;
  let acting: Acting;
  let handsOffMinutes = 0;
  const plugs = new Map<Source, SmartPlug>();
  const interlock: Interlock = { interlockId: "sources", members: [...SOURCES], fallback: "grid", openMs: 300 };
  const devices: ActingDevice[] = SOURCES.map((deviceId) => ({
    deviceId,
    entityId: `switch.${deviceId}`,
    name: deviceId,
    kind: "other",
    areaId: null,
    maxW: 0,
    dimmable: false,
    limits: NO_LIMITS,
  }));
  const plug = (source: Source): SmartPlug => plugs.get(source) as SmartPlug;
  const closed = (): Source[] => SOURCES.filter((source) => plug(source).on);
  /** The contacts themselves, sampled whenever one of them moves: two closed at once must not be HyperVolt's doing. */
  const doubles: string[] = [];
  const sample = (): void => {
    if (closed().length > 1) doubles.push(closed().join("+"));
  };
  const want = (source: Source): Promise<void> =>
    acting.tick({ ...NOTHING, sources: [{ interlockId: "sources", deviceId: source, reason: "The plan says so." }] });
  /** Ticks until the home runs from a source. */
  const bring = (source: Source, withinMs = 60_000): Promise<unknown> =>
    until(
      `the home runs from ${source}`,
      async () => {
        await want(source);
        return closed().join() === source && real.home.entity(`switch.${source}`)?.state === "on";
      },
      withinMs,
    );

  beforeAll(async () => {
    real = await openRealHome("e2e-transfer");
    person = await otherUser(real.url, real.token);
    for (const source of SOURCES) {
      const one = new SmartPlug(real.broker, source, 0);
      plugs.set(source, one);
      await one.announce(`${source} contactor`);
      const turn = one.turn.bind(one);
      one.turn = async (on) => {
        const done = turn(on);
        sample();
        await done;
      };
    }
    await plug("grid").turn(true);
    for (const source of SOURCES)
      await until(source, () => real.home.entity(`switch.${source}`)?.state === (source === "grid" ? "on" : "off"));
    acting = createActing({
      homeAssistant: real.home,
      clock,
      log,
      zone: new Zone("Europe/Berlin"),
      outbox: memoryOutbox(),
      settings: () => ({
        mode: "auto",
        allowedEntities: devices.map(({ entityId }) => entityId),
        lightTargetLx: 300,
        lightFloorPct: 10,
        handsOffMinutes,
        quietHours: null,
        gridMaxImportW: null,
      }),
      devices: () => devices,
      interlocks: () => [interlock],
      onDecision: () => undefined,
    });
    await acting.tick(NOTHING);
  });
  afterAll(async () => {
    await acting?.close();
    person?.close();
    await real?.close();
  });

  it("goes from source to source, opening before it closes, and never has two closed", async () => {
    for (const source of ["solar", "battery", "grid"] as const) await bring(source);
    expect(doubles).toEqual([]);
  });

  it("waits for an opening that Home Assistant shows late", async () => {
    plug("grid").delayMs = 4_000;
    await bring("solar");
    plug("grid").delayMs = 0;
    expect(doubles).toEqual([]);
  });

  it("closes nothing while a contactor does not open at all, or cannot be seen", async () => {
    plug("solar").deaf = true;
    const told = plug("battery").told.length;
    const end = performance.now() + 5_000;
    await until("time has passed", async () => {
      await want("battery");
      return performance.now() > end;
    });
    expect(plug("battery").told.length).toBe(told);
    plug("solar").deaf = false;
    await bring("battery", 120_000);
    expect(doubles).toEqual([]);
  });

  it("opens the other one at once when a person closes a second, and stays with what the person chose", async () => {
    handsOffMinutes = 60;
    expect(closed()).toEqual(["battery"]);
    const began = performance.now();
    await person.callService("switch", "turn_on", {}, { entity_id: "switch.grid" });
    await until("one is closed", () => closed().join() === "grid", 10_000);
    // The person's own closing makes two for a moment; HyperVolt ends it without waiting for its next tick.
    expect(performance.now() - began).toBeLessThan(9_000);
    expect(doubles.filter((one) => one !== "grid+battery")).toEqual([]);
    await want("battery");
    await want("battery");
    expect(closed()).toEqual(["grid"]);
    expect(acting.holds().has("grid")).toBe(true);
  });
});
