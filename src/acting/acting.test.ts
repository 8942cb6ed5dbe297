import { describe, expect, it } from "vitest";
import { ActingHouse, device, due } from "../../tests/harness/acting-house.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";

const HOUR = MS_PER_HOUR;
const MINUTE = MS_PER_MINUTE;
const heater = device("heater", { kind: "water_heater", maxW: 2_000 });
/** Long enough ago that no minimum on or off time holds anything up. */
const settled = async (house: ActingHouse): Promise<void> => house.clock.advance(HOUR);

async function houseWithHeater(state: "on" | "off", settings = {}): Promise<ActingHouse> {
  const house = new ActingHouse([heater], settings);
  house.home.set("switch.heater", state);
  await settled(house);
  return house;
}

describe("carrying out", () => {
  it("turns on what the plan runs now, and confirms it by the entity's state", async () => {
    const house = await houseWithHeater("off");
    await house.tick({ due: due({ heater: 2_000 }) });
    expect(house.services()).toEqual(["switch.turn_on switch.heater"]);
    expect(house.statuses()).toEqual(["heater sent", "heater confirmed"]);
    expect(new Set(house.decisions.map(({ decisionId }) => decisionId)).size).toBe(1);
    expect(house.decisions[1]?.contextId).toMatch(/^context-/);
  });

  it("sends nothing twice while all is as wanted", async () => {
    const house = await houseWithHeater("off");
    await house.run(5 * MINUTE, () => ({ due: due({ heater: 2_000 }) }));
    expect(house.home.calls).toHaveLength(1);
  });

  it("switches nothing in advise mode, and says each advice once", async () => {
    const house = await houseWithHeater("off", { mode: "advise" });
    await house.run(10 * MINUTE, () => ({ due: due({ heater: 2_000 }) }));
    expect(house.home.calls).toEqual([]);
    expect(house.statuses()).toEqual(["heater advised"]);
  });

  it("does nothing at all when off", async () => {
    const house = await houseWithHeater("off", { mode: "off" });
    await house.tick({ due: due({ heater: 2_000 }) });
    expect([house.home.calls, house.decisions]).toEqual([[], []]);
  });

  it("never touches an entity the user has not allowed", async () => {
    const house = await houseWithHeater("off", { allowedEntities: ["switch.other"] });
    await house.tick({ due: due({ heater: 2_000 }) });
    expect(house.home.calls).toEqual([]);
    expect(house.decisions[0]).toMatchObject({ status: "advised", statusDetail: expect.stringContaining("allow") });
  });

  it("acts on lights and switches only", async () => {
    const lock = device("lock", { entityId: "lock.door" });
    const house = new ActingHouse([lock]);
    house.home.set("lock.door", "off");
    await house.tick({ due: due({ lock: 10 }) });
    expect(house.home.calls).toEqual([]);
    expect(house.decisions[0]?.status).toBe("withheld");
  });

  it("tries four times with growing pauses, then gives up, shows it and lets the device be", async () => {
    const house = await houseWithHeater("off");
    house.home.deaf.add("switch.heater");
    await house.run(3 * MINUTE, () => ({ due: due({ heater: 2_000 }) }));
    expect(house.home.calls).toHaveLength(4);
    const gaps = house.home.calls.slice(1).map(({ atMs }, i) => atMs - (house.home.calls[i]?.atMs ?? 0));
    expect(gaps[0]).toBeLessThan(gaps[1] ?? 0);
    expect(gaps[1]).toBeLessThan(gaps[2] ?? 0);
    expect(house.statuses()).toEqual(["heater sent", "heater failed", "heater withheld"]);
    expect(house.acting.problems()).toEqual([expect.stringContaining('the entity shows "off"')]);
    expect(house.acting.counts()).toEqual({ sent: 1, confirmed: 0, failed: 1 });
  });

  it("tells what became of a command that a newer one replaced", async () => {
    const house = await houseWithHeater("on");
    house.home.deaf.add("switch.heater");
    await house.tick({ due: due({ heater: 0 }) });
    house.home.deaf.clear();
    await house.tick({ due: due({ heater: 2_000 }) });
    expect(house.decisions.map(({ status, statusDetail }) => `${status} ${statusDetail ?? ""}`.trim())).toEqual([
      "sent",
      "sent",
      "withheld a newer command took its place",
      "confirmed",
    ]);
  });

  it("withholds what it cannot see, and says why", async () => {
    const house = await houseWithHeater("off");
    house.home.set("switch.heater", "unavailable");
    await house.tick({ due: due({ heater: 2_000 }) });
    house.home.remove("switch.heater");
    await house.tick({ due: due({ heater: 2_000 }) });
    expect(house.home.calls).toEqual([]);
    expect(house.decisions[0]?.statusDetail).toBe("its device is unavailable");
    expect(house.acting.problems()[0]).toContain("removed or renamed");
  });
});

describe("giving way", () => {
  it("stays away for two hours from what somebody changed, says so once, and comes back", async () => {
    const house = await houseWithHeater("off");
    await house.tick({ due: due({ heater: 2_000 }) });
    await settled(house);
    house.home.person("switch.heater", false);
    expect(house.holds).toHaveLength(1);
    await house.run(119 * MINUTE, () => ({ due: due({ heater: 2_000 }) }));
    expect(house.home.calls).toHaveLength(1);
    expect(house.decisions.filter(({ status }) => status === "withheld").length).toBe(2);
    await house.run(2 * MINUTE, () => ({ due: due({ heater: 2_000 }) }));
    expect(house.home.calls).toHaveLength(2);
  });

  it("drops further attempts when somebody acts while one is under way", async () => {
    const house = await houseWithHeater("off");
    house.home.deaf.add("switch.heater");
    await house.tick({ due: due({ heater: 2_000 }) });
    house.home.deaf.clear();
    house.home.person("switch.heater", true);
    house.home.person("switch.heater", false);
    await house.run(5 * MINUTE, () => ({ due: due({ heater: 2_000 }) }));
    expect(house.home.calls).toHaveLength(1);
    expect(house.acting.holds().has("heater")).toBe(true);
  });

  it("takes a late report of its own command for its own", async () => {
    const house = await houseWithHeater("off");
    house.home.deaf.add("switch.heater");
    await house.tick({ due: due({ heater: 2_000 }) });
    await house.clock.advance(8_000);
    house.home.set("switch.heater", "on"); // the device reports, under a context of its own
    expect(house.statuses()).toEqual(["heater sent", "heater confirmed"]);
    expect(house.acting.holds().size).toBe(0);
  });

  it("notices a hand at the switch right after its own command, on which Home Assistant puts our context", async () => {
    const house = await houseWithHeater("off");
    await house.tick({ due: due({ heater: 2_000 }) });
    const ours = house.home.entity("switch.heater")?.contextId ?? "";
    await house.clock.advance(2_000);
    house.home.set("switch.heater", "off", null, ours);
    expect(house.acting.holds().has("heater")).toBe(true);
  });

  it("does not take the end of an unavailability for a person", async () => {
    const house = await houseWithHeater("off");
    await house.tick();
    house.home.set("switch.heater", "unavailable");
    house.home.set("switch.heater", "off");
    expect(house.acting.holds().size).toBe(0);
  });

  it("notices what was changed while it was away", async () => {
    const house = await houseWithHeater("off");
    await house.tick({ due: due({ heater: 2_000 }) });
    await house.acting.close();
    await settled(house);
    house.home.person("switch.heater", true);
    await house.clock.advance(MINUTE);
    house.start();
    await house.tick({ due: due({ heater: 0 }) });
    expect(house.acting.holds().get("heater")?.why).toContain("while HyperVolt was away");
    expect(house.services().slice(2)).toEqual([]);
  });

  it("notices what is changed before its very first tick", async () => {
    const house = await houseWithHeater("off");
    house.home.person("switch.heater", true);
    await house.tick({ due: due({ heater: 0 }) });
    expect(house.acting.holds().get("heater")?.why).toContain("Somebody changed it");
    expect(house.home.calls).toEqual([]);
  });

  it("is released before its time by the user", async () => {
    const house = await houseWithHeater("off");
    await house.tick();
    house.home.person("switch.heater", true);
    await settled(house);
    await house.tick({ due: due({ heater: 0 }) });
    expect(house.home.calls).toHaveLength(0);
    house.acting.release("heater");
    await house.tick({ due: due({ heater: 0 }) });
    expect(house.services()).toEqual(["switch.turn_off switch.heater"]);
  });

  it("does at once what a person asks on its page, then leaves the device to them", async () => {
    const house = await houseWithHeater("off", { mode: "advise", quietHours: { from: "00:00", to: "23:59" } });
    await house.tick();
    await house.acting.perform("heater", { kind: "turn_on" }, "Ada", 30);
    expect(house.services()).toEqual(["switch.turn_on switch.heater"]);
    expect(house.acting.holds().get("heater")?.why).toBe("Ada set it");
  });

  it("takes a late report of what was asked before for its own, when a person asks twice in a row", async () => {
    const house = await houseWithHeater("off");
    await house.tick();
    house.home.deaf.add("switch.heater");
    await house.acting.perform("heater", { kind: "turn_on" }, "Ada", 30);
    await house.acting.perform("heater", { kind: "turn_off" }, "Ada", 30);
    // Home Assistant puts the context of the last call on both reports.
    house.home.set("switch.heater", "on", null, "context-3");
    await house.clock.advance(1_000);
    house.home.set("switch.heater", "off", null, "context-3");
    expect(house.services()).toEqual(["switch.turn_on switch.heater", "switch.turn_off switch.heater"]);
    expect(house.statuses()).toEqual(["heater sent", "heater sent", "heater withheld", "heater confirmed"]);
    expect(house.acting.holds().get("heater")?.why).toBe("Ada set it");
  });

  it("tries what a person asks also while Home Assistant never heard how the device stands", async () => {
    const house = await houseWithHeater("off");
    house.home.set("switch.heater", "unknown");
    await house.acting.perform("heater", { kind: "turn_off" }, "Ada", 30);
    expect(house.services()).toEqual(["switch.turn_off switch.heater"]);
    expect(house.statuses()).toEqual(["heater sent", "heater confirmed"]);
  });

  it("tells a person at once that a device, or Home Assistant, is away", async () => {
    const house = await houseWithHeater("off");
    const turnOn = (): Promise<void> => house.acting.perform("heater", { kind: "turn_on" }, "Ada", 30);
    house.home.set("switch.heater", "unavailable");
    await expect(turnOn()).rejects.toThrow("CONFLICT: heater cannot be switched now: its device is unavailable");
    house.home.isConnected = false;
    await expect(turnOn()).rejects.toThrow("HOME_ASSISTANT_UNAVAILABLE");
    expect([house.home.calls, house.acting.holds().size]).toEqual([[], 0]);
  });
});

describe("limits", () => {
  it("keeps a compressor on for its shortest time", async () => {
    const pump = device("pump", { kind: "heat_pump" });
    const house = new ActingHouse([pump]);
    house.home.set("switch.pump", "off");
    await settled(house);
    await house.tick({ due: due({ pump: 1_000 }) });
    await house.run(19 * MINUTE, () => ({ due: due({ pump: 0 }) }));
    expect(house.services()).toEqual(["switch.turn_on switch.pump"]);
    await house.run(2 * MINUTE, () => ({ due: due({ pump: 0 }) }));
    expect(house.services()).toHaveLength(2);
  });

  it("tells until when a limit keeps it from what was wanted, and nothing where nothing is in the way", async () => {
    const house = await houseWithHeater("on");
    await house.tick();
    house.home.set("switch.heater", "off");
    house.acting.release("heater");
    const offAtMs = house.clock.nowMs();
    await house.tick({ due: due({ heater: 0 }) });
    expect(house.acting.lockEndsMs()).toEqual([]);
    await house.clock.advance(MINUTE);
    await house.tick({ due: due({ heater: 2_000 }) });
    expect(house.acting.lockEndsMs()).toEqual([offAtMs + 5 * MINUTE]);
    await house.clock.advance(5 * MINUTE);
    await house.tick({ due: due({ heater: 2_000 }) });
    expect(house.acting.lockEndsMs()).toEqual([]);
    expect(house.services()).toEqual(["switch.turn_on switch.heater"]);
    house.home.person("switch.heater", false);
    expect(house.acting.lockEndsMs()).toEqual([house.clock.nowMs() + 2 * HOUR]);
  });

  it("switches a device no more often than its limit an hour", async () => {
    const quick = device("quick", { limits: { minOnMs: 0, minOffMs: 0, mostPerHour: 3, mostPerDay: 5 } });
    const house = new ActingHouse([quick]);
    house.home.set("switch.quick", "off");
    let on = false;
    const toAndFro = () => {
      on = !on;
      return { due: due({ quick: on ? 1_000 : 0 }) };
    };
    await house.run(30 * MINUTE, toAndFro);
    expect(house.home.calls).toHaveLength(3);
    await house.run(24 * HOUR - 31 * MINUTE, toAndFro);
    expect(house.home.calls).toHaveLength(5);
  });

  it("turns nothing on in quiet hours, but ends what it had begun", async () => {
    const house = await houseWithHeater("off", { quietHours: { from: "13:00", to: "14:00" } });
    await house.tick({ due: due({ heater: 2_000 }) }); // 12:00 in Berlin
    await settled(house);
    await house.tick({ due: due({ heater: 0 }) });
    expect(house.services()).toEqual(["switch.turn_on switch.heater", "switch.turn_off switch.heater"]);
    await house.clock.advance(30 * MINUTE);
    await house.tick({ due: due({ heater: 2_000 }) });
    expect(house.home.calls).toHaveLength(2);
    expect(house.decisions.at(-1)?.statusDetail).toBe("quiet hours until 14:00");
  });
});

describe("giving back", () => {
  it("gives everything back as it was found when it ends", async () => {
    const house = await houseWithHeater("on");
    await house.tick({ due: due({ heater: 0 }) });
    await house.acting.close();
    expect(house.services()).toEqual(["switch.turn_off switch.heater", "switch.turn_on switch.heater"]);
  });

  it("gives back at the next start what a crash left behind, once", async () => {
    const house = await houseWithHeater("on");
    await house.tick({ due: due({ heater: 0 }) });
    house.start();
    await house.tick();
    await house.tick();
    expect(house.services()).toEqual(["switch.turn_off switch.heater", "switch.turn_on switch.heater"]);
  });

  it("gives back what an earlier run left behind also when it ends before its first tick", async () => {
    const house = await houseWithHeater("off");
    await house.tick({ due: due({ heater: 2_000 }) });
    house.start();
    await house.close();
    expect(house.services()).toEqual(["switch.turn_on switch.heater", "switch.turn_off switch.heater"]);
  });

  it("loses no promise of an earlier run while Home Assistant is away, nor when a person is quicker than the first tick", async () => {
    const house = new ActingHouse([heater, device("lamp")]);
    house.home.set("switch.heater", "off");
    house.home.set("switch.lamp", "off");
    await settled(house);
    await house.tick({ due: due({ heater: 2_000 }) });
    house.home.isConnected = false;
    house.start();
    await house.tick();
    await house.close();
    expect((await house.outbox.load()).promises).toHaveProperty("heater");
    house.start();
    house.home.reconnect();
    await house.clock.advance(HOUR);
    house.home.person("switch.lamp", true);
    await house.clock.advance(MINUTE);
    expect((await house.outbox.load()).promises).toHaveProperty("heater");
    await house.acting.perform("lamp", { kind: "turn_off" }, "Ada", 30);
    await house.tick();
    expect(house.services()).toEqual([
      "switch.turn_on switch.heater",
      "switch.turn_off switch.lamp",
      "switch.turn_off switch.heater",
    ]);
  });

  it("gives back after a crash also what shows itself only a while after the start", async () => {
    const house = await houseWithHeater("on");
    await house.tick({ due: due({ heater: 0 }) });
    house.home.set("switch.heater", "unavailable");
    house.start();
    await house.tick();
    expect(house.home.calls).toHaveLength(1);
    house.home.set("switch.heater", "off");
    await house.tick();
    expect(house.services()).toEqual(["switch.turn_off switch.heater", "switch.turn_on switch.heater"]);
  });

  it("sends nothing that it could not write down first, and says so", async () => {
    const house = await houseWithHeater("off");
    await house.tick();
    house.outbox.save = async () => Promise.reject(new Error("the disk is full"));
    await house.tick({ due: due({ heater: 2_000 }) });
    expect(house.home.calls).toEqual([]);
    expect(house.decisions.at(-1)).toMatchObject({
      status: "failed",
      statusDetail: expect.stringContaining("the disk is full"),
    });
  });

  it("does not repeat after a crash what was sent and not confirmed", async () => {
    const house = await houseWithHeater("off");
    house.home.deaf.add("switch.heater");
    await house.tick({ due: due({ heater: 2_000 }) });
    house.start();
    await house.tick();
    expect(house.home.calls).toHaveLength(1);
    expect(house.decisions.at(-1)).toMatchObject({
      status: "withheld",
      statusDetail: expect.stringContaining("not repeated"),
    });
  });

  it("gives everything back when it is set to advise", async () => {
    const house = await houseWithHeater("on");
    await house.tick({ due: due({ heater: 0 }) });
    house.settings = { ...house.settings, mode: "advise" };
    await house.tick({ due: due({ heater: 0 }) });
    expect(house.services().at(-1)).toBe("switch.turn_on switch.heater");
  });

  it("keeps things as they are for half an hour without a plan, then gives them back", async () => {
    const house = await houseWithHeater("on");
    await house.tick({ due: due({ heater: 0 }) });
    await house.run(29 * MINUTE, () => ({ due: null }));
    expect(house.home.calls).toHaveLength(1);
    await house.run(2 * MINUTE, () => ({ due: null }));
    expect(house.services().at(-1)).toBe("switch.turn_on switch.heater");
  });

  it("lets a run that it started end when it ends itself", async () => {
    const shift = { runMinutes: 90, contiguous: true, window: ["00:00", "23:59"], weekdays: [0] } as const;
    const washer = device("washer", { kind: "washing_machine", shift });
    const house = new ActingHouse([washer]);
    house.home.set("switch.washer", "off");
    await settled(house);
    await house.tick({ due: due({ washer: 1_000 }) });
    await house.run(60 * MINUTE, () => ({ due: due({ washer: 0 }) }));
    await house.acting.close();
    expect(house.services()).toEqual(["switch.turn_on switch.washer"]);
  });

  it("judges what was under way when the connection was lost by the entity, and repeats nothing blindly", async () => {
    const house = await houseWithHeater("off");
    await house.tick();
    house.home.deaf.add("switch.heater");
    await house.tick({ due: due({ heater: 2_000 }) });
    house.home.isConnected = false;
    await house.run(3 * MINUTE, () => ({ due: due({ heater: 2_000 }) }));
    house.home.reconnect();
    expect(house.home.calls).toHaveLength(1);
    expect(house.decisions.at(-1)).toMatchObject({ status: "failed" });
  });
});

describe("the main fuse", () => {
  const car = device("car", { kind: "ev", maxW: 3_700 });
  it("sheds the car before the heater, after a second reading above the fuse", async () => {
    const house = new ActingHouse([car, heater], { gridMaxImportW: 6_000 });
    house.home.set("switch.car", "on");
    house.home.set("switch.heater", "on");
    await settled(house);
    const grid = (gridW: number) => ({ gridW, atMs: house.clock.nowMs() });
    await house.tick({ grid: grid(6_300) });
    expect(house.home.calls).toEqual([]);
    await house.clock.advance(10_000);
    await house.tick({ grid: grid(6_300) });
    expect(house.services()).toEqual(["switch.turn_off switch.car"]);
    await house.clock.advance(MINUTE);
    await house.tick({ grid: grid(2_600), due: due({ car: 3_700 }) });
    expect(house.home.calls).toHaveLength(1);
  });

  it("turns nothing on that the fuse would not carry, counting what it has just turned on", async () => {
    const house = new ActingHouse([car, heater], { gridMaxImportW: 6_000 });
    house.home.set("switch.car", "off");
    house.home.set("switch.heater", "off");
    await settled(house);
    const grid = { gridW: 1_500, atMs: house.clock.nowMs() };
    await house.tick({ grid, due: due({ car: 3_700, heater: 2_000 }) });
    expect(house.services()).toEqual(["switch.turn_on switch.car"]);
    expect(house.decisions.at(-1)).toMatchObject({ deviceId: "heater", status: "withheld" });
  });
});
