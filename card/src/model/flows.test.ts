import fc from "fast-check";
import { expect, it } from "vitest";
import { homeFlows } from "./flows.ts";
import type { FlowPicture, NodeId } from "./flows.ts";

const watts = fc.integer({ min: 0, max: 12_000 });
const signed = fc.integer({ min: -12_000, max: 12_000 });
const into = ({ flows }: FlowPicture, node: NodeId): number =>
  flows.filter(({ to }) => to === node).reduce((sum, { powerW }) => sum + powerW, 0);
const outOf = ({ flows }: FlowPicture, node: NodeId): number =>
  flows.filter(({ from }) => from === node).reduce((sum, { powerW }) => sum + powerW, 0);

it("balances energy at every node where the meters agree", () => {
  fc.assert(
    fc.property(signed, watts, fc.array(signed, { maxLength: 3 }), (gridW, pvW, batteriesW) => {
      const supplyW = gridW + pvW - batteriesW.reduce((a, b) => a + b, 0);
      fc.pre(supplyW >= 0);
      const batteries = batteriesW.map((powerW, i) => ({ id: String(i), powerW }));
      const picture = homeFlows({ gridW, pvW, loadW: supplyW, batteries });
      expect(picture.unaccountedW).toBeCloseTo(0, 6);
      expect(into(picture, "home")).toBeCloseTo(supplyW, 6);
      expect(outOf(picture, "solar")).toBeCloseTo(pvW, 6);
      expect(outOf(picture, "grid") - into(picture, "grid")).toBeCloseTo(gridW, 6);
      for (const { id, powerW } of batteries)
        expect(into(picture, `battery:${id}`) - outOf(picture, `battery:${id}`)).toBeCloseTo(powerW, 6);
    }),
  );
});

it("derives a load that no meter measures from the other powers", () => {
  const picture = homeFlows({ gridW: 400, pvW: 1_000, loadW: null, batteries: [{ id: "a", powerW: 300 }] });
  expect(picture.loadW).toBe(1_100);
  expect(picture.unaccountedW).toBe(0);
});

it("says what meters that disagree do not explain instead of inventing a flow", () => {
  fc.assert(
    fc.property(signed, watts, watts, signed, (gridW, pvW, loadW, batteryW) => {
      const picture = homeFlows({ gridW, pvW, loadW, batteries: [{ id: "a", powerW: batteryW }] });
      expect(into(picture, "home")).toBeLessThanOrEqual(loadW + 1e-6);
      expect(outOf(picture, "solar")).toBeLessThanOrEqual(pvW + 1e-6);
      expect(picture.unaccountedW).toBeCloseTo(gridW + pvW - batteryW - loadW, 6);
    }),
  );
});

it("lets the sun feed the home before the battery and the battery before the grid", () => {
  const { flows } = homeFlows({ gridW: -500, pvW: 3_000, loadW: 1_000, batteries: [{ id: "a", powerW: 1_500 }] });
  expect(flows).toEqual([
    { from: "solar", to: "home", powerW: 1_000 },
    { from: "solar", to: "battery:a", powerW: 1_500 },
    { from: "solar", to: "grid", powerW: 500 },
  ]);
});
