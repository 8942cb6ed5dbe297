import { expect, it, onTestFinished, vi } from "vitest";
import { HANGS_MS, serve } from "../../tests/harness/serving-house.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

function open(): Metrics {
  const metrics = createMetrics();
  onTestFinished(() => metrics.close());
  return metrics;
}
const lineOf = (text: string, start: string): string | undefined =>
  text.split("\n").find((line) => line.startsWith(start));

it("counts by label, and escapes what a label may hold", () => {
  const metrics = open();
  const refused = metrics.counter("refused_total", "Refused.");
  refused.add(1, { reason: 'a "b"\n\\' });
  refused.add(2, { reason: 'a "b"\n\\' });
  metrics.counter("refused_total", "Refused.").add(5);
  expect(metrics.text()).toContain('refused_total{reason="a \\"b\\"\\n\\\\"} 3\nrefused_total 5\n');
  expect(metrics.text().match(/# TYPE refused_total counter/g)).toHaveLength(1);
});

it("keeps histograms cumulative, with sum and count", () => {
  const metrics = open();
  const seconds = metrics.histogram("plan_seconds", "Time.", [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) seconds.observe(value, { kind: "cold" });
  const text = metrics.text();
  expect(text).toContain(
    'plan_seconds_bucket{kind="cold",le="0.1"} 2\nplan_seconds_bucket{kind="cold",le="1"} 3\nplan_seconds_bucket{kind="cold",le="+Inf"} 4',
  );
  expect(text).toContain('plan_seconds_sum{kind="cold"} 7.65\nplan_seconds_count{kind="cold"} 4');
});

it("does not grow without end when labels do", () => {
  const metrics = open();
  const counter = metrics.counter("flood_total", "Flood.");
  for (let i = 0; i < 5_000; i++) counter.add(1, { id: String(i) });
  expect(metrics.text().match(/^flood_total\{/gm)).toHaveLength(1_000);
});

it("reads gauges when asked, and measures the process itself", async () => {
  const metrics = open();
  const depth = metrics.gauge("queue_depth", "Depth.");
  let now = 3;
  metrics.onScrape(() => depth.set(now));
  expect(lineOf(metrics.text(), "queue_depth")).toBe("queue_depth 3");
  now = 4;
  expect(lineOf(metrics.text(), "queue_depth")).toBe("queue_depth 4");
  let turns = 0;
  const blocker = setInterval(() => {
    const untilMs = performance.now() + 60;
    while (performance.now() < untilMs);
    turns++;
  }, 10);
  await vi.waitFor(() => expect(turns).toBeGreaterThan(3), HANGS_MS);
  clearInterval(blocker);
  const longest = lineOf(metrics.text(), 'hypervolt_event_loop_delay_seconds{quantile="1"}');
  expect(Number(longest?.split(" ")[1])).toBeGreaterThan(0.03);
  expect(Number(lineOf(metrics.text(), "process_resident_memory_bytes")?.split(" ")[1])).toBeGreaterThan(1e7);
});

it("serves the text format, requests by route and not by address", async () => {
  const served = await serve();
  onTestFinished(() => served.stop());
  for (const id of ["a", "b", "c"]) await served.ask(`/api/sensor-readings/${id}`);
  await served.ask("/api/sensors");
  const answer = await served.ask("/metrics");
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await answer.text();
  expect(text).toContain(
    'hypervolt_http_requests_total{method="GET",route="/api/sensor-readings/{id}",status="404"} 3',
  );
  expect(text).toContain('hypervolt_http_request_seconds_count{route="/api/sensors"} 1');
  for (const line of text.trimEnd().split("\n"))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? (-?[\d.e+-]+|NaN|[+-]Inf))$/);
});
