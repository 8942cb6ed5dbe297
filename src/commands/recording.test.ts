import { expect, it } from "vitest";
import { readRecording } from "./recording.ts";

const SITE = JSON.stringify({ id: "home", timezone: "Europe/Berlin", stepMinutes: 15, currency: "EUR" });

it("reads a home's history with what it read past, and leaves out what nobody could announce", () => {
  const csv = "\uFEFFtime,load_w,remark\r\n2025-02-20T00:00:00Z,100,\r\n2025-02-20T00:15:00Z,-5,guests\r\n";
  const { columns, rows, warnings } = readRecording(csv, "home.csv", SITE, "home.json");
  expect(columns.map(({ column }) => column)).toEqual(["load_w"]);
  expect(rows.map(({ values }) => [...values])).toEqual([[["load_w", 100]]]);
  expect(warnings.map(({ kind, count }) => [kind, count])).toEqual([
    ["negative", 1],
    ["not-a-number", 1],
  ]);
});

it("reads a room's log without a site, and names what is wrong with it by its line", () => {
  const csv = "\uFEFFtime,co2_ppm,occupied\r\n2025-02-20T00:00:07Z,612,1\r\n2025-02-20T00:01:07Z,,0\r\n";
  const { columns, rows } = readRecording(csv, "/logs/room 1.csv", undefined, "");
  expect(columns.map(({ component }) => component)).toEqual(["sensor", "binary_sensor"]);
  expect(rows.map(({ values }) => Object.fromEntries(values))).toEqual([
    { co2_ppm: 612, occupied: 1 },
    { occupied: 0 },
  ]);
  expect(() => readRecording(`${csv}2025-02-20T00:01:00Z,much,1\r\n`, "room.csv", undefined, "")).toThrow(
    /room\.csv:4: time .* is not after[^]*room\.csv:4: co2_ppm "much" is not a finite number/,
  );
});
