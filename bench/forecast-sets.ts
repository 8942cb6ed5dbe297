import type { HomeHistory } from "../src/domain/home-history.ts";
import { MS_PER_DAY } from "../src/domain/units.ts";

/** A set of homes, the signal to forecast, and the window that is scored. */
export type BenchSet = Readonly<{
  name: string;
  title: string;
  /** Glob of the series' names. */
  files: string;
  signal: string;
  stepMinutes?: number;
  measure: "nmae" | "rmse" | "of-yesterday";
  window: (history: HomeHistory) => [fromMs: number, toMs: number];
}>;

const between =
  (from: string, to: string) =>
  (history: HomeHistory): [number, number] => [
    history.zone.startOfDayMs(Date.parse(from)),
    history.zone.startOfDayMs(Date.parse(to)),
  ];

/** The last 20 % of local days. */
function lastFifth(history: HomeHistory): [number, number] {
  const { zone } = history;
  const first = zone.dayNumber(history.startMs);
  const last = zone.dayNumber(history.startMs + history.length * history.stepMs - 1);
  const days = last - first + 1;
  return [zone.instantMs(first + days - Math.floor(days * 0.2), 0), zone.instantMs(last + 1, 0)];
}

const afterDays =
  (warmUp: number, longest: number) =>
  (history: HomeHistory): [number, number] => {
    const fromMs = history.zone.startOfDayMs(history.startMs + warmUp * MS_PER_DAY);
    const endMs = history.startMs + history.length * history.stepMs;
    return [fromMs, Math.min(endMs, fromMs + longest * MS_PER_DAY)];
  };

/** The sets of the project's data folder, with the windows its published figures are for. */
export function benchSets(): readonly BenchSet[] {
  return [
    {
      name: "london-30",
      title: "London load, 30 min, last fifth",
      files: "london-*",
      signal: "load_w",
      measure: "nmae",
      window: lastFifth,
    },
    {
      name: "london-60",
      title: "London load, 60 min, last fifth",
      files: "london-*",
      signal: "load_w",
      stepMinutes: 60,
      measure: "nmae",
      window: lastFifth,
    },
    {
      name: "emhass",
      title: "published fortnight, 14 to 27 Feb 2025",
      files: "emhass-home",
      signal: "load_w",
      measure: "rmse",
      window: between("2025-02-14T12:00:00Z", "2025-02-28T12:00:00Z"),
    },
    {
      name: "emhass-before",
      title: "the eight fortnights before it",
      files: "emhass-home",
      signal: "load_w",
      measure: "rmse",
      window: between("2024-10-25T12:00:00Z", "2025-02-14T12:00:00Z"),
    },
    {
      name: "emhass-pv",
      title: "PV with a forecast, the same days",
      files: "emhass-home",
      signal: "pv_w",
      measure: "of-yesterday",
      window: between("2024-10-25T12:00:00Z", "2025-02-28T12:00:00Z"),
    },
    {
      name: "citylearn-load",
      title: "California load, hourly, from October",
      files: "citylearn-*",
      signal: "load_w",
      measure: "nmae",
      window: between("2016-10-01T20:00:00Z", "2017-07-31T20:00:00Z"),
    },
    {
      name: "citylearn-pv",
      title: "California PV without weather",
      files: "citylearn-*",
      signal: "pv_w",
      measure: "of-yesterday",
      window: between("2016-10-01T20:00:00Z", "2017-07-31T20:00:00Z"),
    },
    {
      name: "citylearn-price",
      title: "California tariff",
      files: "citylearn-0[1-3]",
      signal: "import_price",
      measure: "of-yesterday",
      window: between("2016-10-01T20:00:00Z", "2017-07-31T20:00:00Z"),
    },
    {
      name: "citylearn-carbon",
      title: "California carbon",
      files: "citylearn-01",
      signal: "carbon_g_kwh",
      measure: "of-yesterday",
      window: between("2016-10-01T20:00:00Z", "2017-07-31T20:00:00Z"),
    },
    {
      name: "price-de",
      title: "German price 2021 to 2022",
      files: "price-de",
      signal: "import_price",
      measure: "of-yesterday",
      window: between("2021-01-01T12:00:00Z", "2022-12-31T12:00:00Z"),
    },
    {
      name: "carbon",
      title: "grid carbon of four zones, 2022",
      files: "carbon-*",
      signal: "carbon_g_kwh",
      measure: "of-yesterday",
      window: between("2022-01-01T18:00:00Z", "2022-12-31T18:00:00Z"),
    },
    {
      name: "uci",
      title: "Sceaux load, hourly, a year",
      files: "uci-sceaux",
      signal: "load_w",
      measure: "nmae",
      window: afterDays(900, 365),
    },
    {
      name: "mons",
      title: "Mons load, 10 min",
      files: "mons-house",
      signal: "load_w",
      measure: "nmae",
      window: afterDays(80, 50),
    },
  ];
}
