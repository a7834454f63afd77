/**
 * The clients that a `PostgresMap` takes, by what it uses of them: no package is imported.
 *
 * @module
 */

import { hasMethod } from "../../options.ts";
import { received } from "../../received.ts";

/** What stands for `$1`, `$2` and so on in a statement. */
export type PostgresParameter = string | number | null | Uint8Array;

/** A row: its columns by their names. Bytes must come as a `Uint8Array`, and `float8` as a number. */
export type PostgresRow = Readonly<Record<string, unknown>>;

/** Sends one statement, once, and resolves to its rows. Errors of the server have its SQLSTATE as `code`. */
export type PostgresQuery = (sql: string, parameters: readonly PostgresParameter[]) => Promise<readonly PostgresRow[]>;

/** A client of the package `postgres`: `postgres(url)`. */
export interface PostgresSql {
  /** Sends a statement. */
  unsafe(sql: string, parameters: never[], options?: { readonly prepare?: boolean }): PromiseLike<readonly unknown[]>;
}

/** A client of the package `pg`: a `Pool`, or a `Client` that is connected before the map is used. */
export interface PgClient {
  /** Sends a statement. */
  query(sql: string, parameters: unknown[]): PromiseLike<{ readonly rows: readonly unknown[] }>;
}

/** The clients that a `PostgresMap` takes: of `postgres` or `pg`, or a function of your own. */
export type PostgresClient = PostgresSql | PgClient | PostgresQuery;

/** Nobody has connected the client, so that it would keep a statement for ever. */
export class NotConnectedError extends Error {}

/**
 * How a client sends a statement.
 *
 * @throws {TypeError} If it is none of the known clients.
 */
export function queryOf(client: PostgresClient): PostgresQuery {
  if (hasMethod(client, "unsafe")) {
    const sql = client as PostgresSql;
    return async (text, parameters) =>
      await sql.unsafe(text, parameters as never[], { prepare: true }) as readonly PostgresRow[];
  }
  if (hasMethod(client, "query")) {
    const pg = client as PgClient;
    return async (text, parameters) => {
      if (isUnconnected(pg)) throw new NotConnectedError();
      return (await pg.query(text, [...parameters])).rows as readonly PostgresRow[];
    };
  }
  if (typeof client === "function") return client as PostgresQuery;
  throw new TypeError(
    `Cannot create PostgresMap: client must be one of the packages postgres or pg, or a function: ${received(client)}`,
  );
}

/** Whether it is a `Client` on which nobody has called `connect`. A `Pool` connects by itself. Only fields of its own tell. */
function isUnconnected(client: PgClient): boolean {
  const { _connected, _connecting } = client as { _connected?: unknown; _connecting?: unknown };
  return _connected === false && _connecting === false;
}
