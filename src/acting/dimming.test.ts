import { describe, expect, it } from "vitest";
import { ActingHouse, device } from "../../tests/harness/acting-house.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { learnLuxResponse, luxBetween, type LuxResponse } from "./lux-response.ts";

const lamp = device("lamp", { entityId: "light.lamp", kind: "light", maxW: 12, dimmable: true });

/** A room whose sensor sees daylight and the lamp, with the sensor's own noise. */
class Room {
  readonly house = new ActingHouse([lamp]);
  daylightLux = 0;
  occupied: boolean | null = true;
  luxPerPct = 6;
  noiseLux = 0;
  levels: number[] = [];
  #reports = 0;

  lux(): number {
    const brightness = Number(this.house.home.entity("light.lamp")?.attributes["brightness"] ?? 0);
    this.#reports += 1;
    const noise = this.noiseLux * (this.#reports % 2 === 0 ? 1 : -1);
    return this.daylightLux + (brightness / 2.55) * this.luxPerPct + noise;
  }
  async live(ms: number): Promise<void> {
    await this.house.run(ms, () => {
      const lux = { value: this.lux(), atMs: this.house.clock.nowMs() };
      this.levels.push(Number(this.house.home.entity("light.lamp")?.attributes["brightness"] ?? 0) / 2.55);
      return {
        rooms: [{ areaId: "office", name: "Office", lux, occupied: this.occupied, lights: ["lamp"] }],
      };
    });
  }
}

describe("dimming to a light target", () => {
  it("brings a room to its target within a few minutes and leaves it there", async () => {
    const room = new Room();
    room.daylightLux = 100;
    room.house.home.set("light.lamp", "on", 100);
    await room.live(5 * MS_PER_MINUTE);
    expect(Math.abs(room.lux() - 300)).toBeLessThan(30);
    const sent = room.house.home.calls.length;
    await room.live(30 * MS_PER_MINUTE);
    expect(room.house.home.calls.length).toBe(sent);
  });

  it("does not flicker when the sensor is noisy or the lamp is four times as strong as believed", async () => {
    const room = new Room();
    room.luxPerPct = 12;
    room.noiseLux = 12;
    room.house.home.set("light.lamp", "on", 100);
    await room.live(2 * MS_PER_HOUR);
    const turns = room.levels.slice(1).filter((level, i) => Math.abs(level - (room.levels[i] ?? level)) > 1).length;
    expect(turns).toBeLessThan(12);
    expect(Math.abs(room.lux() - 300)).toBeLessThan(60);
  });

  it("follows the sunset, never faster than once in twenty seconds and never down by more than 20 %", async () => {
    const room = new Room();
    room.daylightLux = 600;
    room.house.home.set("light.lamp", "on", 60);
    for (let minute = 0; minute < 120; minute++) {
      room.daylightLux = Math.max(0, 600 - 5 * minute);
      await room.live(MS_PER_MINUTE);
    }
    expect(Math.abs(room.lux() - 300)).toBeLessThan(40);
    const { calls } = room.house.home;
    const gaps = calls.slice(1).map(({ atMs }, i) => atMs - (calls[i]?.atMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(20_000);
    const drops = room.levels.slice(1).map((level, i) => (room.levels[i] ?? level) - level);
    expect(Math.max(...drops)).toBeLessThanOrEqual(21);
  });

  it("never dims below the floor", async () => {
    const room = new Room();
    room.daylightLux = 5_000;
    room.house.home.set("light.lamp", "on", 100);
    await room.live(10 * MS_PER_MINUTE);
    expect(Number(room.house.home.entity("light.lamp")?.attributes["brightness"]) / 2.55).toBeCloseTo(10, 0);
  });

  it("lights a dark room where somebody is, and turns it off five minutes after they left", async () => {
    const room = new Room();
    room.house.home.set("light.lamp", "off");
    await room.live(3 * MS_PER_MINUTE);
    expect(room.house.home.entity("light.lamp")?.state).toBe("on");
    room.occupied = false;
    await room.live(4 * MS_PER_MINUTE);
    expect(room.house.home.entity("light.lamp")?.state).toBe("on");
    await room.live(2 * MS_PER_MINUTE);
    expect(room.house.home.entity("light.lamp")?.state).toBe("off");
  });

  it("turns nothing on where no sensor says that somebody is there", async () => {
    const room = new Room();
    room.occupied = null;
    room.house.home.set("light.lamp", "off");
    await room.live(5 * MS_PER_MINUTE);
    expect(room.house.home.calls).toEqual([]);
  });

  it("dims a light that a person has turned on, but not one whose brightness they chose", async () => {
    const room = new Room();
    room.daylightLux = 200;
    room.occupied = null;
    room.house.home.set("light.lamp", "off");
    await room.live(MS_PER_MINUTE);
    room.house.home.person("light.lamp", true);
    await room.live(3 * MS_PER_MINUTE);
    expect(room.house.home.calls.length).toBeGreaterThan(0);

    const chosen = new Room();
    chosen.daylightLux = 200;
    chosen.occupied = null;
    chosen.house.home.set("light.lamp", "off");
    await chosen.live(MS_PER_MINUTE);
    chosen.house.home.person("light.lamp", true, 90);
    await chosen.live(3 * MS_PER_MINUTE);
    expect(chosen.house.home.calls).toEqual([]);
  });

  it("leaves a light alone for two hours after a person has set its brightness", async () => {
    const room = new Room();
    room.house.home.set("light.lamp", "on", 100);
    await room.live(3 * MS_PER_MINUTE);
    const sent = room.house.home.calls.length;
    expect(sent).toBeGreaterThan(0);
    room.house.home.person("light.lamp", true, 100);
    await room.live(119 * MS_PER_MINUTE);
    expect(room.house.home.calls.length).toBe(sent);
    await room.live(3 * MS_PER_MINUTE);
    expect(room.house.home.calls.length).toBeGreaterThan(sent);
  });

  it("gives way also to a person who undoes at once what it did", async () => {
    const room = new Room();
    room.house.home.set("light.lamp", "on", 100);
    await room.live(10_000);
    expect(room.house.home.calls).toHaveLength(1);
    room.house.home.person("light.lamp", true, 100);
    await room.live(MS_PER_MINUTE);
    expect(room.house.home.calls).toHaveLength(1);
    expect(room.house.acting.holds().has("lamp")).toBe(true);
  });

  it("takes the steps of a slow ramp for its own", async () => {
    const room = new Room();
    room.house.home.set("light.lamp", "on", 100);
    room.house.home.deaf.add("light.lamp");
    await room.house.tick({
      rooms: [
        {
          areaId: "office",
          name: "Office",
          lux: { value: 900, atMs: room.house.clock.nowMs() },
          occupied: true,
          lights: ["lamp"],
        },
      ],
    });
    for (const level of [95, 90, 85, 80]) room.house.home.set("light.lamp", "on", level);
    expect(room.house.acting.holds().size).toBe(0);
    expect(room.house.decisions.at(-1)?.status).toBe("confirmed");
  });

  it("leaves the lights alone when the sensor has been silent for five minutes", async () => {
    const room = new Room();
    room.house.home.set("light.lamp", "on", 100);
    const lux = { value: 900, atMs: room.house.clock.nowMs() - 6 * MS_PER_MINUTE };
    await room.house.tick({ rooms: [{ areaId: "office", name: "Office", lux, occupied: true, lights: ["lamp"] }] });
    expect(room.house.home.calls).toEqual([]);
  });
});

describe("learning what a lamp gives", () => {
  const steady: LuxResponse = [4, 4, 4, 4, 4];
  const after = (response: LuxResponse | undefined, seen: readonly number[]): number =>
    luxBetween(
      seen.reduce<LuxResponse | undefined>(
        (known, times, i) => learnLuxResponse(known, 40, 60, times, (seen[i - 1] ?? 1) < 1),
        response,
      ),
      50,
      51,
    );

  it("takes over at once that a lamp is stronger, but not all of what a cloud did", () => {
    expect(after(steady, [2])).toBeCloseTo(8, 5);
    expect(after(steady, [40])).toBeCloseTo(12, 5);
  });
  it("takes over slowly that it is weaker: one late reading changes little, several do", () => {
    expect(after(steady, [0])).toBeCloseTo(3.4, 5);
    expect(after(steady, [0.25, 0.25, 0.25])).toBeLessThan(1.5);
  });
  it("knows each part of the range for itself, and believes what it has not seen to be steeper than what is below", () => {
    const dark = learnLuxResponse(undefined, 0, 20, 0.5, false);
    expect(luxBetween(dark, 0, 20)).toBeCloseTo(100, 5);
    expect(luxBetween(dark, 80, 100)).toBeGreaterThan(200);
    const both = learnLuxResponse(dark, 80, 100, 0.5, false);
    expect(luxBetween(both, 0, 20)).toBeCloseTo(100, 5);
    expect(luxBetween(both, 100, 80)).toBeCloseTo(-luxBetween(both, 80, 100), 5);
  });
});
