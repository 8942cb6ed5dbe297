import { describe, expect, it } from "vitest";
import { ActingHouse, device, due, START_MS } from "../../tests/harness/acting-house.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { SwitchedBattery } from "./battery-wants.ts";

const STEP_MS = 15 * MS_PER_MINUTE;
const TICK_MS = 10_000;
const FULL_W = 5_000;
const LOAD_W = 400;

/** A battery behind two switches: it charges at full power, is held, or covers the home's load. */
class SimulatedBattery {
  readonly house = new ActingHouse([device("charge", { kind: "battery" }), device("hold", { kind: "battery" })]);
  readonly realW: number;
  readonly metered: boolean;
  bothOn = 0;
  chargedWh = 0;
  #fromMs = START_MS;

  constructor(realW = FULL_W, metered = true) {
    this.realW = realW;
    this.metered = metered;
    for (const id of ["charge", "hold"]) this.house.home.set(`switch.${id}`, "off");
    this.house.home.onEntityChange(() => {
      this.#settle();
      if (this.#isOn("charge") && this.#isOn("hold")) this.bothOn += 1;
    });
  }
  /** + charges. */
  powerW = (): number => (this.#isOn("charge") ? this.realW : this.#isOn("hold") ? 0 : -LOAD_W);
  /** One step of the plan; @returns what was charged in it, Wh */
  async step(command: BatteryCommand): Promise<number> {
    const { clock } = this.house;
    const before = this.#settle();
    const stepEndMs = (Math.floor(clock.nowMs() / STEP_MS) + 1) * STEP_MS;
    while (clock.nowMs() < stepEndMs) {
      const battery: SwitchedBattery = {
        batteryId: "home",
        command,
        reason: "cheap",
        chargeDeviceId: "charge",
        holdDeviceId: "hold",
        maxChargeW: FULL_W,
        powerW: this.metered ? this.powerW() : null,
        stepEndMs,
      };
      await this.house.tick({ due: due({}), batteries: [battery] });
      await clock.advance(TICK_MS);
    }
    return this.#settle() - before;
  }
  switchedOn = (entity: string): number =>
    this.house.services().filter((call) => call === `switch.turn_on switch.${entity}`).length;
  #before: number | undefined;
  #settle(): number {
    const nowMs = this.house.clock.nowMs();
    this.chargedWh += ((this.#before ?? this.powerW()) * (nowMs - this.#fromMs)) / MS_PER_HOUR;
    this.#fromMs = nowMs;
    this.#before = this.powerW();
    return this.chargedWh;
  }
  #isOn = (id: string): boolean => this.house.home.entity(`switch.${id}`)?.state === "on";
}

const charge = (powerW: number): BatteryCommand => ({ kind: "charge", powerW, minW: 0, maxW: FULL_W });
/** What the battery does in two ticks, and one pulse cannot be told from. */
const TOLERANCE_WH = (FULL_W * 2 * TICK_MS) / MS_PER_HOUR;
/** A pulse or a pause is not shorter than the switch's least time: a step may be wrong by that much, the next makes up for it. */
const LEAST_TIME_WH = (FULL_W * 2 * MS_PER_MINUTE) / MS_PER_HOUR;

describe("charging at less than full power with a switch that knows only on and off", () => {
  it.each([1_000, 1_800, 2_500, 3_300, 4_000])("meets the plan's energy of each step at %i W", async (powerW) => {
    const battery = new SimulatedBattery();
    const wantedWh = (powerW * STEP_MS) / MS_PER_HOUR;
    const stepsWh: number[] = [];
    for (let step = 0; step < 8; step++) stepsWh.push(await battery.step(charge(powerW)));
    // The switches were moved a moment ago when the first step begins, and the second makes up for it.
    for (const wh of stepsWh.slice(2)) expect(Math.abs(wh - wantedWh)).toBeLessThan(TOLERANCE_WH);
    expect(Math.abs(battery.chargedWh - 8 * wantedWh)).toBeLessThan(2 * TOLERANCE_WH);
    // One switch a step: four an hour, half of what a battery's switch may do.
    expect(battery.switchedOn("charge")).toBeLessThanOrEqual(5);
    expect(battery.bothOn).toBe(0);
  });

  it.each([150, 300, 4_700])(
    "meets it over some steps where a pulse or a pause would be too short, at %i W",
    async (powerW) => {
      const battery = new SimulatedBattery();
      const wantedWh = (powerW * STEP_MS) / MS_PER_HOUR;
      for (let step = 1; step <= 12; step++) {
        await battery.step(charge(powerW));
        expect(Math.abs(battery.chargedWh - step * wantedWh)).toBeLessThan(LEAST_TIME_WH + 2 * TOLERANCE_WH);
      }
      expect(battery.switchedOn("charge")).toBeLessThanOrEqual(12);
      expect(battery.bothOn).toBe(0);
    },
  );

  it("knows without a meter what the switch's full power makes of it", async () => {
    const battery = new SimulatedBattery(FULL_W, false);
    for (let step = 0; step < 6; step++) await battery.step(charge(1_800));
    expect(Math.abs(battery.chargedWh - 6 * 450)).toBeLessThan(3 * TOLERANCE_WH);
  });

  it("measures that a battery charges more slowly than was said", async () => {
    const battery = new SimulatedBattery(3_600);
    for (let step = 0; step < 4; step++) await battery.step(charge(1_800));
    expect(Math.abs(battery.chargedWh - 4 * 450)).toBeLessThan(TOLERANCE_WH);
  });

  it("follows a plan that changes its mind within and between steps", async () => {
    const battery = new SimulatedBattery();
    let wantedWh = 0;
    for (const powerW of [1_000, 4_000, 2_000, 500, 3_000, 3_000, 1_200, 2_800]) {
      await battery.step(charge(powerW));
      wantedWh += powerW / 4;
      expect(Math.abs(battery.chargedWh - wantedWh)).toBeLessThan(LEAST_TIME_WH + TOLERANCE_WH);
    }
  });

  it("charges without a pause at full power, and owes nothing once it is told to follow", async () => {
    const battery = new SimulatedBattery();
    await battery.step(charge(FULL_W));
    await battery.step(charge(FULL_W));
    expect(battery.switchedOn("charge")).toBe(1);
    await battery.step({ kind: "follow", maxChargeW: FULL_W, maxDischargeW: FULL_W });
    expect(battery.powerW()).toBe(-LOAD_W);
  });

  it("begins no pulse that the limits of the switch would not let it end", async () => {
    const battery = new SimulatedBattery();
    const limits = { minOnMs: 0, minOffMs: 0, mostPerHour: 3, mostPerDay: 4 };
    battery.house.devices = battery.house.devices.map((one) => (one.deviceId === "charge" ? { ...one, limits } : one));
    for (let step = 0; step < 24; step++) await battery.step(charge(1_800));
    expect(battery.powerW()).toBe(0);
    expect(battery.switchedOn("charge")).toBe(2);
    expect(battery.chargedWh).toBeLessThan(24 * 450);
  });
});
