import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Decision } from "../domain/decision.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import type { Sensor } from "../domain/reading.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { HistoryStore, ReadingFilter, StoredReading } from "./history.ts";

const T0 = Date.UTC(2026, 2, 28);
const sensor = (sensorId: string, more: Partial<Sensor> = {}): Sensor => ({
  sensorId,
  uniqueId: `u-${sensorId}`,
  source: "native",
  sensorType: "power",
  name: sensorId,
  device: null,
  location: "kitchen",
  unit: "W",
  ...more,
});
const at = (sensorId: string, atMs: number, value: number) => ({ sensorId, atMs, value });
const bare = ({ sensorId, atMs, value }: StoredReading) => ({ sensorId, atMs, value });
const decision = (decisionId: string, more: Partial<Decision> = {}): Decision => ({
  decisionId,
  atMs: T0,
  deviceId: "lamp",
  entityId: "light.lamp",
  action: { kind: "turn_off" } as const,
  reason: "nobody is there",
  alternative: null,
  inputs: { lux: 300 },
  status: "sent",
  statusDetail: null,
  contextId: null,
  ...more,
});
const entry = (startMs: number, savedCost: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  startMs,
  endMs: startMs + 300_000,
  gridW: 100,
  baselineGridW: 200,
  pricePerKwh: 0.3,
  exportPricePerKwh: 0.08,
  carbonGPerKwh: 400,
  cost: 1,
  baselineCost: 1 + savedCost,
  carbonG: 10,
  baselineCarbonG: 12,
  savedCost,
  savedCarbonG: 2,
  advisory: false,
  measuredShare: 0.5,
  previousHash: "a",
  hash: "b",
  ...more,
});

export type ContractStore = Readonly<{
  store: HistoryStore;
  close: () => Promise<void>;
  /** Closes it and opens the same history again after nobody was there for so many days; absent where nothing survives. */
  reopen?: (afterDays: number) => Promise<ContractStore>;
}>;

/**
 * What every history does; it keeps raw readings for ten days. `settle` brings what was appended to where it finally
 * rests; `survives`: what was stored is there when it is opened again.
 */
export const historyStoreContract = (
  name: string,
  open: () => Promise<ContractStore>,
  settle: (store: HistoryStore) => Promise<void>,
  survives = true,
): void => {
  describe(name, () => {
    let opened: ContractStore;
    let store: HistoryStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    const readingsOf = async (filter: ReadingFilter, order: "oldest" | "newest" = "oldest") =>
      (await store.readings(filter, { offset: 0, limit: 1000, order })).results.map(bare);
    const series = async (stepMs: number, toMs: number, fromMs = T0) =>
      (await store.series("meter", fromMs, toMs, stepMs)).map(({ startMs, ...point }) => [startMs - T0, point]);

    it("gives a range that is half-open, in time order, and keeps the last write", async () => {
      await store.append([at("pump", T0 + 2, 20), at("pump", T0 + 1, 10), at("pump", T0 + 3, 30)]);
      await store.append([at("pump", T0 + 2, 21)]);
      expect(await store.range("pump", T0 + 1, T0 + 3)).toEqual([at("pump", T0 + 1, 10), at("pump", T0 + 2, 21)]);
      await settle(store);
      await store.append([at("pump", T0 + 1, 11)]);
      expect(await store.range("pump", T0 + 0, T0 + 3)).toEqual([at("pump", T0 + 1, 11), at("pump", T0 + 2, 21)]);
      await settle(store);
      expect(await store.range("pump", T0 + 0, T0 + 9)).toEqual([
        at("pump", T0 + 1, 11),
        at("pump", T0 + 2, 21),
        at("pump", T0 + 3, 30),
      ]);
      expect(await store.range("nobody", T0 + 0, T0 + 9)).toEqual([]);
    });

    it("acknowledges every reading once, after it can be read", async () => {
      const seen: Promise<unknown>[] = [];
      const acknowledged: number[] = [];
      const readings = Array.from({ length: 10_000 }, (_, i) => ({
        ...at(`s${i % 7}`, T0 + i, i),
        committed: () => {
          acknowledged.push(i);
          if (i % 2_500 === 0) seen.push(store.range(`s${i % 7}`, T0 + i, T0 + i + 1));
        },
      }));
      await store.append(readings);
      expect(acknowledged).toEqual(readings.map((_, i) => i));
      expect((await Promise.all(seen)).flat()).toHaveLength(4);
      expect(store.figures()).toMatchObject({ pendingReadings: 0, committedReadings: 10_000, failedCommits: 0 });
    });

    it("does not store a delivery again that was committed before, and tells it from another under its number", async () => {
      let acknowledged = 0;
      const delivered = (atMs: number, value: number, packetId: number, redelivered: boolean) => ({
        ...at("pi", atMs, value),
        committed: () => void acknowledged++,
        delivery: { packetId, redelivered },
      });
      await store.append([delivered(T0, 7, 1, false), delivered(T0 + 1, 8, 2, false)]);
      await settle(store);
      await store.append([
        delivered(T0 + 50, 7, 1, true),
        delivered(T0 + 51, 9, 2, true),
        delivered(T0 + 52, 5, 3, true),
      ]);
      await store.append([delivered(T0 + 60, 7, 1, false)]);
      expect(acknowledged).toBe(6);
      expect(await store.range("pi", T0, T0 + 99)).toEqual(
        [
          [0, 7],
          [1, 8],
          [51, 9],
          [52, 5],
          [60, 7],
        ].map(([n = 0, value = 0]) => at("pi", T0 + n, value)),
      );
    });

    it("does not store a delivery again that brought readings of several sensors", async () => {
      const meter = (n: number, packetId: number, redelivered: boolean) =>
        ["power", "voltage", "current"].map((name, i) => ({
          ...at(name, T0 + n, 10 * i),
          delivery: { packetId, redelivered },
        }));
      await store.append(meter(0, 7, false));
      await store.append(meter(1, 7, true));
      await store.append(meter(2, 7, false));
      for (const name of ["power", "voltage", "current"])
        expect((await store.range(name, T0, T0 + 100)).map(({ atMs }) => atMs)).toEqual([T0, T0 + 2]);
    });

    it.each([1, 0])(
      "keeps every one of a burst of readings that have no time but that of their arrival, QoS %i",
      async (qos) => {
        const burst = Array.from({ length: 100 }, (_, n) => ({
          ...at("pi", T0, n),
          delivery: { packetId: qos === 0 ? 0 : n + 1, redelivered: false },
        }));
        await Promise.all([store.append(burst.slice(0, 70)), store.append(burst.slice(70))]);
        expect((await store.range("pi", T0, T0 + 1000)).map(({ value }) => value)).toEqual(burst.map((_, n) => n));
      },
    );

    it("downsamples to min, mean and max whether readings are fresh, packed, late or corrected", async () => {
      const minute = Array.from({ length: 180 }, (_, i) => at("meter", T0 + i * MS_PER_MINUTE, i));
      await store.append(minute);
      const hours = [0, 60, 120].map((first) => [
        first * MS_PER_MINUTE,
        { min: first, mean: first + 29.5, max: first + 59, count: 60 },
      ]);
      expect(await series(MS_PER_HOUR, T0 + 3 * MS_PER_HOUR)).toEqual(hours);
      await settle(store);
      expect(await series(MS_PER_HOUR, T0 + 3 * MS_PER_HOUR)).toEqual(hours);
      expect((await series(5 * MS_PER_MINUTE, T0 + MS_PER_HOUR))[1]).toEqual([
        5 * MS_PER_MINUTE,
        { min: 5, mean: 7, max: 9, count: 5 },
      ]);
      expect(await series(7 * MS_PER_MINUTE, T0 + 10 * MS_PER_MINUTE, T0 + 1)).toEqual([
        [1, { min: 1, mean: 4, max: 7, count: 7 }],
        [1 + 7 * MS_PER_MINUTE, { min: 8, mean: 8.5, max: 9, count: 2 }],
      ]);
      await store.append([at("meter", T0 + 30_000, 1_000), at("meter", T0 + 179 * MS_PER_MINUTE, 0)]);
      const corrected = [
        [0, { min: 0, mean: (59 * 30 + 1_000) / 61, max: 1_000, count: 61 }],
        hours[1],
        [120 * MS_PER_MINUTE, { min: 0, mean: (60 * 149.5 - 179) / 60, max: 178, count: 60 }],
      ];
      expect(await series(MS_PER_HOUR, T0 + 3 * MS_PER_HOUR)).toEqual(corrected);
      await settle(store);
      expect(await series(MS_PER_HOUR, T0 + 3 * MS_PER_HOUR)).toEqual(corrected);
    });

    it("keeps values exactly: short decimals, long fractions, huge and tiny ones", async () => {
      const values = [21.37, -0.001, 1 / 3, 1e15, 5e-324, -273.15, 0, 123456789.123456];
      await store.append(values.map((value, i) => at("exact", T0 + i, value)));
      await settle(store);
      expect((await store.range("exact", T0, T0 + 99)).map(({ value }) => value)).toEqual(values);
    });

    it("lists readings by page, filter and order, with their count and their sensor", async () => {
      const lamp = sensor("ldr_1", { sensorType: "ldr", unit: "lx", location: "office" });
      await Promise.all([store.upsertSensor(lamp), store.upsertSensor(sensor("meter"))]);
      const meter = Array.from({ length: 150 }, (_, i) => at("meter", T0 + i * MS_PER_MINUTE, i));
      const lux = Array.from({ length: 50 }, (_, i) => at("ldr_1", T0 + i * 3 * MS_PER_MINUTE, i));
      await store.append([...meter.slice(0, 100), ...lux]);
      await settle(store);
      await store.append(meter.slice(90));

      const all = await store.readings({}, { offset: 0, limit: 30 });
      expect(all.count).toBe(200);
      expect(all.results.map(({ atMs }) => atMs)).toEqual(all.results.map(({ atMs }) => atMs).sort((a, b) => b - a));
      const backwards = await Promise.all([0, 77, 154].map((offset) => store.readings({}, { offset, limit: 77 })));
      const pages = await Promise.all(
        [0, 77, 154].map((offset) => store.readings({}, { offset, limit: 77, order: "oldest" })),
      );
      const paged = pages.flatMap(({ results }) => results.map(bare));
      expect(paged).toHaveLength(200);
      expect(backwards.flatMap(({ results }) => results.map(bare))).toEqual(paged.toReversed());
      expect(new Set(paged.map(({ sensorId, atMs }) => `${sensorId}@${atMs}`)).size).toBe(200);
      expect(paged.map(({ atMs }) => atMs)).toEqual(paged.map(({ atMs }) => atMs).sort((a, b) => a - b));

      expect(await readingsOf({ sensorType: "ldr" })).toEqual(lux);
      expect(await readingsOf({ location: "office", sensorId: "ldr_1" })).toEqual(lux);
      expect(await readingsOf({ location: "kitchen", sensorType: "ldr" })).toEqual([]);
      expect(await readingsOf({ search: "OFFI" })).toEqual(lux);
      expect(await readingsOf({ search: "r_1", sensorType: "ldr" })).toEqual(lux);
      expect(await readingsOf({ search: "100%" })).toEqual([]);
      await store.correctSensor("meter", { name: "Main feed" });
      expect(await counted({ search: "main feed" })).toBe(150);
      const [fromMs, toMs] = [T0 + 10 * MS_PER_MINUTE, T0 + 95 * MS_PER_MINUTE];
      expect(await readingsOf({ sensorId: "meter", fromMs, toMs })).toEqual(meter.slice(10, 95));
      expect((await store.readings({ sensorId: "meter", fromMs, toMs }, { offset: 0, limit: 1 })).count).toBe(85);
      expect(await store.readings({ sensorId: "unheard-of" }, { offset: 0, limit: 9 })).toEqual({
        count: 0,
        results: [],
      });
      expect(all.results.find(({ sensorId }) => sensorId === "ldr_1")?.sensor).toEqual(lamp);
    });

    it("finds and deletes one reading by its id, and its rollups follow", async () => {
      await store.append([1, 2, 3].map((n) => at("meter", T0 + n * 1000, n * 10)));
      const [newest] = (await store.readings({ sensorId: "meter" }, { offset: 0, limit: 1 })).results;
      const id = newest?.id ?? "";
      expect(await store.reading(id)).toEqual(newest);
      expect(await store.deleteReading(id)).toBe(true);
      expect(await store.deleteReading(id)).toBe(false);
      expect(await store.reading(id)).toBeNull();
      expect(await store.reading("no-such-id")).toBeNull();
      expect(await series(MS_PER_HOUR, T0 + MS_PER_HOUR)).toEqual([[0, { min: 10, mean: 15, max: 20, count: 2 }]]);
      expect(await store.latest()).toEqual([at("meter", T0 + 2000, 20)]);
      await store.append([at("meter", T0 + 3000, 31)]);
      expect(bare((await store.reading(id))!)).toEqual(at("meter", T0 + 3000, 31));
    });

    it("exports every matching reading in order while more arrive, reading on only when asked", async () => {
      const some = Array.from({ length: 5_000 }, (_, i) => at(`s${i % 3}`, T0 + Math.floor(i / 3) * 10_000, i));
      await store.append(some);
      await settle(store);
      const exported: StoredReading[] = [];
      for await (const batch of store.exportReadings({ fromMs: T0, toMs: T0 + MS_PER_DAY })) {
        exported.push(...batch);
        await store.append([at("s0", T0 + 2 * MS_PER_DAY + exported.length, 1)]);
      }
      expect(exported.map(bare)).toEqual(some);
      const first = await store.exportReadings({ sensorId: "s1" }).next();
      expect(first.value?.every(({ sensorId }: StoredReading) => sensorId === "s1")).toBe(true);
    });

    const YEAR_MS = 365 * MS_PER_DAY;
    /** After so many weeks, a day of each of them in use. */
    const pass = async (weeks: number): Promise<void> => {
      for (let week = 0; week < weeks; week++) {
        if (!opened.reopen) throw new Error("nothing of it survives");
        opened = await opened.reopen(7);
        store = opened.store;
        await settle(store);
      }
    };
    const counted = async (filter: ReadingFilter) => (await store.readings(filter, { offset: 0, limit: 1 })).count;
    const exported = async (filter: ReadingFilter) => {
      const all: StoredReading[] = [];
      for await (const batch of store.exportReadings(filter)) all.push(...batch);
      return all.map(bare);
    };

    if (survives) {
      it("keeps readings by when they came, not by the time they are of: a year late, or a day ahead", async () => {
        const late = Array.from({ length: 50 }, (_, n) => at("meter", T0 - YEAR_MS + n * 600_000, n));
        const rest = [at("meter", T0, 50), at("meter", T0 + MS_PER_DAY, 51)];
        await store.append([...late, ...rest]);
        await settle(store);
        await pass(1);
        expect(await readingsOf({})).toEqual([...late, ...rest]);
        expect(await exported({ toMs: T0 })).toEqual(late);
        expect(await store.range("meter", 0, T0)).toEqual(late);
        expect(await counted({ fromMs: T0 - YEAR_MS + 60_000, toMs: T0 })).toBe(49);

        const later = [at("other", T0 - YEAR_MS + 5, 1)];
        await store.append(later);
        await settle(store);
        const whole = await store.series("meter", T0 - YEAR_MS, T0 + 2 * MS_PER_DAY, MS_PER_HOUR);
        await pass(1);
        expect(await readingsOf({})).toEqual(later);
        expect(await exported({})).toEqual(later);
        expect(await store.range("meter", 0, T0 + YEAR_MS)).toEqual([]);
        expect(await store.series("meter", T0 - YEAR_MS, T0 + 2 * MS_PER_DAY, MS_PER_HOUR)).toEqual(whole);
        expect((await store.latest()).find(({ sensorId }) => sensorId === "meter")).toEqual(rest[1]);
        await pass(1);
        expect(await counted({})).toBe(0);
      });

      it("keeps what comes late for an hour that was forgotten, beside what is left of it", async () => {
        await store.append([at("meter", T0 + 60_000, 10), at("meter", T0 + 120_000, 20)]);
        await settle(store);
        await pass(2);
        expect(await counted({})).toBe(0);
        const late = [at("meter", T0 + 61_000, 90), at("meter", T0 + 30 * 60_000, 0)];
        const hour = [0, { min: 0, mean: 30, max: 90, count: 4 }];
        const fives = [
          [0, { min: 10, mean: 40, max: 90, count: 3 }],
          [30 * 60_000, { min: 0, mean: 0, max: 0, count: 1 }],
        ];
        await store.append(late);
        for (const when of ["fresh", "settled", "a week later"]) {
          expect(await readingsOf({})).toEqual(late);
          expect(await series(MS_PER_HOUR, T0 + MS_PER_HOUR)).toEqual([hour]);
          expect(await series(300_000, T0 + MS_PER_HOUR)).toEqual(fives);
          expect(await series(MS_PER_DAY, T0 + MS_PER_DAY)).toEqual([hour]);
          await settle(store);
          if (when === "settled") await pass(1);
        }
        const [newest] = (await store.readings({}, { offset: 0, limit: 1 })).results;
        expect(await store.deleteReading(newest?.id ?? "")).toBe(true);
        expect(await series(MS_PER_HOUR, T0 + MS_PER_HOUR)).toEqual([[0, { min: 10, mean: 40, max: 90, count: 3 }]]);
        await pass(1);
        expect(await readingsOf({})).toEqual([]);
        expect(await series(MS_PER_HOUR, T0 + MS_PER_HOUR)).toEqual([[0, { min: 10, mean: 40, max: 90, count: 3 }]]);
      });
    }

    it("forgets nothing because a clock is set forward, back, or both", async () => {
      await store.append([at("meter", T0, 1), at("meter", T0 - YEAR_MS, 2)]);
      for (const nowMs of [T0 + YEAR_MS, T0 - YEAR_MS, T0 + 20 * YEAR_MS, T0]) {
        await store.maintain(nowMs);
        await store.append([at("meter", nowMs + 60_000, 3)]);
        await settle(store);
      }
      expect(await counted({})).toBe(6);
    });

    it("remembers the newest reading and the last window of each sensor", async () => {
      await store.append(Array.from({ length: 100 }, (_, i) => at("busy", T0 + i * 60_000, i)));
      await store.append([at("quiet", T0 - MS_PER_DAY, 1)]);
      await settle(store);
      await store.append([at("busy", T0 + 100 * 60_000, 100), at("busy", T0, -1)]);
      const latest = await store.latest();
      expect(latest.toSorted((a, b) => a.sensorId.localeCompare(b.sensorId))).toEqual([
        at("busy", T0 + 100 * 60_000, 100),
        at("quiet", T0 - MS_PER_DAY, 1),
      ]);
      const windows = await store.windows(60, T0);
      expect(windows.map(({ sensorId }) => sensorId)).toEqual(["busy"]);
      expect(windows[0]?.readings.map(({ value }) => value)).toEqual(Array.from({ length: 60 }, (_, i) => 41 + i));
    });

    it("keeps what the user corrected apart from what the publisher says, and lists no removed sensor", async () => {
      await store.upsertSensor(sensor("meter"));
      expect(await store.correctSensor("meter", { name: "Main meter", role: "grid" })).toBe(true);
      expect(await store.correctSensor("meter", { role: null, ignore: true })).toBe(true);
      expect(await store.correctSensor("ghost", { ignore: true })).toBe(false);
      await store.upsertSensor(sensor("meter", { name: "renamed by its publisher" }));
      await store.append([at("meter", T0, 5), at("undescribed", T0, 6)]);
      const listed = await store.sensors();
      expect(listed).toEqual([
        {
          sensor: sensor("meter", { name: "renamed by its publisher" }),
          correction: { name: "Main meter", ignore: true },
          last: at("meter", T0, 5),
        },
      ]);
      await store.removeSensor("meter");
      expect(await store.sensors()).toEqual([]);
      expect(await store.range("meter", T0, T0 + 1)).toHaveLength(1);
      await store.upsertSensor(sensor("meter"));
      expect((await store.sensors())[0]?.correction).toEqual({ name: "Main meter", ignore: true });
    });

    it("logs decisions, follows their status and filters them", async () => {
      await store.putDecision(decision("d1"));
      await store.putDecision(decision("d2", { deviceId: "ev", action: { kind: "turn_on" }, atMs: T0 + 5 }), "outside");
      await store.putDecision(decision("d1", { status: "confirmed", contextId: "c" }));
      expect(await store.decision("d1")).toEqual({
        decision: decision("d1", { status: "confirmed", contextId: "c" }),
        source: "hypervolt",
      });
      expect(await store.decision("d3")).toBeNull();
      const ids = async (filter: Parameters<HistoryStore["decisions"]>[0]) =>
        (await store.decisions(filter, { offset: 0, limit: 10 })).results.map((found) => found.decision.decisionId);
      expect(await ids({})).toEqual(["d2", "d1"]);
      expect(await ids({ device: "ev" })).toEqual(["d2"]);
      expect(await ids({ action: "turn_off", status: "confirmed" })).toEqual(["d1"]);
      expect(await ids({ source: "outside" })).toEqual(["d2"]);
      expect(await ids({ search: "Nobody is there" })).toEqual(["d2", "d1"]);
      expect(await ids({ search: "nobody", device: "lamp" })).toEqual(["d1"]);
      expect(await ids({ search: "no%there" })).toEqual([]);
      expect(await ids({ search: "turn on" })).toEqual(["d2"]);
      // Names of fields and what is not shown are not read.
      for (const search of ["reason", "deviceId", "contextId", '":']) expect(await ids({ search }), search).toEqual([]);
      expect(await ids({ fromMs: T0 + 5, toMs: T0 + 6 })).toEqual(["d2"]);
      expect((await store.decisions({}, { offset: 1, limit: 1, order: "oldest" })).count).toBe(2);
    });

    it("keeps the ledger whole and sums it", async () => {
      const entries = [0, 1, 2].map((n) => entry(T0 + n * 300_000, n, { advisory: n === 2, hash: `h${n}` }));
      await store.appendLedger(entries);
      expect(await store.lastLedgerEntry()).toEqual(entries[2]);
      expect((await store.ledger({}, { offset: 0, limit: 9, order: "oldest" })).results).toEqual(entries);
      expect(await store.ledgerTotals({ advisory: false })).toMatchObject({
        entries: 2,
        fromMs: T0,
        toMs: T0 + 600_000,
        cost: 2,
        baselineCost: 3,
        savedCost: 1,
        savedCarbonG: 4,
      });
      expect(await store.ledgerTotals({ toMs: T0 })).toMatchObject({ entries: 0, fromMs: null, cost: 0 });
    });

    it("gives of each kind the grid value that holds now", async () => {
      const value = (kind: string, atMs: number, v: number, fetchedAtMs = T0) => ({
        kind,
        atMs,
        value: v,
        source: "entso-e",
        unit: "EUR/kWh",
        fetchedAtMs,
        sample: false,
      });
      const hours = [0, 1, 2].map((hour) => value("import_price", T0 + hour * MS_PER_HOUR, hour / 10));
      await store.putGridValues([...hours, value("carbon_intensity", T0, 400)]);
      await store.putGridValues([value("import_price", T0 + MS_PER_HOUR, 0.15, T0 + 7)]);
      expect(await store.latestGridValues(T0 + 1.5 * MS_PER_HOUR)).toEqual([
        value("carbon_intensity", T0, 400),
        value("import_price", T0 + MS_PER_HOUR, 0.15, T0 + 7),
      ]);
      const prices = await store.gridValues({ kind: "import_price", fromMs: T0 + 1 }, { offset: 0, limit: 1 });
      expect(prices).toEqual({ count: 2, results: [hours[2]] });
      expect((await store.gridValues({ search: "Carbon" }, { offset: 0, limit: 9 })).count).toBe(1);
      expect((await store.gridValues({ search: "ENTSO" }, { offset: 0, limit: 9 })).count).toBe(4);
      expect((await store.gridValues({ search: "entso_e" }, { offset: 0, limit: 9 })).count).toBe(0);
    });

    it("keeps documents by kind, time, subject and status", async () => {
      const alert = (documentId: string, atMs: number, status: string) => ({
        documentId,
        atMs,
        status,
        subject: "fridge",
        body: { title: documentId, nested: [1, { a: null }] },
      });
      await store.putDocument("alert", alert("a", T0, "active"));
      await store.putDocument("alert", alert("b", T0 + 1, "active"));
      await store.putDocument("plan", alert("a", T0, ""));
      await store.putDocument("alert", alert("a", T0, "resolved"));
      expect(await store.document("alert", "a")).toEqual(alert("a", T0, "resolved"));
      const active = await store.documents("alert", { status: "active" }, { offset: 0, limit: 5 });
      expect(active).toEqual({ count: 1, results: [alert("b", T0 + 1, "active")] });
      expect((await store.documents("alert", { subject: "fridge" }, { offset: 0, limit: 1 })).count).toBe(2);
      expect(await store.deleteDocument("alert", "b")).toBe(true);
      expect(await store.deleteDocument("alert", "b")).toBe(false);
      expect(await store.document("plan", "a")).not.toBeNull();
    });

    it("keeps preferences as JSON and takes them back", async () => {
      await store.setPreferences({ mode: "advise", quiet: { from: "22:00", to: "06:00" }, weight: 0.08 });
      await store.setPreferences({ mode: "auto", weight: undefined });
      expect(await store.preference("mode")).toBe("auto");
      expect(await store.preference("weight")).toBeUndefined();
      expect(await store.preferences()).toEqual({ mode: "auto", quiet: { from: "22:00", to: "06:00" } });
    });

    it("lists promised actions until they are closed, oldest first", async () => {
      const action = (actionId: string, atMs: number) => ({
        actionId,
        atMs,
        body: { entity: "switch.boiler", on: true },
      });
      await store.putAction(action("late", T0 + 2));
      await store.putAction(action("early", T0 + 1));
      expect(await store.openActions()).toEqual([action("early", T0 + 1), action("late", T0 + 2)]);
      await store.closeAction("early", T0 + 3);
      expect(await store.openActions()).toEqual([action("late", T0 + 2)]);
    });

    it("is told in its state to be well", () => expect(store.state()).toMatchObject({ name: "history", state: "ok" }));
  });
};
