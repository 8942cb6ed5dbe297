import type { ContextSource, Interval, Signal } from "../context/context-source.ts";
import { MS_PER_DAY } from "../domain/units.ts";
import type { CountedPage, GridDataBook, GridFilter, GridKind, GridValue, PageRequest } from "../memory/history.ts";

/** Names of the signals in the store and on the API. */
const KINDS = {
  import_price: "import_price",
  export_price: "export_price",
  carbon_g_kwh: "carbon_intensity",
  temperature_c: "temperature",
  cloud_cover_pct: "cloud_cover",
  pv_forecast_w: "pv_forecast",
} as const satisfies Record<Signal, string>;
const UNITS = {
  import_price: "/kWh",
  export_price: "/kWh",
  carbon_g_kwh: "gCO2e/kWh",
  temperature_c: "°C",
  cloud_cover_pct: "%",
  pv_forecast_w: "W",
} as const;
const PAGE = 1_000;
const MOST_PAGES = 6;
const LEARN_DAYS = 35;

/** What a source said, as it is stored. */
export const gridValuesOf = (
  signal: Signal,
  source: ContextSource,
  intervals: readonly Interval[],
  currency: string,
  fetchedAtMs: number,
): GridValue[] =>
  intervals.map(({ fromMs, value }) => ({
    kind: KINDS[signal],
    source: source.name,
    atMs: fromMs,
    value,
    unit: signal.endsWith("_price") ? `${currency}${UNITS[signal]}` : UNITS[signal],
    fetchedAtMs,
    sample: source.sample ?? false,
  }));

/** Past prices, carbon and the like on a grid, NaN where nothing was known: what their forecasts learn from. */
export async function learnedColumns(
  book: GridDataBook,
  startMs: number,
  stepMs: number,
  length: number,
  signals: readonly Signal[] = ["import_price", "export_price", "carbon_g_kwh"],
): Promise<ReadonlyMap<string, Float64Array>> {
  const columns = new Map<string, Float64Array>();
  const endMs = startMs + length * stepMs;
  for (const signal of signals) {
    const values = new Float64Array(length).fill(Number.NaN);
    const fromMs = Math.max(startMs, endMs - LEARN_DAYS * MS_PER_DAY);
    let last: Readonly<{ atMs: number; value: number }> | undefined;
    const hold = (untilMs: number): void => {
      if (!last) return;
      const first = Math.max(0, Math.ceil((last.atMs - startMs) / stepMs));
      const end = Math.min(length, Math.ceil((Math.min(untilMs, last.atMs + MS_PER_DAY / 8) - startMs) / stepMs));
      for (let i = first; i < end; i++) values[i] = last.value;
    };
    for (const point of await newestValues(book, { kind: KINDS[signal], fromMs, toMs: endMs })) {
      hold(point.atMs);
      last = point;
    }
    hold(endMs);
    if (values.some((value) => !Number.isNaN(value))) columns.set(signal, values);
  }
  return columns;
}

/** What is stored of a signal, by time; of more than can be read at once, the newest. */
async function newestValues(book: GridDataBook, filter: GridFilter): Promise<readonly GridValue[]> {
  const found: GridValue[] = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const { results } = await book.gridValues(filter, { offset: page * PAGE, limit: PAGE, order: "newest" });
    found.push(...results);
    if (results.length < PAGE) break;
  }
  return found.reverse();
}

/** A page of what is stored of some kinds of signals, by time; of all of them where none is named. */
export async function gridPage(
  book: GridDataBook,
  { kinds, ...filter }: Omit<GridFilter, "kind"> & Readonly<{ kinds?: readonly GridKind[] | undefined }>,
  page: PageRequest,
): Promise<CountedPage<GridValue>> {
  if (kinds === undefined || kinds.length === 1) return book.gridValues({ ...filter, kind: kinds?.[0] }, page);
  const { offset, limit, order } = page;
  // The page of several may lie anywhere in each.
  const pages = await Promise.all(
    kinds.map((kind) => book.gridValues({ ...filter, kind }, { offset: 0, limit: offset + limit, order })),
  );
  const sign = order === "oldest" ? 1 : -1;
  return {
    count: pages.reduce((sum, { count }) => sum + count, 0),
    results: pages
      .flatMap(({ results }) => results)
      .toSorted((a, b) => sign * (a.atMs - b.atMs))
      .slice(offset, offset + limit),
  };
}
