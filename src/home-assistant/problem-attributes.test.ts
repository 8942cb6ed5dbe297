import { expect, it } from "vitest";
import { problemAttributes } from "./problem-attributes.ts";

const matter = { kind: "plan-stale", values: { age_s: 4_200 } };

it("tells each problem in words and, beside it, what it is about", () => {
  expect(problemAttributes([{ text: "The plan is old: it was made long ago", matter }, { text: "Odd." }])).toEqual({
    reasons: ["The plan is old: it was made long ago", "Odd."],
    alerts: [matter, null],
  });
});

it("stays below what Home Assistant's recorder keeps, however much there is to tell", () => {
  const long = { kind: "dependency-down", values: { name: "é".repeat(2_000) } };
  const { reasons, alerts } = problemAttributes(
    Array.from({ length: 40 }, () => ({ text: "x".repeat(900), matter: long })),
  );
  expect(reasons).toHaveLength(20);
  expect(alerts).toHaveLength(20);
  expect(alerts[0]).toEqual(long);
  expect(alerts[19]).toBeNull();
  expect(Buffer.byteLength(JSON.stringify({ reasons, alerts }))).toBeLessThan(16_384);
});
