import { readFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { serve } from "../../tests/harness/serving-house.ts";
import { measureEngine, type EngineFigures } from "./engine-metrics.ts";
import { createMetrics } from "./metrics.ts";

const figures: EngineFigures = {
  readingsReceived: 10,
  readingsCommitted: 8,
  readingsPending: 2,
  readingsUnpacked: 5,
  failedCommits: 0,
  commitMs: 3,
  refused: [{ reason: "not_json", count: 4 }],
  sensors: 3,
  windowReadings: 9,
  plans: 1,
  planAgeMs: null,
  forecastMs: 40,
  alerts: 0,
  dependencies: [{ name: "broker", state: "down", sinceMs: 0, detail: null, todo: null }],
};

it("turns the engine's totals into counters that never go down", () => {
  const metrics = createMetrics();
  onTestFinished(() => metrics.close());
  let now = figures;
  measureEngine(metrics, () => now);
  const value = (name: string): string | undefined =>
    metrics
      .text()
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.split(" ")[1];
  expect(value("hypervolt_readings_received_total")).toBe("10");
  now = { ...figures, readingsReceived: 25, planAgeMs: 61_000 };
  expect(value("hypervolt_readings_received_total")).toBe("25");
  expect(value("hypervolt_plan_age_seconds")).toBe("61");
  now = figures;
  expect(value("hypervolt_readings_received_total")).toBe("25");
  expect(value("hypervolt_plan_age_seconds")).toBe("NaN");
  expect(value('hypervolt_messages_refused_total{reason="not_json"}')).toBe("4");
  expect(value('hypervolt_dependency_state{name="broker",state="down"}')).toBe("1");
  expect(value('hypervolt_dependency_state{name="broker",state="ok"}')).toBe("0");
});

it("shows in the Grafana dashboard what the engine measures, and nothing it does not", async () => {
  const served = await serve();
  onTestFinished(() => served.stop());
  measureEngine(served.metrics, () => figures);
  // These two are counted by the composition as plans and decisions are made.
  served.metrics.histogram("hypervolt_plan_seconds", "Time to plan.").observe(0.1);
  served.metrics.counter("hypervolt_decisions_total", "Decisions.").add(1, { status: "confirmed" });
  const text = await (await served.ask("/metrics")).text();
  const measured = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name ?? ""));
  const dashboard = JSON.parse(readFileSync(new URL("../../docs/grafana-dashboard.json", import.meta.url), "utf8")) as {
    panels: { targets: { expr: string }[] }[];
  };
  const asked = dashboard.panels
    .flatMap(({ targets }) => targets.map(({ expr }) => expr))
    .flatMap((expr) => [...expr.matchAll(/\b(?:hypervolt|process|nodejs)_\w+/g)].map(([name]) => name))
    .map((name) => (measured.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "")));
  expect([...new Set(asked)].filter((name) => !measured.has(name))).toEqual([]);
  expect([...measured].filter((name) => !asked.includes(name))).toEqual([]);
});
