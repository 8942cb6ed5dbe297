import { expect, it } from "vitest";
import { parseProblem } from "./parse-problem.ts";

const problem = {
  kind: "hypervolt/plan-problem/v1",
  id: "home",
  timezone: "Europe/Paris",
  currency: "EUR",
  start: "2026-03-28T23:00:00Z",
  stepMinutes: 60,
  series: { loadW: [500, 500], importPricePerKwh: [0.2, 0.3] },
};
const pathsOf = (raw: unknown): string[] => {
  const parsed = parseProblem(raw);
  return parsed.kind === "valid" ? [] : parsed.issues.map(({ path }) => path).sort();
};

it("accepts the least problem there is", () => {
  expect(parseProblem(problem)).toEqual({ kind: "valid", problem });
});

it("reads a start without seconds, and one with an offset, as the same instant", () => {
  for (const start of ["2026-03-28T23:00Z", "2026-03-29T00:00+01:00", "2026-03-29T00:00:00.000+01"])
    expect(parseProblem({ ...problem, start })).toEqual({ kind: "valid", problem });
  for (const start of ["2026-03-28", "2026-03-28T23:00", "2026-02-30T23:00Z", 1_774_738_800_000, null])
    expect(pathsOf({ ...problem, start })).toEqual(["$.start"]);
});

it("drops x- fields at any depth and the notes at the top, and nothing else", () => {
  const noted = {
    ...problem,
    source: "somewhere",
    optimum: { objective: 1 },
    published: {},
    "x-mine": 1,
    series: { ...problem.series, "x-note": "kept by its owner" },
    batteries: [],
  };
  expect(parseProblem(noted)).toEqual({ kind: "valid", problem: { ...problem, batteries: [] } });
  expect(pathsOf({ ...problem, loads: [{ id: "a", powerW: 1, steps: 1, source: "no note here" }] })).toEqual([
    "$.loads[0].source",
  ]);
});

it("names every fault at once by its JSON path", () => {
  const battery = {
    id: "b",
    capacityWh: 0,
    initialSoc: 0.5,
    minSoc: 0.8,
    maxSoc: 0.2,
    maxChargeW: 1,
    maxDischargeW: 1,
    chargeEfficiency: 1.2,
    dischargeEfficiency: 1,
  };
  expect(
    pathsOf({
      ...problem,
      timezone: "Mars/Olympus",
      start: "tomorrow",
      stepMinutes: [60, 0],
      series: { loadW: [1, "2"], importPricePerKwh: [0.1, 0.1, 0.1], pvW: [0, 0, 0], carbonGPerKwh: [null, 1] },
      colour: "green",
      batteries: [battery, battery],
      loads: [
        { id: "a", powerW: 5 },
        { id: "b", profileW: [1], steps: 1 },
      ],
    }),
  ).toEqual([
    "$.batteries[0].capacityWh",
    "$.batteries[0].chargeEfficiency",
    "$.batteries[0].minSoc",
    "$.batteries[1].capacityWh",
    "$.batteries[1].chargeEfficiency",
    "$.batteries[1].id",
    "$.batteries[1].minSoc",
    "$.colour",
    "$.loads[0].steps",
    "$.loads[1].steps",
    "$.series.carbonGPerKwh[0]",
    "$.series.importPricePerKwh",
    "$.series.loadW[1]",
    "$.series.pvW",
    "$.start",
    "$.stepMinutes[1]",
    "$.timezone",
  ]);
});

it("says what is missing", () => {
  expect(pathsOf({})).toEqual(["$.currency", "$.id", "$.kind", "$.series", "$.start", "$.stepMinutes", "$.timezone"]);
  expect(pathsOf(null)).toEqual(["$"]);
});

it("takes a limit that is null as none, and a window that reaches beyond the plan", () => {
  const open = { ...problem, grid: { maxImportW: null }, loads: [{ id: "a", powerW: 1, steps: 1, latestStep: 99 }] };
  expect(pathsOf(open)).toEqual([]);
});

it("takes prices that end before the plan does, fills them from a day earlier and says so", () => {
  const hours = Array.from({ length: 30 }, (_, t) => t);
  const series = { loadW: hours.map(() => 100), importPricePerKwh: hours.slice(0, 26).map((t) => t / 100) };
  const parsed = parseProblem({ ...problem, stepMinutes: 60, timezone: "Europe/Paris", series });
  if (parsed.kind !== "valid") throw new Error("refused");
  expect(parsed.problem.series.importPricePerKwh.slice(24)).toEqual([0.24, 0.25, 0.02, 0.03, 0.04, 0.05]);
  expect(parsed.problem.notes).toEqual([
    {
      what: "series.importPricePerKwh",
      by: 4,
      unit: "steps",
      why: expect.stringMatching(/^prices are known until \d{4}-\d\d-\d\d \d\d:\d\d; after that/) as string,
    },
  ]);
  expect(pathsOf({ ...problem, series: { ...series, importPricePerKwh: [] } })).toEqual(["$.series.importPricePerKwh"]);
});

it("takes prices that are absent for 0, as a problem of carbon alone has none", () => {
  const parsed = parseProblem({ ...problem, series: { loadW: [500, 500], carbonGPerKwh: [100, 300] } });
  if (parsed.kind !== "valid") throw new Error("refused");
  expect(parsed.problem.series.importPricePerKwh).toEqual([0, 0]);
  expect(parsed.problem.notes).toBeUndefined();
});

it("refuses a plan that no calendar reaches the end of", () => {
  expect(pathsOf({ ...problem, stepMinutes: 1e300 })).toEqual(["$.stepMinutes"]);
  expect(pathsOf({ ...problem, start: "9999-12-31T23:00:00Z", stepMinutes: [60, 60] })).toEqual(["$.stepMinutes"]);
  expect(pathsOf({ ...problem, start: "9999-12-31T22:00:00Z", stepMinutes: [60, 60] })).toEqual([]);
});
