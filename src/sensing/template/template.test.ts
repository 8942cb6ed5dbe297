import { readFileSync } from "node:fs";
import { beforeAll, expect, it, vi } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import { Payload, Template, TemplateFault, TemplateSyntaxFault } from "./template.ts";

type Outcome = string | Readonly<{ fault: string }>;
/** What Home Assistant Core 2026.11 made of templates: the text, or a fault (syntax: refused; else as in fault.ts). */
const RECORDED = readFileSync(new URL("home-assistant-results.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as { payload: string; results: [template: string, outcome: Outcome][] });
/** What one template may cost, of the time this thread computed: how busy the machine is does not count. */
const MOST_CPU_MS = 2_000;
const ZONE = new Zone("Europe/Berlin");
const WORLD = { nowMs: () => 1_790_000_000_000, zoneOffsetMinutes: (atMs: number) => ZONE.offsetMs(atMs) / 60_000 };

// Home Assistant ran on a machine in UTC: Python takes times without a zone for the machine's.
beforeAll(() => void vi.stubEnv("TZ", "UTC"));

function outcomeOf(source: string, payload: string): Outcome {
  try {
    return new Template(source).render(new Payload(payload), new Map(), WORLD);
  } catch (error) {
    if (error instanceof TemplateSyntaxFault) return { fault: "syntax" };
    if (error instanceof TemplateFault) return { fault: error.kind };
    throw error;
  }
}

it("makes of every recorded template what Home Assistant made of it", () => {
  const wrong: unknown[] = [];
  for (const { payload, results } of RECORDED)
    for (const [template, expected] of results) {
      const outcome = outcomeOf(template, payload);
      if (JSON.stringify(outcome) !== JSON.stringify(expected)) wrong.push({ template, payload, expected, outcome });
    }
  expect(wrong).toEqual([]);
  expect(RECORDED.flatMap(({ results }) => results).length).toBeGreaterThan(1_000);
});

it.each([
  ["four nested loops", `${"{% for i in range(99999) %}".repeat(4)}x${"{% endfor %}".repeat(4)}`],
  [
    "a number that grows without end",
    "{% set n = namespace(v=2) %}{% for i in range(99999) %}{% set n.v = n.v * n.v %}{% endfor %}",
  ],
  [
    "a text that doubles without end",
    "{% set n = namespace(v='ab') %}{% for i in range(99999) %}{% set n.v = n.v ~ n.v %}{% endfor %}",
  ],
  ["a macro that calls itself", "{% macro m(a) %}{{ m(a) }}{{ m(a) }}{% endmacro %}{{ m(1) }}"],
  ["a regular expression that backtracks", "{{ ('a' * 60) | regex_replace('(a+)+$b', '') }}"],
  ["a very wide format", "{{ '%99999999d' % 1 }}"],
  ["a very long repetition", "{{ 'ab' * 99999999 }}"],
])("ends %s", (_what, source) => {
  const begun = process.threadCpuUsage();
  const outcome = outcomeOf(source, "x");
  expect(outcome).toHaveProperty("fault");
  expect(process.threadCpuUsage(begun).user / 1e3).toBeLessThan(MOST_CPU_MS);
});

it.each([
  "{{ value_json.constructor }}",
  "{{ value_json.__proto__ }}",
  "{{ value_json.toString }}",
  "{{ value_json['constructor'] }}",
  "{{ value_json['__proto__'] }}",
  "{{ ''.constructor }}",
  "{{ value_json.a.hasOwnProperty }}",
])("reaches nothing of the process by %s", (source) => {
  const outcome = outcomeOf(source, '{"a": {"b": 1}}');
  expect(outcome === "" || typeof outcome === "object").toBe(true);
});

it.each([
  ["{{ [] * 10**9 }}", "[]"],
  ["{{ 10**9 * value_json }}", "[]"],
  ["{{ () * 10**999 }}", "()"],
  ["{{ '' * 10**999 }}", ""],
])("makes of nothing, a billion times, nothing: %s", (source, expected) => {
  const begun = process.threadCpuUsage();
  expect(outcomeOf(source, "[]")).toBe(expected);
  expect(process.threadCpuUsage(begun).user / 1e3).toBeLessThan(MOST_CPU_MS);
});

it("leaves to Home Assistant what only it knows", () => {
  expect(outcomeOf("{{ states('sensor.a') }}", "1")).toEqual({ fault: "unknown" });
});
