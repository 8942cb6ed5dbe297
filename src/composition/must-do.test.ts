import { expect, it } from "vitest";
import type { EntityState } from "../domain/entity.ts";
import { mustDo } from "./must-do.ts";
import type { UnusedSwitches } from "./unused-switches.ts";

const homeWith = (...entityIds: string[]) => ({
  connected: () => true,
  entity: (entityId: string) => (entityIds.includes(entityId) ? ({ entityId } as EntityState) : undefined),
});
const unused: readonly UnusedSwitches[] = [
  { battery: "garage", entityIds: ["switch.charge", "switch.hold"], why: "not_allowed" },
  { battery: null, entityIds: ["cover.solar"], why: "not_switchable" },
  { battery: null, entityIds: ["switch.grid"], why: "one_source" },
];
const told = (language: string) =>
  mustDo({
    homeAssistant: homeWith("switch.here"),
    allowed: ["switch.here", "switch.gone"],
    asks: [{ deviceId: "washer", name: "Washer", reason: "It is cheap now." }],
    unused,
    language,
  });

it("tells what only a person can put right, each by an id that stays", () => {
  expect(told("en").map(({ id }) => id)).toEqual([
    "gone_switch_gone",
    "ask_washer",
    "unused_not_allowed_garage",
    "unused_not_switchable_sources",
    "unused_one_source_sources",
  ]);
  expect(told("en")[2]).toMatchObject({
    title: "HyperVolt does not steer the battery garage",
    message: expect.stringContaining("switch.charge, switch.hold"),
  });
});

it("speaks Home Assistant's language, and English where it does not know it", () => {
  const english = told("en");
  expect(told("pt-BR")).toEqual(english);
  for (const language of ["de", "fr", "es-419", "nl"]) {
    const notices = told(language);
    expect(notices.map(({ id }) => id)).toEqual(english.map(({ id }) => id));
    for (const [i, { title, message }] of notices.entries()) {
      expect([title, message]).not.toContain(english[i]?.title);
      expect(message).not.toBe(english[i]?.message);
    }
    expect(notices[1]?.message).toContain("It is cheap now.");
    expect(notices[3]?.message).toContain("cover.solar");
  }
});
