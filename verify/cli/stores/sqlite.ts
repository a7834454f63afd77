import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { lift } from "../../../src/lift.ts";
import { devalue } from "../../../src/stores/devalue_codec.ts";
import { type SqliteDatabase, SqliteMap, type StoreKey } from "../../../src/stores/sqlite.ts";
import { InputError } from "../input_error.ts";
import type { Access, OpenMap } from "../open_map.ts";
import { readFileAddress } from "./file_address.ts";

const FORM = "sqlite:FILE#TABLE";

/** Whether an argument is the address of a table of a SQLite file. */
export function isSqlite(argument: string): boolean {
  return /^sqlite:/i.test(argument);
}

/**
 * Opens the map of `sqlite:FILE#TABLE`. If there is no such table, the map is an empty one in memory.
 *
 * @throws If SQLite cannot open it.
 */
export async function openSqlite(address: string, access: Access): Promise<OpenMap> {
  const { file, map: table } = readFileAddress(address, FORM);
  const stored = existsSync(file) ? await open(file, { readOnly: access === "read" }) : undefined;
  const exists = stored !== undefined && hasTable(stored, table);
  if (!exists) stored?.close();
  const database = exists ? stored : await open(":memory:");
  let map = new SqliteMap<StoreKey, unknown>(asDatabase(database), { table });
  // An address does not say whether entries expire, but the table shows whether one does. What is changed may get one that does.
  if (access === "change" || anyExpires(database, table)) {
    map = new SqliteMap(asDatabase(database), { table, ttlMs: Infinity });
  }
  return {
    name: "SqliteMap",
    map: lift(map) as OpenMap["map"],
    isSynchronous: true,
    exists,
    codec: devalue,
    [Symbol.asyncDispose]: () => Promise.resolve(database.close()),
  };
}

/**
 * Opens the map of `sqlite:FILE#TABLE` to write to it, and creates what does not exist.
 *
 * @throws {InputError} If the table has entries.
 * @throws If SQLite cannot open it.
 */
export async function createSqlite(
  address: string,
): Promise<AsyncDisposable & { readonly map: SqliteMap<StoreKey, unknown> }> {
  const { file, map: table } = readFileAddress(address, FORM);
  const database = await open(file);
  const map = new SqliteMap<StoreKey, unknown>(asDatabase(database), { table });
  if (map.size === 0) return { map, [Symbol.asyncDispose]: () => Promise.resolve(database.close()) };
  database.close();
  throw new InputError(`Cannot write to ${address}: it has entries already: name one that does not exist`);
}

/**
 * Whether a file has a table. Nothing is written to it.
 *
 * @throws If it is not a file of SQLite.
 */
export async function fileHasTable(file: string, table: string): Promise<boolean> {
  const database = await open(file, { readOnly: true });
  try {
    return hasTable(database, table);
  } finally {
    database.close();
  }
}

/** Imported here, since only those who name such an address need it. */
async function open(file: string, options: { readonly readOnly?: boolean } = {}): Promise<DatabaseSync> {
  const { DatabaseSync } = await import("node:sqlite");
  return new DatabaseSync(file, options);
}

function hasTable(database: DatabaseSync, table: string): boolean {
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE lower(name) = lower(?)").all(table);
  return names.length > 0;
}

function anyExpires(database: DatabaseSync, table: string): boolean {
  return database.prepare(`SELECT 1 FROM "${table}" WHERE expires_at IS NOT NULL LIMIT 1`).all().length > 0;
}

function asDatabase(database: DatabaseSync): SqliteDatabase {
  return database as unknown as SqliteDatabase;
}
