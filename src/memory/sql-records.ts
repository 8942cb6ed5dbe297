import type { Decision } from "../domain/decision.ts";
import type {
  CountedPage,
  DecisionFilter,
  DecisionLog,
  DecisionRecord,
  Document,
  DocumentFilter,
  DocumentKind,
  DocumentShelf,
  Outbox,
  OutboxAction,
  PageRequest,
  Preferences,
} from "./history.ts";
import {
  anywhere,
  numberOf,
  type Row,
  sql,
  type SqlSession,
  type SqlStatement,
  textOf,
  where,
} from "./sql-statement.ts";

/** One page and the count of all, from a table. */
export async function pageOf<T>(
  session: SqlSession,
  table: string,
  filter: SqlStatement,
  orderBy: readonly string[],
  { offset, limit, order = "newest" }: PageRequest,
  read: (row: Row) => T,
): Promise<CountedPage<T>> {
  const direction = order === "newest" ? "DESC" : "ASC";
  const by = orderBy.map((column) => `${column} ${direction}`).join(", ");
  const [counted, rows] = await Promise.all([
    session.all(sql(`SELECT count(*) AS count FROM ${table} ${filter.sql}`, ...filter.params)),
    session.all(
      sql(`SELECT * FROM ${table} ${filter.sql} ORDER BY ${by} LIMIT ? OFFSET ?`, ...filter.params, limit, offset),
    ),
  ]);
  return { count: counted[0] ? numberOf(counted[0], "count") : 0, results: rows.map(read) };
}

const bodyOf = (row: Row): Record<string, unknown> => JSON.parse(textOf(row, "body")) as Record<string, unknown>;

/** Decisions, documents, preferences and the outbox, in tables that SQLite and PostgreSQL share. */
export class SqlRecords implements DecisionLog, DocumentShelf, Preferences, Outbox {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  async putDecision(decision: Decision, source: "hypervolt" | "outside" = "hypervolt"): Promise<void> {
    const { decisionId, atMs, deviceId, action, status } = decision;
    await this.#session.run([
      sql(
        `INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (decision_id) DO UPDATE SET at_ms = excluded.at_ms,
         device = excluded.device, action = excluded.action, status = excluded.status, body = excluded.body`,
        decisionId,
        atMs,
        deviceId,
        action.kind,
        status,
        source,
        JSON.stringify(decision),
      ),
    ]);
  }

  async decision(decisionId: string): Promise<DecisionRecord | null> {
    const [row] = await this.#session.all(sql("SELECT * FROM decision WHERE decision_id = ?", decisionId));
    return row ? readDecision(row) : null;
  }

  decisions(filter: DecisionFilter, page: PageRequest): Promise<CountedPage<DecisionRecord>> {
    const { device, action, status, source, search, fromMs, toMs } = filter;
    const filtered = where({
      "device = ?": device,
      "action = ?": action,
      "status = ?": status,
      "source = ?": source,
      [`LOWER(${this.#wordsOfDecision}) LIKE ? ESCAPE '\\'`]: anywhere(search),
      "at_ms >= ?": fromMs,
      "at_ms < ?": toMs,
    });
    return pageOf(this.#session, "decision", filtered, ["at_ms", "decision_id"], page, readDecision);
  }

  /** What a person reads of a decision: what was done to which device, and why. */
  get #wordsOfDecision(): string {
    const said = ["entityId", "reason", "alternative", "statusDetail"].map(
      (key) => `COALESCE(${this.#session.member("body", key)}, '')`,
    );
    return ["device", "action", "REPLACE(action, '_', ' ')", "status", ...said].join(" || ' ' || ");
  }

  async putDocument(kind: DocumentKind, { documentId, atMs, subject, status, body }: Document): Promise<void> {
    await this.#session.run([
      sql(
        `INSERT INTO document VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, document_id) DO UPDATE SET
         at_ms = excluded.at_ms, subject = excluded.subject, status = excluded.status, body = excluded.body`,
        kind,
        documentId,
        atMs,
        subject,
        status,
        JSON.stringify(body),
      ),
    ]);
  }

  async document(kind: DocumentKind, documentId: string): Promise<Document | null> {
    const found = sql("SELECT * FROM document WHERE kind = ? AND document_id = ?", kind, documentId);
    const [row] = await this.#session.all(found);
    return row ? readDocument(row) : null;
  }

  documents(kind: DocumentKind, filter: DocumentFilter, page: PageRequest): Promise<CountedPage<Document>> {
    const { subject, status, fromMs, toMs } = filter;
    const filtered = where({
      "kind = ?": kind,
      "subject = ?": subject,
      "status = ?": status,
      "at_ms >= ?": fromMs,
      "at_ms < ?": toMs,
    });
    return pageOf(this.#session, "document", filtered, ["at_ms", "document_id"], page, readDocument);
  }

  async deleteDocument(kind: DocumentKind, documentId: string): Promise<boolean> {
    const gone = sql("DELETE FROM document WHERE kind = ? AND document_id = ?", kind, documentId);
    return (await this.#session.run([gone])) > 0;
  }

  async preference(key: string): Promise<unknown> {
    const [row] = await this.#session.all(sql("SELECT value FROM preference WHERE name = ?", key));
    return row ? JSON.parse(textOf(row, "value")) : undefined;
  }

  async preferences(): Promise<Readonly<Record<string, unknown>>> {
    const rows = await this.#session.all(sql("SELECT name, value FROM preference ORDER BY name"));
    return Object.fromEntries(rows.map((row) => [textOf(row, "name"), JSON.parse(textOf(row, "value")) as unknown]));
  }

  async setPreferences(values: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#session.run(
      Object.entries(values).map(([name, value]) =>
        value === undefined
          ? sql("DELETE FROM preference WHERE name = ?", name)
          : sql(
              "INSERT INTO preference VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
              name,
              JSON.stringify(value),
            ),
      ),
    );
  }

  async putAction({ actionId, atMs, body }: OutboxAction): Promise<void> {
    await this.#session.run([
      sql(
        `INSERT INTO outbox VALUES (?, ?, NULL, ?) ON CONFLICT (action_id) DO UPDATE SET at_ms = excluded.at_ms,
         closed_at_ms = NULL, body = excluded.body`,
        actionId,
        atMs,
        JSON.stringify(body),
      ),
    ]);
  }

  async openActions(): Promise<readonly OutboxAction[]> {
    const rows = await this.#session.all(
      sql("SELECT * FROM outbox WHERE closed_at_ms IS NULL ORDER BY at_ms, action_id"),
    );
    return rows.map((row) => ({ actionId: textOf(row, "action_id"), atMs: numberOf(row, "at_ms"), body: bodyOf(row) }));
  }

  async closeAction(actionId: string, atMs: number): Promise<void> {
    await this.#session.run([sql("UPDATE outbox SET closed_at_ms = ? WHERE action_id = ?", atMs, actionId)]);
  }
}

const readDecision = (row: Row): DecisionRecord => ({
  decision: bodyOf(row) as unknown as Decision,
  source: textOf(row, "source") === "outside" ? "outside" : "hypervolt",
});

const readDocument = (row: Row): Document => ({
  documentId: textOf(row, "document_id"),
  atMs: numberOf(row, "at_ms"),
  subject: textOf(row, "subject"),
  status: textOf(row, "status"),
  body: bodyOf(row),
});
