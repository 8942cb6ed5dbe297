import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ActingDevice, ActingSettings } from "../../../src/acting/acting-home.ts";
import { type Acting, createActing, type Situation } from "../../../src/acting/acting.ts";
import { memoryOutbox } from "../../../src/acting/outbox.ts";
import { Zone } from "../../../src/domain/civil-time.ts";
import type { Clock } from "../../../src/domain/clock.ts";
import type { Decision } from "../../../src/domain/decision.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../../../src/domain/units.ts";
import { homeAssistantIsThere, until } from "../../harness/home-assistant-core.ts";
import { SmartPlug } from "../../harness/plug-home.ts";
import { clock, log, openRealHome, type RealHome } from "./real-home.ts";

const NOTHING: Situation = { due: null, batteries: [], rooms: [], grid: null, devicePowerW: {}, sources: [] };
const FREE = { minOnMs: 0, minOffMs: 0, mostPerHour: 1_000, mostPerDay: 1_000 };
const zone = new Zone("Europe/Berlin");

describe.runIf(homeAssistantIsThere())("the limits of acting, on entities of a real Home Assistant", () => {
  let real: RealHome;
  let plug: SmartPlug;
  let acting: Acting;
  let settings: ActingSettings;
  let device: ActingDevice;
  let outbox = memoryOutbox();
  /** Hours that have passed for HyperVolt and not for Home Assistant. */
  let aheadMs = 0;
  const decisions: Decision[] = [];
  const homeClock: Clock = { nowMs: () => clock.nowMs() + aheadMs, after: (ms, task) => clock.after(ms, task) };

  const open = (): Acting =>
    createActing({
      homeAssistant: real.home,
      clock: homeClock,
      log,
      zone,
      outbox,
      settings: () => settings,
      devices: () => [device],
      onDecision: (decision) => void decisions.push(decision),
    });
  const tick = (watts: number | null, more: Partial<Situation> = {}): Promise<void> =>
    acting.tick({
      ...NOTHING,
      due: watts === null ? null : { loadsW: { pump: watts }, reasons: {}, untilMs: Infinity },
      ...more,
    });
  const shows = (state: "on" | "off"): Promise<unknown> =>
    until(state, () => real.home.entity("switch.pump")?.state === state && plug.on === (state === "on"));
  const turn = async (watts: number): Promise<void> => {
    await tick(watts);
    await shows(watts > 0 ? "on" : "off");
  };
  const why = (): string => decisions.at(-1)?.statusDetail ?? "";

  beforeAll(async () => {
    real = await openRealHome("e2e-limits");
    plug = new SmartPlug(real.broker, "pump", 1_000);
    await plug.announce("Pump");
    await until("the plug is there", () => real.home.entity("switch.pump")?.state === "off");
  });
  beforeEach(async () => {
    await acting?.close();
    await plug.turn(false);
    await shows("off");
    outbox = memoryOutbox();
    aheadMs = 0;
    decisions.length = 0;
    settings = {
      mode: "auto",
      allowedEntities: ["switch.pump"],
      lightTargetLx: 300,
      lightFloorPct: 10,
      handsOffMinutes: 0,
      quietHours: null,
      gridMaxImportW: null,
    };
    device = {
      deviceId: "pump",
      entityId: "switch.pump",
      name: "Pump",
      kind: "switch",
      areaId: null,
      maxW: 1_000,
      dimmable: false,
      limits: FREE,
    };
    acting = open();
    await tick(null);
    plug.told.length = 0;
  });
  afterAll(async () => {
    await acting?.close();
    await real?.close();
  });

  it("starts nothing in quiet hours, says until when, and ends what it had begun", async () => {
    const wall = (inMs: number): string => zone.iso(homeClock.nowMs() + inMs).slice(11, 16);
    settings = { ...settings, quietHours: { from: wall(-MS_PER_HOUR), to: wall(MS_PER_HOUR) } };
    await tick(1_000);
    expect(plug.told).toEqual([]);
    expect(why()).toContain("quiet hours until");
    const { quietHours } = settings;
    settings = { ...settings, quietHours: null };
    await turn(1_000);
    settings = { ...settings, quietHours };
    await turn(0);
    expect(plug.told).toEqual(["ON", "OFF"]);
  });

  it("leaves a device on and off for its least time", async () => {
    device = { ...device, limits: { ...FREE, minOnMs: 10 * MS_PER_MINUTE, minOffMs: 5 * MS_PER_MINUTE } };
    await tick(1_000);
    expect(why()).toContain("stays off for at least 5 minutes");
    aheadMs = 6 * MS_PER_MINUTE;
    await turn(1_000);
    aheadMs = 8 * MS_PER_MINUTE;
    await tick(0);
    expect(why()).toContain("stays on for at least 10 minutes");
    aheadMs = 30 * MS_PER_MINUTE;
    await turn(0);
    expect(plug.told).toEqual(["ON", "OFF"]);
  });

  it("switches no more often in an hour and in a day than it may", async () => {
    device = { ...device, limits: { ...FREE, mostPerHour: 2, mostPerDay: 3 } };
    await turn(1_000);
    await turn(0);
    await tick(1_000);
    expect(why()).toContain("2 times an hour");
    aheadMs = MS_PER_HOUR + MS_PER_MINUTE;
    await turn(1_000);
    await tick(0);
    expect(why()).toContain("3 times a day");
    expect(plug.told).toEqual(["ON", "OFF", "ON"]);
  });

  it("starts nothing the main fuse does not carry, and sheds what it switched where the fuse is overdrawn", async () => {
    settings = { ...settings, gridMaxImportW: 3_000 };
    const grid = (gridW: number): Partial<Situation> => ({ grid: { gridW, atMs: homeClock.nowMs() } });
    await tick(1_000, grid(2_500));
    expect(plug.told).toEqual([]);
    expect(decisions.at(-1)?.status).toBe("withheld");
    await tick(1_000, grid(500));
    await shows("on");
    await until("shed", async () => {
      await tick(1_000, grid(4_500));
      return !plug.on;
    });
    expect(plug.told).toEqual(["ON", "OFF"]);
  });

  it("keeps things for half an hour without a plan, then gives them back as they were", async () => {
    await turn(1_000);
    await tick(null);
    aheadMs = 20 * MS_PER_MINUTE;
    await tick(null);
    expect(plug.on).toBe(true);
    aheadMs = 31 * MS_PER_MINUTE;
    await tick(null);
    await shows("off");
  });

  it("keeps after a crash what it had promised: the next start gives it back", async () => {
    await turn(1_000);
    await until("confirmed", () => decisions.some(({ status }) => status === "confirmed"));
    // Whoever ran before is as good as killed: it is neither closed nor asked again.
    acting = open();
    await tick(null);
    await shows("off");
    expect(plug.told).toEqual(["ON", "OFF"]);
  });

  it("asks before it starts an appliance where a person wants to be asked, and starts it on a yes", async () => {
    settings = { ...settings, askFirst: true };
    await tick(1_000);
    expect(plug.told).toEqual([]);
    expect(acting.asks()).toEqual([{ deviceId: "pump", reason: "The plan runs it now." }]);
    expect(decisions.at(-1)).toMatchObject({ status: "advised", statusDetail: "HyperVolt asks first: choose Run now" });
    await acting.perform("pump", { kind: "turn_on" }, "Ada", 30);
    await shows("on");
    await tick(1_000);
    expect(acting.asks()).toEqual([]);
  });
});
