import type { SqliteDatabase } from "./database.ts";
import { openTable } from "./schema.ts";
import { Statement } from "./statement.ts";
import { Transaction } from "./transaction.ts";

/** An entry as the table holds it. */
export interface Row {
  readonly value: string | Uint8Array;
  /** Milliseconds since 1970; `null` if it never expires. */
  readonly expires_at: number | null;
}

/** A key, and the value of its entry. */
export interface KeyedValue {
  readonly key: Uint8Array;
  readonly value: string | Uint8Array;
}

/** How many keys are read at a time. */
const PAGE = 500;
/** After so many writes of entries that expire, so many that have expired are removed. */
const WRITES = 100;
const REMOVED = 200;

const IS_LIVE = "(expires_at IS NULL OR expires_at > ?)";

/**
 * The table of a map, with its statements. Keys are bytes. An entry that has expired counts as absent, whether or not it was
 * removed yet.
 */
export class Table {
  readonly #now: () => number;
  readonly #transaction: Transaction;
  readonly #read: Statement;
  readonly #write: Statement;
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #clear: Statement;
  readonly #count: Statement;
  readonly #page: Statement;
  readonly #entryPage: Statement;
  readonly #all: Statement;
  readonly #removeExpired: Statement;
  #expiringWrites = 0;

  /** @throws {StoreError} If the table cannot be opened. Nothing is written then. */
  constructor(database: SqliteDatabase, name: string, busyTimeoutMs: number, now: () => number) {
    new Statement(database, `PRAGMA busy_timeout = ${busyTimeoutMs}`).all("open", undefined);
    openTable(database, name);
    const table = `"${name}"`;
    const prepared = (sql: string) => new Statement(database, sql);
    const upsert = `INSERT INTO ${table} AS present (key, value, expires_at) VALUES (?, ?, ?) ` +
      "ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at";
    this.#now = now;
    this.#transaction = new Transaction(database);
    this.#read = prepared(`SELECT value, expires_at FROM ${table} WHERE key = ?`);
    this.#write = prepared(upsert);
    this.#insert = prepared(`${upsert} WHERE present.expires_at <= ? RETURNING 1`);
    this.#delete = prepared(`DELETE FROM ${table} WHERE key = ? RETURNING expires_at`);
    this.#clear = prepared(`DELETE FROM ${table}`);
    this.#count = prepared(`SELECT count(*) AS count FROM ${table} WHERE ${IS_LIVE}`);
    this.#page = prepared(`SELECT key FROM ${table} WHERE key > ? AND ${IS_LIVE} ORDER BY key LIMIT ${PAGE}`);
    this.#entryPage = prepared(
      `SELECT key, value FROM ${table} WHERE key > ? AND ${IS_LIVE} ORDER BY key LIMIT ?`,
    );
    this.#all = prepared(`SELECT key, value FROM ${table} WHERE ${IS_LIVE}`);
    this.#removeExpired = prepared(
      `DELETE FROM ${table} WHERE key IN (SELECT key FROM ${table} WHERE expires_at <= ? LIMIT ${REMOVED})`,
    );
  }

  /** Calls `fn` as one step to everyone who uses the database. */
  atomically<Result>(operation: string, key: unknown, fn: () => Result): Result {
    return this.#transaction.run(operation, key, fn);
  }

  /** The entry of a key. */
  read(operation: string, key: unknown, keyBytes: Uint8Array): Row | undefined {
    const row = this.#read.get(operation, key, keyBytes) as Row | undefined;
    return row !== undefined && this.#isLive(row) ? row : undefined;
  }

  /** Sets an entry. */
  write(operation: string, key: unknown, keyBytes: Uint8Array, { value, expires_at }: Row): void {
    if (expires_at !== null) this.#makeRoom(operation);
    this.#write.run(operation, key, keyBytes, value, expires_at);
  }

  /** Sets an entry if there is none, and returns whether it did. */
  insert(operation: string, key: unknown, keyBytes: Uint8Array, { value, expires_at }: Row): boolean {
    if (expires_at !== null) this.#makeRoom(operation);
    return this.#insert.all(operation, key, keyBytes, value, expires_at, this.#now()).length > 0;
  }

  /** Removes an entry, and returns whether there was one. */
  delete(operation: string, key: unknown, keyBytes: Uint8Array): boolean {
    const [row] = this.#delete.all(operation, key, keyBytes);
    return row !== undefined && this.#isLive(row as Row);
  }

  /** Removes every entry. */
  clear(): void {
    this.#clear.run("clear", undefined);
  }

  /** The number of entries. O(n). */
  count(): number {
    return Number((this.#count.get("size", undefined, this.#now()) as { count: number | bigint }).count);
  }

  /** The keys after this one in the order of their bytes, a page of them. */
  page(after: Uint8Array): Uint8Array[] {
    const rows = this.#page.all("iterate", undefined, after, this.#now());
    return rows.map((row) => (row as { key: Uint8Array }).key);
  }

  /** The entries after a key in the order of the keys' bytes, so many of them. */
  entryPage(after: Uint8Array, length: number): KeyedValue[] {
    return this.#entryPage.all("diff", undefined, after, this.#now(), length) as KeyedValue[];
  }

  /** All entries as of this moment. */
  all(): KeyedValue[] {
    return this.#all.all("snapshot", undefined, this.#now()) as KeyedValue[];
  }

  #isLive({ expires_at }: Pick<Row, "expires_at">): boolean {
    return expires_at === null || expires_at > this.#now();
  }

  /**
   * Removes some of what has expired, now and then: more than is written meanwhile, so that it does not pile up. Before a write, not
   * after it: if this fails, the write has failed.
   */
  #makeRoom(operation: string): void {
    if (++this.#expiringWrites % WRITES === 0) this.#removeExpired.run(operation, undefined, this.#now());
  }
}
