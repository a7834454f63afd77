import type { SqliteDatabase, SqliteStatement, SqliteValue } from "./database.ts";
import { failureOf } from "./failure.ts";

/** A prepared statement whose errors are those of the map. */
export class Statement {
  readonly #statement: SqliteStatement;

  /** @throws {StoreError} If it cannot be prepared: for the method `open`, since all are prepared then. */
  constructor(database: SqliteDatabase, sql: string) {
    try {
      this.#statement = database.prepare(sql);
    } catch (error) {
      throw failureOf("open", undefined, error);
    }
  }

  /** The first row. Not for statements that write: an error of their commit is only found at their end. */
  get(operation: string, key: unknown, ...parameters: SqliteValue[]): unknown {
    try {
      return this.#statement.get(...parameters) ?? undefined;
    } catch (error) {
      throw failureOf(operation, key, error);
    }
  }

  /** All rows. */
  all(operation: string, key: unknown, ...parameters: SqliteValue[]): unknown[] {
    try {
      return this.#statement.all(...parameters);
    } catch (error) {
      throw failureOf(operation, key, error);
    }
  }

  /** Runs it, for what it writes. */
  run(operation: string, key: unknown, ...parameters: SqliteValue[]): void {
    try {
      this.#statement.run(...parameters);
    } catch (error) {
      throw failureOf(operation, key, error);
    }
  }
}
