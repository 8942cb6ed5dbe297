import type { LedgerStore } from "../accounting/ledger.ts";
import type { HistoryStore } from "../memory/history.ts";

/** The ledger's book is the history; what it needs after a restart lies among the preferences. */
export const ledgerStore = (history: HistoryStore): LedgerStore => ({
  appendLedger: (entries) => history.appendLedger(entries),
  lastLedgerEntry: () => history.lastLedgerEntry(),
  ledger: (range, page) => history.ledger(range, page),
  ledgerTotals: (range) => history.ledgerTotals(range),
  loadCourse: () => history.preference("ledgerCourse"),
  saveCourse: (ledgerCourse) => history.setPreferences({ ledgerCourse }),
});
