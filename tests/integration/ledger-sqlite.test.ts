import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createLedger } from "../../src/accounting/ledger.ts";
import type { SettledHome } from "../../src/accounting/settled-home.ts";
import { ledgerStore } from "../../src/composition/ledger-store.ts";
import { Zone } from "../../src/domain/civil-time.ts";
import { openSqliteHistory } from "../../src/memory/sqlite-history.ts";
import { fixedClock, keptLog, NOW_MS } from "../harness/serving-house.ts";

const STEP_MS = 300_000;
const battery = {
  id: "home",
  capacityWh: 9_600,
  initialSoc: 0.5,
  minSoc: 0.1,
  maxChargeW: 5_000,
  maxDischargeW: 5_000,
  chargeEfficiency: 0.95,
  dischargeEfficiency: 0.95,
};

/** Figures with all the digits that a meter, a price and a division leave. */
const interval = (at: number): SettledHome => ({
  startMs: NOW_MS + at * STEP_MS,
  endMs: NOW_MS + (at + 1) * STEP_MS,
  mode: at < 400 ? "auto" : "advise",
  gridW: at % 97 === 0 ? null : 1_000 * Math.sin(at) + 1 / 3,
  loadW: null,
  pvW: 10 * Math.SQRT2 * (at % 7),
  pricePerKwh: 0.3 + Math.cos(at) / 7,
  exportPricePerKwh: at % 5 === 0 ? -0 : 0.08,
  carbonGPerKwh: 300 + 100 * Math.sin(at / 9),
  measuredShare: 1 - (at % 3) / 3,
  batteries: [{ battery, powerW: 700 * Math.cos(at), soc: 0.5, controlled: true, advice: { kind: "hold" } }],
  dimmed: [{ deviceId: "light.desk", powerW: 1 / 7, otherwiseW: 12 }],
  shifted: at % 50 === 49 ? [{ deviceId: "washer", powerW: 1_999.9, shiftMs: (at < 400 ? -1 : 1) * 7 * STEP_MS }] : [],
});

it("keeps the ledger's chain whole in SQLite over restarts, to the last digit", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "hypervolt-ledger-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (let restart = 0; restart < 6; restart++) {
    const history = await openSqliteHistory({ folder, clock: fixedClock, log: keptLog(), keepRawDays: 30 });
    const ledger = await createLedger({
      store: ledgerStore(history),
      clock: fixedClock,
      zone: new Zone("Europe/Berlin"),
      currency: "EUR",
    });
    // The last interval of the run before is offered again, as after a crash: it is settled already.
    for (let at = Math.max(0, restart * 100 - 1); at < (restart + 1) * 100; at++) {
      const entry = await ledger.settle(interval(at));
      expect(entry === null).toBe(restart > 0 && at === restart * 100 - 1);
    }
    expect(await ledger.verify()).toEqual({ whole: true, entries: (restart + 1) * 100, broken: null });
    if (restart === 5) {
      const { results } = await history.ledger({}, { offset: 0, limit: 1_000, order: "oldest" });
      const acted = results.filter(({ advisory }) => !advisory);
      const report = await ledger.report(false);
      expect(acted).toHaveLength(400);
      expect(report.total.savedCost).toBeCloseTo(
        acted.reduce((sum, { savedCost }) => sum + savedCost, 0),
        9,
      );
      await history.appendLedger([{ ...results[250]!, savedCost: results[250]!.savedCost + 0.01 }]);
      expect(await ledger.verify()).toMatchObject({
        whole: false,
        broken: { startMs: results[250]!.startMs, why: "was changed after it was written" },
      });
    }
    await ledger.close();
    await history.close();
  }
});
