import type {
  DecisionLog,
  DocumentShelf,
  GridDataBook,
  HistoryStore,
  LedgerBook,
  Outbox,
  Preferences,
} from "./history.ts";

type Records = DecisionLog & DocumentShelf & Preferences & Outbox;
type Books = LedgerBook & GridDataBook;

/** One store of three parts: readings and sensors, records, books. */
export function withShelves(
  readings: Omit<HistoryStore, keyof Records | keyof Books>,
  records: Records,
  books: Books,
): HistoryStore {
  return {
    state: () => readings.state(),
    figures: () => readings.figures(),
    maintain: (nowMs) => readings.maintain(nowMs),
    prepareBackup: () => readings.prepareBackup(),
    finishBackup: () => readings.finishBackup(),
    copyTo: (path) => readings.copyTo(path),
    close: () => readings.close(),

    append: (batch) => readings.append(batch),
    congested: () => readings.congested(),
    uncongested: () => readings.uncongested(),
    range: (sensorId, fromMs, toMs) => readings.range(sensorId, fromMs, toMs),
    series: (sensorId, fromMs, toMs, stepMs) => readings.series(sensorId, fromMs, toMs, stepMs),
    latest: () => readings.latest(),
    windows: (perSensor, activeSinceMs) => readings.windows(perSensor, activeSinceMs),
    readings: (filter, page) => readings.readings(filter, page),
    reading: (id) => readings.reading(id),
    deleteReading: (id) => readings.deleteReading(id),
    exportReadings: (filter) => readings.exportReadings(filter),

    upsertSensor: (sensor) => readings.upsertSensor(sensor),
    removeSensor: (sensorId) => readings.removeSensor(sensorId),
    correctSensor: (sensorId, correction) => readings.correctSensor(sensorId, correction),
    sensors: () => readings.sensors(),

    putDecision: (decision, source) => records.putDecision(decision, source),
    decision: (decisionId) => records.decision(decisionId),
    decisions: (filter, page) => records.decisions(filter, page),
    putDocument: (kind, document) => records.putDocument(kind, document),
    document: (kind, documentId) => records.document(kind, documentId),
    documents: (kind, filter, page) => records.documents(kind, filter, page),
    deleteDocument: (kind, documentId) => records.deleteDocument(kind, documentId),
    preference: (key) => records.preference(key),
    preferences: () => records.preferences(),
    setPreferences: (values) => records.setPreferences(values),
    putAction: (action) => records.putAction(action),
    openActions: () => records.openActions(),
    closeAction: (actionId, atMs) => records.closeAction(actionId, atMs),

    appendLedger: (entries) => books.appendLedger(entries),
    lastLedgerEntry: () => books.lastLedgerEntry(),
    ledger: (range, page) => books.ledger(range, page),
    ledgerTotals: (range) => books.ledgerTotals(range),
    putGridValues: (values) => books.putGridValues(values),
    gridValues: (filter, page) => books.gridValues(filter, page),
    latestGridValues: (nowMs) => books.latestGridValues(nowMs),
  };
}
