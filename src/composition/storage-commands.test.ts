import { expect, it } from "vitest";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { storageCommands, type StorageTask } from "./storage-commands.ts";

const STEP_MS = 15 * MS_PER_MINUTE;
const START_MS = Date.UTC(2026, 2, 2);
const PER_HOUR = MS_PER_HOUR / STEP_MS;
const AHEAD = 48 * PER_HOUR;

/** A home of 1 kW whose evenings, from 17:00, cost 0.60 and the rest 0.20; it is 12:00 after so many days. */
function task(days: number, more: Partial<StorageTask> = {}): StorageTask {
  const nowMs = START_MS + days * MS_PER_DAY + 12 * MS_PER_HOUR;
  const length = (nowMs - START_MS) / STEP_MS;
  const hourAt = (i: number): number => Math.floor(i / PER_HOUR) % 24;
  const column = (value: (i: number) => number): Float64Array => Float64Array.from({ length }, (_, i) => value(i));
  const flat = (value: number): Float64Array => new Float64Array(AHEAD).fill(value);
  const unknown = { import_price: flat(Number.NaN), export_price: flat(0), carbon_g_kwh: flat(Number.NaN) };
  return {
    history: {
      timezone: "UTC",
      startMs: START_MS,
      stepMs: STEP_MS,
      length,
      columns: new Map([
        ["load_w", column(() => 1_000)],
        ["import_price", column((i) => (hourAt(i) >= 17 ? 0.6 : 0.2))],
        ["export_price", column(() => 0)],
        ["carbon_g_kwh", column(() => 100)],
      ]),
    },
    batteries: [
      {
        id: "home",
        capacityWh: 5_000,
        initialSoc: 0.4,
        maxChargeW: 3_000,
        maxDischargeW: 3_000,
        chargeEfficiency: 0.95,
        dischargeEfficiency: 0.95,
        mayExport: false,
      },
    ],
    startMs: nowMs,
    plannedLoadW: flat(0),
    known: unknown,
    expected: { import_price: flat(0.2), export_price: flat(0), carbon_g_kwh: flat(100) },
    grid: { maxImportW: null, maxExportW: null },
    carbonPricePerKg: 0,
    currency: "EUR",
    ...more,
  };
}

it("draws what the evening may cost from the days before where no source knows it yet", () => {
  const { commands } = storageCommands(task(10));
  expect(commands["home"]?.kind).not.toBe("follow");
});

it("believes a source that knows the evening, whatever the days before were", () => {
  const flat = { ...task(10).known, import_price: new Float64Array(AHEAD).fill(0.2) };
  expect(storageCommands(task(10, { known: flat })).commands["home"]?.kind).toBe("follow");
});

it("takes the forecast for a signal whose past nobody recorded", () => {
  const { history } = task(10);
  const columns = new Map([...history.columns].filter(([name]) => name !== "import_price"));
  const { commands } = storageCommands(task(10, { history: { ...history, columns } }));
  expect(commands["home"]?.kind).toBe("follow");
});

it("lets the battery cover the home while less than three days are known of it", () => {
  const { commands, reason } = storageCommands(task(2));
  expect(commands["home"]?.kind).toBe("follow");
  expect(reason).toContain("less than three days");
});
