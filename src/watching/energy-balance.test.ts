import { expect, it } from "vitest";
import { energyBalance, type BalanceSample } from "./energy-balance.ts";
import type { Finding } from "./finding.ts";

/** A believable day in 5-minute means that adds up: sun, a battery that follows, a house with a kettle. */
const day = (): BalanceSample[] =>
  Array.from({ length: 36 }, (_, i) => {
    const pvW = 1_500 + 900 * Math.sin(i / 5);
    const loadW = 450 + (i % 7 === 0 ? 1_800 : 0) + 60 * Math.cos(i);
    const batteryW = 700 * Math.sin(i / 3);
    return { pvW, loadW, batteryW, gridW: loadW + batteryW - pvW };
  });
const unbalanced = (fault: (sample: BalanceSample) => Partial<BalanceSample>): Finding | undefined =>
  energyBalance(day().map((sample) => ({ ...sample, ...fault(sample) })))[0];
const balanceOf = (fault: (sample: BalanceSample) => Partial<BalanceSample>): string =>
  unbalanced(fault)?.detail ?? "adds up";

it("is content with energy that adds up within what meters differ", () => {
  expect(balanceOf(() => ({}))).toBe("adds up");
  expect(balanceOf(({ loadW }) => ({ loadW: loadW! * 1.04 }))).toBe("adds up");
  expect(balanceOf(() => ({ loadW: null }))).toBe("adds up");
  let silent = 0;
  expect(balanceOf(({ pvW }) => ({ pvW: silent++ < 24 ? null : pvW }))).toBe("adds up");
});

it.each<[string, string, string, (sample: BalanceSample) => Partial<BalanceSample>]>([
  ["the grid meter counts the other way round", "sign", "grid", ({ gridW }) => ({ gridW: -gridW! })],
  ["the battery meter counts the other way round", "sign", "battery", ({ batteryW }) => ({ batteryW: -batteryW! })],
  ["the solar meter is in kW where W is expected", "kilo", "solar", ({ pvW }) => ({ pvW: pvW! / 1_000 })],
  ["the load meter is in kW where W is expected", "kilo", "load", ({ loadW }) => ({ loadW: loadW! / 1_000 })],
  ["the solar meter is counted twice", "twice", "solar", ({ pvW }) => ({ pvW: pvW! * 2 })],
  ["the grid meter is in mW", "milli", "grid", ({ gridW }) => ({ gridW: gridW! * 1_000 })],
  [
    "the load meter leaves out what the solar meter counts",
    "left-out",
    "solar",
    ({ loadW, pvW }) => ({ loadW: loadW! - pvW! }),
  ],
])("names the culprit: %s", (culprit, kind, meter, fault) => {
  expect(balanceOf(fault)).toContain(culprit);
  expect(unbalanced(fault)?.matter).toMatchObject({ kind: `energy-balance-${kind}`, values: { meter } });
});

it("says that it does not know where no single meter explains the gap", () => {
  expect(balanceOf(({ loadW, pvW }) => ({ loadW: loadW! * 3.3 + 700, pvW: pvW! * 0.2 }))).toContain(
    "no single meter explains it",
  );
});
