import { devalue } from "../../../src/stores/devalue_codec.ts";
import { type PostgresClient, PostgresMap } from "../../../src/stores/postgres.ts";
import { type PostgresQuery, queryOf } from "../../../src/stores/postgres/client.ts";
import { answered, closed } from "../answered.ts";
import { type Client, importClient } from "../client.ts";
import { InputError } from "../input_error.ts";
import type { Access, OpenMap } from "../open_map.ts";

const MAX_CONNECTIONS = 2;

/** A client, whichever package it is of. */
interface Connected {
  readonly client: PostgresClient;
  readonly end: () => Promise<unknown>;
}

/**
 * Opens the map of `postgres://HOST/DATABASE#TABLE`. To `read` it, the session is read-only.
 *
 * @throws {InputError} If there is no table in the address, or no client is installed.
 * @throws If the server cannot be reached, or the name of the table is not one of a map.
 */
export async function openPostgres(address: string, access: Access): Promise<OpenMap> {
  const [, url = "", table = ""] = /^([^#]*)#(.*)$/s.exec(address) ?? [];
  if (table === "") throw new InputError(`Cannot open ${address}: it must be postgres://HOST/DATABASE#TABLE`);
  const { name, client } = await importClient("postgres://", ["postgres", "pg"]);
  const readOnly = access === "read" ? "on" : "off";
  const connected = name === "postgres" ? connectPostgres(client, url, readOnly) : connectPg(client, url, readOnly);
  const close = () => closed(connected.end());
  const send = queryOf(connected.client);
  const query: PostgresQuery = (sql, parameters) => answered(send(sql, parameters));
  try {
    return {
      name: "PostgresMap",
      map: new PostgresMap(connected.client, { table }) as unknown as OpenMap["map"],
      isSynchronous: false,
      exists: await hasTable(query, table),
      codec: devalue,
      server: { now: () => timeOf(query) },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function connectPostgres(module: Client, url: string, readOnly: "on" | "off"): Connected {
  const client = (module.default as (url: string, options: unknown) => PostgresJs)(url, {
    max: MAX_CONNECTIONS,
    // A connection that breaks while it fetches types would end the process.
    fetch_types: false,
    connection: { default_transaction_read_only: readOnly },
    onnotice: () => {},
  });
  return { client, end: () => client.end({ timeout: 1 }) };
}

function connectPg({ Pool }: Client, url: string, readOnly: "on" | "off"): Connected {
  const client = new (Pool as new (options: unknown) => PgPool)({
    connectionString: url,
    max: MAX_CONNECTIONS,
    options: `-c default_transaction_read_only=${readOnly}`,
  });
  // Without a listener, a lost connection would end the process.
  client.on("error", () => {});
  return { client, end: () => client.end() };
}

async function hasTable(query: PostgresQuery, table: string): Promise<boolean> {
  const [row] = await query("select to_regclass(quote_ident($1)) is not null as found", [table]);
  return row?.found === true;
}

async function timeOf(query: PostgresQuery): Promise<number> {
  const [row] = await query("select (extract(epoch from clock_timestamp()) * 1000)::float8 as now", []);
  return row?.now as number;
}

type PostgresJs = Extract<PostgresClient, { unsafe: unknown }> & {
  end(options: { readonly timeout: number }): Promise<unknown>;
};

type PgPool = Extract<PostgresClient, { query: unknown }> & {
  on(event: "error", listener: () => void): unknown;
  end(): Promise<unknown>;
};
