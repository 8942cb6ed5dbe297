/** Values as both SQLite and PostgreSQL take and give them. */
export type SqlValue = string | number | null;
/** `?` marks each parameter. */
export type SqlStatement = Readonly<{ sql: string; params: readonly SqlValue[] }>;
export type Row = Readonly<Record<string, SqlValue>>;

/** A database that answers statements understood by both kinds. */
export interface SqlSession {
  all(statement: SqlStatement): Promise<readonly Row[]>;
  /** In one transaction, durable when it resolves. Returns the number of rows changed. */
  run(statements: readonly SqlStatement[]): Promise<number>;
  /** An expression for what stands under a key of a column that holds a JSON object; NULL where nothing does. */
  member(column: string, key: string): string;
}

export const sql = (text: string, ...params: SqlValue[]): SqlStatement => ({ sql: text, params });

export const textOf = (row: Row, column: string): string => String(row[column] ?? "");
export const numberOf = (row: Row, column: string): number => Number(row[column] ?? 0);

/** What `LOWER(…) LIKE ? ESCAPE '\\'` takes to find a text anywhere, in whatever case; undefined for none. */
export const anywhere = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : `%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;

/** Conditions that hold together; an undefined value leaves its condition out. */
export function where(conditions: Readonly<Record<string, SqlValue | undefined>>): SqlStatement {
  const given = Object.entries(conditions).filter((entry): entry is [string, SqlValue] => entry[1] !== undefined);
  return {
    sql: given.length === 0 ? "" : `WHERE ${given.map(([condition]) => condition).join(" AND ")}`,
    params: given.map(([, value]) => value),
  };
}
