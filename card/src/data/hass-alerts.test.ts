import { expect, it } from "vitest";
import { alertsOf } from "./hass-alerts.ts";

const problem = (attributes: Record<string, unknown>, state = "on") => ({
  entity_id: "binary_sensor.hypervolt_problem",
  state,
  attributes,
  last_changed: "2026-11-22T02:00:00+00:00",
  last_updated: "2026-11-22T02:00:00+00:00",
});
const silent = { kind: "sensor-silent", values: { name: "Hall", usual_s: 30, quiet_s: 900 } };

it("reads beside each reason what it is about", () => {
  const alerts = alertsOf(
    problem({ reasons: ["Hall is silent: for 15 min", "Your home: no meter"], alerts: [silent] }),
  );
  expect(alerts).toMatchObject([
    { title: "Hall is silent: for 15 min", ...silent, since: "2026-11-22T02:00:00+00:00" },
    { title: "Your home: no meter" },
  ]);
  expect(alerts[1]).not.toHaveProperty("kind");
});

it.each([
  null,
  "sensor-silent",
  { kind: "sensor-silent", values: null },
  { kind: "sensor-silent", values: { name: { de: "Flur" } } },
  { kind: 7, values: {} },
])("takes the reason alone where %j is told beside it", (told) => {
  const [alert] = alertsOf(problem({ reasons: ["Hall is silent"], alerts: [told] }));
  expect(alert?.title).toBe("Hall is silent");
  expect(alert).not.toHaveProperty("values");
});

it("tells of no problem while there is none, or none is known", () => {
  expect(alertsOf(undefined)).toEqual([]);
  expect(alertsOf(problem({ reasons: ["old"] }, "off"))).toEqual([]);
  expect(alertsOf(problem({ reasons: "not a list" }))).toEqual([]);
});
