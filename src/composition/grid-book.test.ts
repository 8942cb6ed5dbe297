import { expect, it, onTestFinished } from "vitest";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { openSqliteHistory } from "../memory/sqlite-history.ts";
import { gridPage, learnedColumns } from "./grid-book.ts";

const HOURS = 2_400;
const silent = (): void => undefined;

async function openBook() {
  const history = await openSqliteHistory({
    folder: null,
    clock: { nowMs: () => 0, after: () => ({ cancel: silent }) },
    log: { debug: silent, info: silent, warning: silent, error: silent },
  });
  onTestFinished(() => history.close());
  return history;
}

it("learns from the newest weeks of a price that changes every five minutes", async () => {
  const history = await openBook();
  const [stepMs, length] = [15 * MS_PER_MINUTE, (35 * MS_PER_DAY) / (15 * MS_PER_MINUTE)];
  await history.putGridValues(
    Array.from({ length: 3 * length }, (_, i) => ({
      kind: "import_price",
      source: "somebody",
      atMs: i * (stepMs / 3),
      value: Math.floor(i / 3),
      unit: "EUR/kWh",
      fetchedAtMs: 0,
      sample: false,
    })),
  );
  const prices = (await learnedColumns(history, 0, stepMs, length)).get("import_price");
  expect(prices?.at(-1)).toBe(length - 1);
  expect(prices?.subarray(-14 * 96).some(Number.isNaN)).toBe(false);
});

it("gives every page of what is stored of one kind, of several in turn by time, and of all", async () => {
  const history = await openBook();
  const hourly = (kind: string) =>
    Array.from({ length: HOURS }, (_, i) => ({
      kind,
      source: "somebody",
      atMs: i * MS_PER_HOUR,
      value: i,
      unit: "%",
      fetchedAtMs: 0,
      sample: false,
    }));
  await history.putGridValues([...hourly("temperature"), ...hourly("cloud_cover"), ...hourly("import_price")]);
  const page = async (kinds: string[] | undefined, offset: number) => {
    const { count, results } = await gridPage(history, { kinds }, { offset, limit: 2, order: "oldest" });
    return [count, ...results.map(({ value }) => value)];
  };
  expect(await page(["temperature"], 2_100)).toEqual([HOURS, 2_100, 2_101]);
  expect(await page(["temperature", "cloud_cover"], 3_000)).toEqual([2 * HOURS, 1_500, 1_500]);
  expect(await page(undefined, 3_000)).toEqual([3 * HOURS, 1_000, 1_000]);
});
