/** What can be bound to a parameter of a statement. */
export type SqliteValue = null | number | string | Uint8Array;

/**
 * A prepared statement of a handle, as that of `node:sqlite`, `better-sqlite3` or `bun:sqlite`. Each method runs it to its end
 * and throws if SQLite reports an error.
 */
export interface SqliteStatement {
  /** The first row, as an object; `undefined` or `null` if there is none. */
  get(...parameters: SqliteValue[]): unknown;
  /** All rows, each as an object. */
  all(...parameters: SqliteValue[]): unknown[];
  /** Runs a statement that gives no rows. */
  run(...parameters: SqliteValue[]): unknown;
}

/** An open database: a `DatabaseSync` of `node:sqlite`, a `Database` of `better-sqlite3` or `bun:sqlite`, or one like them. */
export interface SqliteDatabase {
  /** Prepares a statement. */
  prepare(sql: string): SqliteStatement;
}
