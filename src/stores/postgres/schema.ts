import type { PostgresQuery } from "./client.ts";
import { isServerError, refusal } from "./failure.ts";
import { checkKnownRow } from "./known_row.ts";

/** Holds the version of the table of each map. */
const VERSIONS = "twinmap_tables";

const UNDEFINED_TABLE = "42P01";
const DUPLICATE_TABLE = "42P07";

/** What leads from each version of a table to the next one. A table that does not exist is of version 0, whatever is noted. */
const MIGRATIONS: readonly ((table: string) => readonly string[])[] = [
  (table) => [
    `create table "${table}" (key bytea primary key, value bytea not null, expires_at float8, version bigserial)`,
    // Finds what has expired. What never expires is not in it.
    `create index on "${table}" (expires_at) where expires_at is not null`,
  ],
];

/**
 * Makes sure that the table of a map is of this version: creates it, or brings it up to date, in one step. Several processes may do so at
 * once. If there is nothing to do, nothing is written.
 *
 * @throws {StoreError} If the client changes parameters or rows, the table is of a later version, or not that of a map. Nothing is
 * written then.
 * @throws What the client throws.
 */
export async function openTable(query: PostgresQuery, table: string): Promise<void> {
  await checkKnownRow(query);
  const version = await versionOf(query, table);
  if (version === MIGRATIONS.length) return;
  if (version > MIGRATIONS.length) {
    throw refusal(`the table ${table} is of the later version ${version}: this module knows ${MIGRATIONS.length}`);
  }
  try {
    await query(migration(table), []);
  } catch (error) {
    if (!isServerError(error, DUPLICATE_TABLE)) throw error;
    throw refusal(`the database has a table ${table} already, which is not that of a map`, error);
  }
}

async function versionOf(query: PostgresQuery, table: string): Promise<number> {
  try {
    const [row] = await query(
      `select version::float8 as version from ${VERSIONS} where name = $1 and to_regclass(quote_ident(name)) is not null`,
      [table],
    );
    return row === undefined ? 0 : row.version as number;
  } catch (error) {
    if (isServerError(error, UNDEFINED_TABLE)) return 0;
    throw error;
  }
}

/** One statement, so that it is done as a whole or not at all. It looks again once nobody else can do the same. */
function migration(table: string): string {
  const steps = MIGRATIONS.map((statements, at) =>
    `if version = ${at} then ${statements(table).join("; ")}; version := ${at + 1}; end if;`
  );
  return `do $$ declare version int; begin
    perform pg_advisory_xact_lock(hashtext('${VERSIONS}'));
    create table if not exists ${VERSIONS} (name text primary key, version int not null);
    version := coalesce((select known.version from ${VERSIONS} as known
      where name = '${table}' and to_regclass(quote_ident(name)) is not null), 0);
    ${steps.join("\n    ")}
    insert into ${VERSIONS} values ('${table}', version)
      on conflict (name) do update set version = excluded.version;
  end $$`;
}
