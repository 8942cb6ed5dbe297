import type { Row, SqlStatement } from "./sql-statement.ts";
import type { Database, Statement } from "./sqlite-database.ts";

const MOST_STATEMENTS = 200;

/** The statements of what lies beside the readings; preparing one costs more than most of them, so they are kept. */
export class SqliteStatements {
  readonly #db: Database;
  readonly #prepared = new Map<string, Statement>();

  constructor(db: Database) {
    this.#db = db;
  }

  all({ sql, params }: SqlStatement): Row[] {
    return this.#prepare(sql).all(...params) as Row[];
  }

  /** All or none, in one transaction. @returns rows changed */
  run(statements: readonly SqlStatement[]): number {
    return this.#db.transaction(() =>
      statements.reduce((changes, { sql, params }) => changes + this.#prepare(sql).run(...params).changes, 0),
    )();
  }

  #prepare(sql: string): Statement {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      if (this.#prepared.size >= MOST_STATEMENTS) this.#prepared.clear();
      this.#prepared.set(sql, (statement = this.#db.prepare(sql)));
    }
    return statement;
  }
}
