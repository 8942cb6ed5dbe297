import { expect, it } from "vitest";
import { parseOptions } from "../options/options.ts";
import { unusedSwitches } from "./unused-switches.ts";

const battery = (more: Record<string, unknown>) => ({
  id: "garage",
  capacity_wh: 5_000,
  max_charge_w: 2_000,
  max_discharge_w: 2_000,
  ...more,
});
const unused = (options: Record<string, unknown>, allowed: string[], changes = {}) =>
  unusedSwitches(parseOptions(options), allowed, changes);

it("names a battery's switches that HyperVolt may not act on, and those that are no switches", () => {
  const batteries = [battery({ charge_switch: "switch.charge", hold_switch: "switch.hold" })];
  expect(unused({ batteries }, ["switch.hold"])).toEqual([
    { battery: "garage", entityIds: ["switch.charge"], why: "not_allowed" },
  ]);
  expect(unused({ batteries }, ["switch.hold", "switch.charge"])).toEqual([]);
  expect(unused({ batteries: [battery({ charge_switch: "input_boolean.charge" })] }, ["input_boolean.charge"])).toEqual(
    [{ battery: "garage", entityIds: ["input_boolean.charge"], why: "not_switchable" }],
  );
});

it("says nothing of a battery without switches, or one that a person has taken out of use", () => {
  expect(unused({ batteries: [battery({})] }, [])).toEqual([]);
  const batteries = [battery({ charge_switch: "switch.charge" })];
  expect(unused({ batteries }, [], { garage: { enabled: false } })).toEqual([]);
});

it("names a transfer switch of one source, and sources that are no switches", () => {
  const grid = { source: "grid", switch: "switch.grid" };
  const solar = { source: "solar", switch: "cover.solar" };
  expect(unused({ power_sources: [grid] }, ["switch.grid"])).toEqual([
    { battery: null, entityIds: ["switch.grid"], why: "one_source" },
  ]);
  expect(unused({ power_sources: [grid, solar] }, ["switch.grid", "cover.solar"])).toEqual([
    { battery: null, entityIds: ["cover.solar"], why: "not_switchable" },
  ]);
  expect(
    unused({ power_sources: [grid, { ...solar, switch: "switch.solar" }] }, ["switch.grid", "switch.solar"]),
  ).toEqual([]);
});
