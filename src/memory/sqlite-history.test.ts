import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { type ContractStore, historyStoreContract } from "./history.contract.ts";
import type { HistoryStore } from "./history.ts";
import { openSqliteHistory } from "./sqlite-history.ts";

/** Memory where there is some: other tests hold the disk to its promises. */
const QUICK = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const clock = { nowMs: () => Date.UTC(2026, 2, 29), after: () => ({ cancel: () => undefined }) };
const log = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };

/** Packs, rolls up days, and waits until it is done. */
async function settle(store: HistoryStore): Promise<void> {
  await store.maintain(clock.nowMs() + 2 * MS_PER_HOUR);
  await store.maintain(clock.nowMs() + 2 * MS_PER_DAY);
  expect(store.figures().unpackedReadings).toBe(0);
}

/** Two days of each week go by in `settle`. */
const open = async (folder: string, daysLater = 0): Promise<ContractStore> => {
  const later = { ...clock, nowMs: () => clock.nowMs() + daysLater * MS_PER_DAY };
  const store = await openSqliteHistory({ folder, clock: later, log, keepRawDays: 10 });
  return {
    store,
    reopen: async (afterDays) => {
      await store.close();
      return open(folder, daysLater + 2 + afterDays);
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
};

historyStoreContract("SQLite in a folder, packed", () => open(mkdtempSync(path.join(QUICK, "history-"))), settle);
