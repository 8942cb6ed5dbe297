import { expect, it } from "vitest";
import { HyperVoltError } from "./errors.ts";
import { parseHomeHistory } from "./home-history-file.ts";

const SITE = JSON.stringify({ id: "home", timezone: "Europe/Berlin", stepMinutes: 15, currency: "EUR" });
const NAMES = { csv: "home.csv", site: "home.json" };
const parse = (...rows: readonly string[]) => parseHomeHistory(["time,load_w,pv_w", ...rows].join("\n"), SITE, NAMES);

function refused(...rows: readonly string[]): string[] {
  try {
    parse(...rows);
  } catch (error) {
    if (error instanceof HyperVoltError && error.code === "SERIES_INVALID") return error.detail.trim().split("\n");
    throw error;
  }
  throw new Error("it was not refused");
}

it("reads rows, leaves gaps and empty fields missing, and counts what it read past", () => {
  const { history, warnings } = parse(
    "2025-02-20T00:00:00Z,100,",
    "2025-02-20T00:30:00Z,-5,2",
    "2025-02-20T00:30:00Z,300,3",
  );
  expect(history.length).toBe(3);
  expect([...(history.columns.get("load_w") ?? [])]).toEqual([100, Number.NaN, 300]);
  expect([...(history.columns.get("pv_w") ?? [])]).toEqual([Number.NaN, Number.NaN, 3]);
  expect(warnings).toEqual([
    { kind: "negative", column: "load_w", count: 1, firstLine: 3 },
    { kind: "duplicate-time", column: "time", count: 1, firstLine: 4 },
  ]);
});

it("names all that is wrong with a row, with its line", () => {
  expect(refused("2025-02-20T00:15:00Z,1,2", "2025-02-20T00:07:00Z,watt,NaN")).toEqual([
    "home.csv:3: time 2025-02-20T00:07:00Z is off the grid of 15 minutes",
    "home.csv:3: time 2025-02-20T00:07:00Z is before the row above it",
    'home.csv:3: load_w "watt" is not a finite number',
    'home.csv:3: pv_w "NaN" is not a finite number',
  ]);
  expect(refused("2025-02-20 00:00,1,Infinity", "2025-02-20T00:00:00Z,1", "2025-02-20T00:15:00+01:00,1,1")).toEqual([
    'home.csv:2: time "2025-02-20 00:00" is not UTC ISO-8601 with Z',
    'home.csv:2: pv_w "Infinity" is not a finite number',
    "home.csv:3: 2 fields, the header has 3",
    'home.csv:4: time "2025-02-20T00:15:00+01:00" is not UTC ISO-8601 with Z',
  ]);
});

it("takes what spreadsheets write: a byte order mark, any line ends, columns of text that nobody knows", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const csv = ["time,load_w,remark", "2025-02-20T00:00:00Z,100,", "2025-02-20T00:15:00Z,+2.5e2,guests", ""].join(end);
    const { history, warnings } = parseHomeHistory(`\uFEFF${csv}`, `\uFEFF${SITE}`, NAMES);
    expect([...history.columns.keys()]).toEqual(["load_w"]);
    expect([...(history.columns.get("load_w") ?? [])]).toEqual([100, 250]);
    expect(warnings).toEqual([{ kind: "not-a-number", column: "remark", count: 1, firstLine: 3 }]);
  }
});

it("refuses days that no calendar has, numbers that are not decimal and a column that occurs twice", () => {
  expect(refused("2025-02-30T00:00:00Z,1,2", "2025-03-01T24:00:00Z,1,2", "2025-03-03T00:00:00Z,0x10,2")).toEqual([
    'home.csv:2: time "2025-02-30T00:00:00Z" is not UTC ISO-8601 with Z',
    'home.csv:3: time "2025-03-01T24:00:00Z" is not UTC ISO-8601 with Z',
    'home.csv:4: load_w "0x10" is not a finite number',
  ]);
  expect(() => parseHomeHistory("time,load_w,load_w\n", SITE, NAMES)).toThrow("the column load_w occurs twice");
});

it("takes what a site leaves open as null for not known", () => {
  const site = JSON.stringify({ ...(JSON.parse(SITE) as object), latitude: null, longitude: null, pvKwp: null });
  const { history } = parseHomeHistory("time,load_w\n", site, NAMES);
  expect(Object.keys(history.site)).toEqual(["id", "timezone", "stepMinutes", "currency"]);
});

it("reads fields in quotes, spaces around them and lines of nothing but spaces", () => {
  const csv = ['"time", "load_w","note, ""mine"""', '"2025-02-20T00:00:00Z" ,"100","a, b"', "  ", "", " "].join("\r\n");
  const { history, warnings } = parseHomeHistory(csv, SITE, NAMES);
  expect([...(history.columns.get("load_w") ?? [])]).toEqual([100]);
  expect(warnings).toEqual([{ kind: "not-a-number", column: 'note, "mine"', count: 1, firstLine: 2 }]);
});

it("says in one line what a file is that has no column time, and where a clock was not set", () => {
  const problem = (csv: string): string => {
    try {
      parseHomeHistory(csv, SITE, NAMES);
    } catch (error) {
      return (error as HyperVoltError).detail;
    }
    return "none";
  };
  expect(problem("time;load_w\n2025-02-20T00:00:00Z;1\n")).toBe(
    'home.csv:1: the first column must be "time", found "time;load_w"; fields must be separated by commas',
  );
  expect(problem("\uFFFD\uFFFDt\0i\0m\0e\0\n\0")).toMatch(/^home\.csv:1: .*; the file is not UTF-8 text$/);
  expect(problem("\ntime,load_w\n2025-02-20T00:00:00Z,1\n")).toMatch(/the file must begin with its header row$/);
  expect(problem("time,load_w\n1970-01-01T00:00:00Z,1\n2025-02-20T00:00:00Z,1\n2025-02-20T00:15:00Z,1\n")).toBe(
    "home.csv:3: time 2025-02-20T00:00:00Z is more than ten years after the row above it",
  );
});
