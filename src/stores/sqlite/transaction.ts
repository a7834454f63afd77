import { StoreError } from "../../store_error.ts";
import type { SqliteDatabase } from "./database.ts";
import { Statement } from "./statement.ts";

/** What SQLite says if a transaction is to begin in another one. */
const NESTED = /within a transaction/;

/** What it says if there is none to end. */
const NONE = /no transaction is active/;

/** Runs several statements as one step to everyone who uses the database. */
export class Transaction {
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;

  constructor(database: SqliteDatabase) {
    // Not deferred: a transaction that reads first is refused when it comes to write, if another connection wrote meanwhile.
    this.#begin = new Statement(database, "BEGIN IMMEDIATE");
    this.#commit = new Statement(database, "COMMIT");
    this.#rollback = new Statement(database, "ROLLBACK");
  }

  /**
   * Calls `fn` in a transaction, or in the one that is open already: of the same map, of another map, or of the user.
   *
   * What was written is committed even if `fn` throws: it was acknowledged to whoever wrote it.
   *
   * @throws {StoreError} If the transaction cannot begin or end. Nothing is written then, unless `fn` has ended it: that is unknown.
   */
  run<Result>(operation: string, key: unknown, fn: () => Result): Result {
    if (!this.#begins(operation, key)) return fn();
    let result: Result;
    try {
      result = fn();
    } catch (error) {
      const failure = this.#end(operation, key);
      // A statement that failed may have ended the transaction itself. Its error is the one to tell.
      throw error instanceof StoreError ? error : failure ?? error;
    }
    const failure = this.#end(operation, key);
    if (failure !== undefined) throw failure;
    return result;
  }

  #begins(operation: string, key: unknown): boolean {
    try {
      this.#begin.run(operation, key);
      return true;
    } catch (error) {
      if (NESTED.test(messageOf(error))) return false;
      throw error;
    }
  }

  /** Commits, or else undoes all. Returns why it could not be committed. */
  #end(operation: string, key: unknown): Error | undefined {
    try {
      this.#commit.run(operation, key);
      return undefined;
    } catch (error) {
      try {
        this.#rollback.run(operation, key);
      } catch {
        // There is no transaction any more.
      }
      return messageOf(error).match(NONE) ? endedBy(operation, key, error as Error) : error as Error;
    }
  }
}

/** What SQLite said. */
function messageOf(error: unknown): string {
  return String(((error as Error).cause as Error | undefined)?.message);
}

/** The error of a call whose function has ended the transaction: what was written after that was written at once. */
function endedBy(operation: string, key: unknown, { cause }: Error): StoreError {
  const about = key === undefined ? {} : { key };
  return new StoreError("its function has ended the transaction", {
    store: "SqliteMap",
    operation,
    outcome: "unknown",
    retryable: false,
    cause,
    ...about,
  });
}
