import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/commands/system-clock.ts";
import type { Engine } from "../../../src/composition/engine.ts";
import { getJson } from "../../../src/composition/get-json.ts";
import { Zone } from "../../../src/domain/civil-time.ts";
import type { Clock } from "../../../src/domain/clock.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../../../src/domain/units.ts";
import type { HomeAssistant } from "../../../src/home-assistant/home-assistant.ts";
import { start } from "../../../src/main.ts";
import type { HealthDto } from "../../../src/serving/messages.ts";
import { EngineProcess, TOKEN } from "../../harness/engine-process.ts";
import { homeAssistantIsThere, until } from "../../harness/home-assistant-core.ts";
import { announceMeter, SmartPlug } from "../../harness/plug-home.ts";
import { log, openRealHome, otherUser, type RealHome } from "./real-home.ts";

const SOURCES = ["grid", "solar", "battery"] as const;
type Source = (typeof SOURCES)[number];
const HANDS_OFF_MINUTES = 30;
const TRANSFER_MS = 90_000;

describe.runIf(homeAssistantIsThere())("the whole engine at a transfer switch of a real Home Assistant", () => {
  let real: RealHome;
  let person: HomeAssistant;
  let engine: Engine | undefined;
  const killed: EngineProcess[] = [];
  const contactors = new Map<Source, SmartPlug>();
  let charging: SmartPlug;
  let holding: SmartPlug;
  /** The home's time; connections keep the machine's. */
  let aheadMs = 0;
  const homeClock: Clock = {
    nowMs: () => Date.now() + aheadMs,
    after: (delayMs, task) => systemClock.after(delayMs, task),
  };
  const folder = mkdtempSync(path.join(tmpdir(), "hypervolt-source-"));
  const contactor = (source: Source): SmartPlug => contactors.get(source) as SmartPlug;
  const closed = (): Source[] => SOURCES.filter((source) => contactor(source).on);
  /** What is closed, at every move of a contactor. */
  const moves: string[] = [];
  const doubles = (): string[] => moves.filter((one) => one.includes("+"));

  /** Dear from an hour ago until long after this test; the night is cheap. */
  const options = (): Record<string, unknown> => {
    const zone = new Zone("Europe/Berlin");
    const time = (atMs: number): string => zone.iso(atMs).slice(11, 16);
    return {
      mqtt_url: real.mosquitto.url,
      home_assistant_url: real.url,
      home_assistant_token: real.token,
      redis_url: "memory",
      api_token: TOKEN,
      install_card: false,
      mode: "auto",
      hands_off_minutes: HANDS_OFF_MINUTES,
      allowed_entities: ["switch.battery_charge", "switch.battery_hold"],
      power_sources: SOURCES.map((source) => ({ source, switch: `switch.contactor_${source}` })),
      source_dwell_minutes: 1,
      import_price: 0.05,
      price_windows: [{ from: time(Date.now() - MS_PER_HOUR), to: time(Date.now() + 12 * MS_PER_HOUR), price: 1.5 }],
      batteries: [
        {
          id: "home",
          capacity_wh: 9_800,
          max_charge_w: 5_000,
          max_discharge_w: 5_000,
          soc_sensor: "sensor.house_soc",
          charge_switch: "switch.battery_charge",
          hold_switch: "switch.battery_hold",
        },
      ],
    };
  };
  const ask = async <T>(route: string, init: RequestInit = {}): Promise<T> => {
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const answer = await fetch(`http://127.0.0.1:${engine?.port}${route}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  /** Lets the home's time pass, and plans anew. */
  const pass = async (ms: number): Promise<void> => {
    aheadMs += ms;
    await ask("/api/plan/replan", { method: "POST", body: "{}" });
  };
  const setCharge = async (percent: number): Promise<void> => {
    await real.broker.publish("meter/house_soc", String(percent), { qos: 1, retain: true });
    await until("the charge shows", () => real.home.entity("sensor.house_soc")?.state === String(percent));
  };
  const runsFrom = (source: Source): Promise<unknown> =>
    until(`the home runs from the ${source}`, () => closed().join() === source, TRANSFER_MS);
  const reasons = async (): Promise<string[]> =>
    (await ask<{ results: { reason: string }[] }>("/api/ai-decisions")).results.map(({ reason }) => reason);

  beforeAll(async () => {
    real = await openRealHome("e2e-source");
    person = await otherUser(real.url, real.token);
    const plug = async (id: string, name: string): Promise<SmartPlug> => {
      const one = new SmartPlug(real.broker, id, 0);
      await one.announce(name);
      await until(name, () => real.home.entity(`switch.${id}`)?.state === "off");
      return one;
    };
    for (const source of SOURCES) {
      const one = await plug(`contactor_${source}`, `${source} contactor`);
      contactors.set(source, one);
      const turn = one.turn.bind(one);
      one.turn = async (on) => {
        const moved = turn(on);
        moves.push(closed().join("+"));
        await moved;
      };
    }
    charging = await plug("battery_charge", "Battery charging");
    holding = await plug("battery_hold", "Battery holding");
    await real.broker.publish(
      "homeassistant/sensor/house_soc/config",
      JSON.stringify({
        unique_id: "house_soc",
        name: null,
        default_entity_id: "sensor.house_soc",
        device: { identifiers: ["house_soc"], name: "House battery" },
        device_class: "battery",
        unit_of_measurement: "%",
        state_class: "measurement",
        state_topic: "meter/house_soc",
      }),
      { qos: 1, retain: true },
    );
    await announceMeter(real.broker, "p1_net", "P1 net power", 900);
    await setCharge(90);
    await contactor("grid").turn(true);
    await until("the grid is closed", () => real.home.entity("switch.contactor_grid")?.state === "on");
    engine = await start({
      options: options(),
      dataFolder: folder,
      port: 0,
      host: "127.0.0.1",
      clock: homeClock,
      wireClock: systemClock,
      log,
      steadyMs: () => performance.now(),
      getJson,
      version: "0.1.0",
      supervisorToken: null,
      machineTimezone: "Europe/Berlin",
    });
  });
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    for (const one of killed) {
      await one.stop("SIGKILL");
      one.forget();
    }
    person?.close();
    await real?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("goes from the dear grid to the battery, as the plan says, opening before it closes", async () => {
    await pass(2 * MS_PER_MINUTE);
    await runsFrom("battery");
    expect(doubles()).toEqual([]);
    expect(moves.slice(-2)).toEqual(["", "battery"]);
    expect(await reasons()).toContain("The plan runs the home from the battery now.");
  });

  it("gives way to a person who closes another source, opens the one before, and comes back after the hands-off time", async () => {
    await pass(2 * MS_PER_MINUTE);
    await person.callService("switch", "turn_on", {}, { entity_id: "switch.contactor_grid" });
    await runsFrom("grid");
    // The person's own closing makes two for a moment; HyperVolt ends it.
    expect(new Set(doubles())).toEqual(new Set(["grid+battery"]));
    moves.length = 0;
    const told = contactor("battery").told.length;
    await pass(2 * MS_PER_MINUTE);
    const withheld = async (): Promise<boolean> =>
      (
        await ask<{ results: { device: string; status: string; status_detail: string | null }[] }>("/api/ai-decisions")
      ).results.some(({ status, status_detail }) => status === "withheld" && status_detail?.includes("hands off"));
    await until("it says that it leaves the sources alone", withheld, TRANSFER_MS);
    expect([closed(), moves, contactor("battery").told.length]).toEqual([["grid"], [], told]);
    await pass(HANDS_OFF_MINUTES * MS_PER_MINUTE);
    await runsFrom("battery");
    expect(doubles()).toEqual([]);
  });

  it("goes back to the grid when the battery is empty", async () => {
    await setCharge(10);
    await pass(2 * MS_PER_MINUTE);
    await runsFrom("grid");
    expect(doubles()).toEqual([]);
  });

  it("follows a battery's switch that is renamed, and steers it", async () => {
    const renamed = { entity_id: "switch.battery_charge", new_entity_id: "switch.speicher_laden" };
    await person.ask({ type: "config/entity_registry/update", ...renamed });
    await until("renamed", () => person.entity("switch.speicher_laden")?.state === "off");
    await person.callService("switch", "turn_on", {}, { entity_id: "switch.speicher_laden" });
    await until("it charges", () => charging.on);
    charging.told.length = 0;
    await pass((HANDS_OFF_MINUTES + 1) * MS_PER_MINUTE);
    // The command is to follow the load: neither switch is on.
    await until("HyperVolt turns it off", () => charging.told.includes("OFF") && !charging.on, TRANSFER_MS);
    expect(holding.told).toEqual([]);
  });

  it("ends on the grid when it ends, as nobody watches over the battery then", async () => {
    await setCharge(90);
    await pass(2 * MS_PER_MINUTE);
    await runsFrom("battery");
    await engine?.[Symbol.asyncDispose]();
    engine = undefined;
    await runsFrom("grid");
    expect(doubles()).toEqual([]);
  });

  /** Kills an engine in a process of its own while it changes from the grid to the battery. */
  const killWhile = async (half: () => boolean): Promise<EngineProcess> => {
    // An attempt before this one may have ended anywhere.
    await contactor("battery").turn(false);
    if (!contactor("grid").on) await contactor("grid").turn(true);
    const sinceMs = real.home.entity("switch.contactor_grid")?.lastChangedMs ?? 0;
    await until("the grid has had its least time", () => Date.now() - sinceMs > MS_PER_MINUTE + 1_000, TRANSFER_MS);
    const running = new EngineProcess(options());
    killed.push(running);
    await running.start();
    await until("it is half-way", half, 3 * TRANSFER_MS);
    await running.stop("SIGKILL");
    return running;
  };

  it("closes the grid at its next start when it was killed while no source was closed", async () => {
    await setCharge(90);
    contactor("battery").deaf = true;
    contactor("battery").told.length = 0;
    const running = await killWhile(() => closed().length === 0 && contactor("battery").told.includes("ON"));
    expect(closed()).toEqual([]);
    contactor("battery").deaf = false;
    await setCharge(10);
    await running.start();
    await runsFrom("grid");
    expect(doubles()).toEqual([]);
    await running.stop();
    expect(closed()).toEqual(["grid"]);
  });

  it("ends on the grid also when what it had sent before it was killed was done late", async () => {
    await setCharge(90);
    const battery = contactor("battery");
    battery.deaf = true;
    battery.told.length = 0;
    const running = await killWhile(() => battery.told.includes("ON"));
    battery.deaf = false;
    await running.start();
    const isConnected = async (): Promise<boolean> =>
      (await running.get<HealthDto>("/health")).dependencies.some(
        ({ name, state }) => name.includes("Home Assistant") && state === "ok",
      );
    await until("Home Assistant is there", isConnected, TRANSFER_MS);
    // Where its first tick came first, it has gone back to the grid by itself: then nothing is late any more.
    if (closed().length === 0) await battery.turn(true);
    await running.stop();
    await runsFrom("grid");
  });
});
