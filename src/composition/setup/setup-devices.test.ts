import { expect, it } from "vitest";
import type { EntityState } from "../../domain/entity.ts";
import { parseOptions } from "../../options/options.ts";
import { setupDevices } from "./setup-devices.ts";

const entity = (entityId: string): EntityState => ({
  entityId,
  state: "off",
  attributes: {},
  lastChangedMs: 0,
  lastUpdatedMs: 0,
  contextId: null,
});
const devicesOf = (allowed: readonly string[]) =>
  setupDevices({
    options: parseOptions({
      batteries: [
        {
          id: "garage",
          capacity_wh: 5_000,
          max_charge_w: 2_000,
          max_discharge_w: 2_000,
          charge_switch: "switch.zz_charge",
        },
      ],
    }),
    optionAllowed: new Set(),
    answeredLoads: new Set(),
    allowed,
    devices: [],
    proposed: [],
    entities: ["switch.aquarium", "switch.zz_charge"].map(entity),
    registry: [],
    areaName: () => null,
    learned: () => null,
  });

it("names the battery a switch steers, and lists it before others that are not allowed either", () => {
  const shown = devicesOf([]).map(({ entity_id, battery, allowed }) => [entity_id, battery, allowed]);
  expect(shown).toEqual([
    ["switch.zz_charge", "garage", false],
    ["switch.aquarium", null, false],
  ]);
  expect(devicesOf(["switch.aquarium"])[0]?.entity_id).toBe("switch.aquarium");
});
