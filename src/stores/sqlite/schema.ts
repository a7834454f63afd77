import type { SqliteDatabase } from "./database.ts";
import { refusal } from "./failure.ts";
import { Statement } from "./statement.ts";
import { Transaction } from "./transaction.ts";

/** Holds the version of the table of each map in the file. */
const VERSIONS = "twinmap_tables";

/** What leads from each version of a table to the next one. A table that does not exist is of version 0, whatever is noted. */
const MIGRATIONS: readonly ((table: string) => readonly string[])[] = [
  (table) => [
    `CREATE TABLE "${table}" (key BLOB PRIMARY KEY NOT NULL, value ANY NOT NULL, expires_at REAL) STRICT, WITHOUT ROWID`,
    // Finds what has expired. What never expires is not in it.
    `CREATE INDEX "${table}_expires_at" ON "${table}" (expires_at) WHERE expires_at IS NOT NULL`,
  ],
];

/**
 * Makes sure that the table of a map is of this version: creates it, or brings it up to date. Several processes may do so at once.
 *
 * @throws {StoreError} If the handle answers with arrays, the table is of a later version, or not that of a map, or if the file is not a database, is
 * locked, or cannot be written to. Nothing is written then.
 */
export function openTable(database: SqliteDatabase, table: string): void {
  checkRows(database);
  if (versionOf(database, table) === MIGRATIONS.length) return;
  // Readers and a writer do not wait for each other. The file remembers it.
  new Statement(database, "PRAGMA journal_mode = WAL").all("open", undefined);
  new Transaction(database).run("open", undefined, () => {
    const version = versionOf(database, table);
    const statements = [
      `CREATE TABLE IF NOT EXISTS ${VERSIONS} (name TEXT PRIMARY KEY COLLATE NOCASE, version INTEGER NOT NULL) STRICT`,
      ...MIGRATIONS.slice(version).flatMap((migration) => migration(table)),
      `INSERT OR REPLACE INTO ${VERSIONS} (name, version) VALUES ('${table}', ${MIGRATIONS.length})`,
    ];
    // One after the other: a statement can only be prepared when what it names exists.
    for (const sql of statements) new Statement(database, sql).run("open", undefined);
  });
}

/** Refuses a handle whose rows are arrays, as by the option `returnArrays`: all entries would look absent. */
function checkRows(database: SqliteDatabase): void {
  const row = new Statement(database, "SELECT 1 AS one").get("open", undefined);
  if (Number((row as { one?: unknown }).one) !== 1) {
    throw refusal("open", "the handle must answer with objects for rows");
  }
}

/** The version of a table; 0 if it does not exist. */
function versionOf(database: SqliteDatabase, table: string): number {
  const names = new Statement(database, "SELECT lower(name) AS name FROM sqlite_schema WHERE type IN ('table', 'view')")
    .all("open", undefined).map((row) => (row as { name: string }).name);
  if (!names.includes(table.toLowerCase())) return 0;
  const version = names.includes(VERSIONS) ? recordedVersion(database, table) : undefined;
  if (version === undefined) {
    throw refusal("open", `the database has a table ${table} already, which is not that of a map`);
  }
  if (version > MIGRATIONS.length) {
    throw refusal(
      "open",
      `the table ${table} is of the later version ${version}: this module knows ${MIGRATIONS.length}`,
    );
  }
  return version;
}

function recordedVersion(database: SqliteDatabase, table: string): number | undefined {
  const row = new Statement(database, `SELECT version FROM ${VERSIONS} WHERE name = ?`).get("open", undefined, table);
  return row === undefined ? undefined : Number((row as { version: number | bigint }).version);
}
