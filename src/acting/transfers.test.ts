import { describe, expect, it, vi } from "vitest";
import { ActingHouse, device, due } from "../../tests/harness/acting-house.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { type Contact, type Interlock, nextTransferStep } from "./transfer-switch.ts";

const SOURCES = ["grid", "solar", "battery"];
const interlock: Interlock = { interlockId: "main", members: SOURCES, fallback: "grid" };

class Board {
  readonly house = new ActingHouse(SOURCES.map((id) => device(id, { kind: "other" })));
  mostClosed = 0;
  constructor(closed: string | null) {
    for (const id of SOURCES) this.house.home.set(`switch.${id}`, id === closed ? "on" : "off");
    this.house.interlocks = [interlock];
    this.house.home.onEntityChange(() => void (this.mostClosed = Math.max(this.mostClosed, this.closed().length)));
  }
  closed = (): string[] => SOURCES.filter((id) => this.house.home.entity(`switch.${id}`)?.state === "on");
  want(deviceId: string): Promise<void> {
    return this.house.run(120_000, () => ({
      due: due({}),
      sources: [{ interlockId: "main", deviceId, reason: "The sun is enough." }],
    }));
  }
}

describe("changing the power source", () => {
  it("opens the old source, waits, then closes the new one", async () => {
    const board = new Board("grid");
    await board.house.clock.advance(MS_PER_HOUR);
    await board.want("solar");
    expect(board.house.services()).toEqual(["switch.turn_off switch.grid", "switch.turn_on switch.solar"]);
    const [off, on] = board.house.home.calls;
    expect((on?.atMs ?? 0) - (off?.atMs ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect(board.mostClosed).toBe(1);
  });

  it("leaves the home in the dark for seconds, not until the next ticks", async () => {
    const board = new Board("grid");
    await board.house.clock.advance(MS_PER_HOUR);
    await board.want("solar");
    const [off, on] = board.house.home.calls;
    expect((on?.atMs ?? 0) - (off?.atMs ?? 0)).toBeLessThan(4_000);
  });

  it("closes nothing while the old source does not open", async () => {
    const board = new Board("grid");
    board.house.home.deaf.add("switch.grid");
    await board.want("solar");
    expect(board.closed()).toEqual(["grid"]);
    expect(board.house.services()).not.toContain("switch.turn_on switch.solar");
  });

  it("closes nothing while another source cannot be seen", async () => {
    const board = new Board(null);
    board.house.home.set("switch.battery", "unavailable");
    await board.want("solar");
    expect(board.house.home.calls).toEqual([]);
    expect(board.house.acting.problems().join()).toContain("battery cannot be seen");
  });

  it("opens nothing for a source that cannot be seen, and says so", async () => {
    const board = new Board("grid");
    await board.house.clock.advance(MS_PER_HOUR);
    board.house.home.set("switch.solar", "unavailable");
    await board.want("solar");
    expect([board.closed(), board.house.home.calls]).toEqual([["grid"], []]);
    expect(board.house.acting.problems().join()).toContain("solar cannot be seen");
    await board.house.run(20_000, () => ({ due: due({}) }));
    expect(board.house.acting.problems().join()).not.toContain("The source cannot be changed");
  });

  it("stays with its source when it is set to advise while the grid's contactor cannot be seen, and still advises", async () => {
    const board = new Board("grid");
    await board.house.clock.advance(MS_PER_HOUR);
    await board.want("solar");
    board.house.home.set("switch.grid", "unavailable");
    board.house.devices = [...board.house.devices, device("heater", { kind: "water_heater" })];
    board.house.home.set("switch.heater", "off");
    board.house.settings = { ...board.house.settings, mode: "advise" };
    await board.house.run(60_000, () => ({ due: due({ heater: 1_000 }) }));
    expect(board.closed()).toEqual(["solar"]);
    expect(board.house.statuses()).toContain("heater advised");
    board.house.home.set("switch.grid", "off");
    await board.house.run(60_000, () => ({ due: due({}) }));
    expect([board.closed(), board.mostClosed]).toEqual([["grid"], 1]);
  });

  it("goes back to the grid when the new source does not close", async () => {
    const board = new Board("grid");
    board.house.home.deaf.add("switch.solar");
    await board.want("solar");
    await board.want("solar");
    expect(board.closed()).toEqual(["grid"]);
    expect(board.mostClosed).toBe(1);
    // It is not tried again at once: every attempt is a moment in the dark.
    expect(board.house.services().filter((call) => call === "switch.turn_off switch.grid")).toHaveLength(1);
    expect(board.house.acting.problems().join()).toContain("did not close");
  });

  it("ends at the next start a change that a crash had cut off", async () => {
    const board = new Board("grid");
    await board.house.tick({ sources: [{ interlockId: "main", deviceId: "solar", reason: "sun" }] });
    expect(board.closed()).toEqual([]);
    board.house.start();
    await board.house.run(60_000, () => ({}));
    expect(board.closed()).toEqual(["grid"]);
  });

  it("knows a closing for its own that came after a crash and before the first tick, and ends on the grid", async () => {
    const board = new Board("grid");
    board.house.home.deaf.add("switch.battery");
    await board.house.run(20_000, () => ({ sources: [{ interlockId: "main", deviceId: "battery", reason: "dear" }] }));
    expect(board.house.services()).toContain("switch.turn_on switch.battery");
    board.house.start();
    board.house.home.deaf.clear();
    board.house.home.set("switch.battery", "on");
    await board.house.close();
    expect([board.closed(), board.house.holds]).toEqual([["grid"], []]);
  });

  it("refuses to close a second source, whoever wants it", async () => {
    const board = new Board("grid");
    await board.house.tick();
    await board.house.acting.perform("solar", { kind: "turn_on" }, "Ada");
    expect(board.closed()).toEqual(["grid"]);
    expect(board.house.decisions.at(-1)?.statusDetail).toContain("another source is closed");
  });

  it("never asks for two closed, whatever the contacts show", () => {
    const kinds: Contact[] = ["open", "closed", "unknown"];
    for (const grid of kinds)
      for (const solar of kinds)
        for (const battery of kinds)
          for (const wanted of SOURCES) {
            const contacts = new Map([
              ["grid", grid],
              ["solar", solar],
              ["battery", battery],
            ]);
            const step = nextTransferStep(interlock, wanted, contacts, 0, 10_000);
            if (step.kind !== "close") continue;
            expect([...contacts.values()].every((contact) => contact === "open")).toBe(true);
          }
  });

  it("opens the first at once when a person closes a second, whatever the plan wants and whoever has it", async () => {
    const board = new Board("solar");
    await board.house.run(10_000, () => ({}));
    board.house.home.person("switch.grid", true);
    await vi.waitFor(() => expect(board.closed()).toEqual(["grid"]), 60_000);
    await board.want("solar");
    expect(board.closed()).toEqual(["grid"]);
    expect(board.house.services()).toEqual(["switch.turn_off switch.solar"]);
  });

  it("does not repeat a closing that was fine when it began, once another source is closed", async () => {
    const board = new Board("grid");
    board.house.home.deaf.add("switch.solar");
    await board.house.run(10_000, () => ({
      sources: [{ interlockId: "main", deviceId: "solar", reason: "The sun is enough." }],
    }));
    const tried = (): number => board.house.services().filter((call) => call.includes("turn_on switch.solar")).length;
    expect(tried()).toBe(1);
    board.house.home.person("switch.grid", true);
    board.house.home.deaf.clear();
    await board.house.clock.advance(10 * 60_000);
    expect(tried()).toBe(1);
    expect([board.closed(), board.mostClosed]).toEqual([["grid"], 1]);
  });

  it("says so, and switches nothing, where it only advises", async () => {
    const board = new Board("solar");
    await board.house.run(10_000, () => ({}));
    board.house.settings = { ...board.house.settings, mode: "advise" };
    board.house.home.person("switch.grid", true);
    await board.house.run(20_000, () => ({}));
    expect(board.house.services()).toEqual([]);
    expect(board.house.acting.problems().join()).toContain("Two sources were closed");
  });

  const sun = {
    due: due({}),
    sources: [{ interlockId: "main", deviceId: "solar", reason: "The sun is enough." }],
  };
  /** All are open: the grid was opened for the sun, which has not closed yet. */
  async function halfWay(): Promise<Board> {
    const board = new Board("grid");
    await board.house.clock.advance(MS_PER_HOUR);
    await board.house.tick(sun);
    expect(board.closed()).toEqual([]);
    return board;
  }

  it("begins nothing where it only advises: what a person opens stays open", async () => {
    const board = new Board("grid");
    board.house.settings = { ...board.house.settings, mode: "advise", handsOffMinutes: 0 };
    await board.want("solar");
    board.house.home.person("switch.grid", false);
    await board.want("solar");
    await board.house.run(120_000, () => ({}));
    expect([board.closed(), board.house.services()]).toEqual([[], []]);
  });

  it.each(["advise", "off"] as const)("goes back to the grid when it is set to %s half-way", async (mode) => {
    const board = await halfWay();
    board.house.settings = { ...board.house.settings, mode };
    await board.house.run(30_000, () => sun);
    expect([board.closed(), board.mostClosed]).toEqual([["grid"], 1]);
    board.house.home.person("switch.grid", false);
    await board.house.run(3 * MS_PER_HOUR, () => sun);
    expect(board.closed()).toEqual([]);
  });

  it("goes back to the grid when it is set to advise while the home runs from the sun", async () => {
    const board = new Board("grid");
    await board.house.clock.advance(MS_PER_HOUR);
    await board.want("solar");
    board.house.settings = { ...board.house.settings, mode: "advise" };
    await board.house.run(60_000, () => sun);
    expect([board.closed(), board.mostClosed]).toEqual([["grid"], 1]);
  });

  it("goes back to the grid after half an hour without a plan, and leaves alone what a person chose", async () => {
    const board = new Board("grid");
    await board.house.clock.advance(MS_PER_HOUR);
    await board.want("solar");
    expect(board.closed()).toEqual(["solar"]);
    await board.house.run(29 * 60_000, () => ({}));
    expect(board.closed()).toEqual(["solar"]);
    await board.house.run(3 * 60_000, () => ({}));
    expect([board.closed(), board.mostClosed]).toEqual([["grid"], 1]);
    board.house.home.person("switch.grid", false);
    board.house.home.person("switch.battery", true);
    await board.house.run(3 * MS_PER_HOUR, () => ({}));
    expect(board.closed()).toEqual(["battery"]);
  });

  it("ends half-way on the grid, and from the sun too: nobody would watch over it", async () => {
    const board = await halfWay();
    const beganMs = board.house.clock.nowMs();
    await board.house.close();
    expect([board.closed(), board.mostClosed]).toEqual([["grid"], 1]);
    expect(board.house.clock.nowMs() - beganMs).toBeLessThan(6_000);

    board.house.start();
    await board.want("solar");
    expect(board.closed()).toEqual(["solar"]);
    await board.house.close();
    expect([board.closed(), board.mostClosed]).toEqual([["grid"], 1]);
    expect((await board.house.outbox.load()).transfers).toEqual({});
  });

  it("leaves a source alone at its end that a person had closed", async () => {
    const board = new Board("solar");
    await board.house.tick();
    await board.house.close();
    expect([board.closed(), board.house.services()]).toEqual([["solar"], []]);
  });

  it("drops a change that nobody wants any more before anything has opened", async () => {
    const board = new Board("grid");
    await board.house.clock.advance(MS_PER_HOUR);
    board.house.home.deaf.add("switch.grid");
    await board.house.run(120_000, () => sun);
    board.house.home.deaf.clear();
    const before = board.house.services().length;
    await board.house.run(MS_PER_HOUR, () => ({}));
    expect([board.closed(), board.house.services().length]).toEqual([["grid"], before]);
    expect((await board.house.outbox.load()).transfers).toEqual({});
  });

  it("leaves all sources to a person who has taken one of them", async () => {
    const board = new Board("grid");
    await board.house.tick();
    await board.house.clock.advance(MS_PER_HOUR);
    board.house.home.person("switch.grid", false);
    await board.want("solar");
    expect([board.closed(), board.house.services()]).toEqual([[], []]);
    expect(board.house.decisions.at(-1)).toMatchObject({ deviceId: "solar", status: "withheld" });
    await board.house.clock.advance(2 * MS_PER_HOUR);
    await board.want("solar");
    expect(board.closed()).toEqual(["solar"]);
  });

  it("asks once more right before a closing leaves: somebody may have closed another while it was written down", async () => {
    const board = await halfWay();
    const save = board.house.outbox.save.bind(board.house.outbox);
    board.house.outbox.save = async (state) => {
      if (board.closed().length === 0) board.house.home.person("switch.battery", true);
      await save(state);
    };
    await board.house.clock.advance(10_000);
    expect([board.closed(), board.mostClosed]).toEqual([["battery"], 1]);
    expect(board.house.services()).not.toContain("switch.turn_on switch.solar");
  });
});
