import { historyStoreContract } from "../../src/memory/history.contract.ts";
import { openSqliteHistory } from "../../src/memory/sqlite-history.ts";

const clock = { nowMs: () => Date.UTC(2026, 2, 29), after: () => ({ cancel: () => undefined }) };
const log = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };

historyStoreContract(
  "SQLite in memory, not packed",
  async () => {
    const store = await openSqliteHistory({ folder: null, clock, log });
    return { store, close: () => store.close() };
  },
  async () => undefined,
  false,
);
