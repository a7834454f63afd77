/** The clients that a `PostgresMap` takes, connected to a server of the tests. */
import pg from "pg";
import postgres from "postgres";
import type { PostgresClient } from "../../src/stores/postgres.ts";

/** A client, to be disposed of. */
export interface OpenPostgresClient extends AsyncDisposable {
  readonly client: PostgresClient;
}

/** Parameters of the session, such as `statement_timeout`. */
export type SessionParameters = { readonly [name: string]: string };

/** Opens each client, with up to four connections unless another number is given. */
export const POSTGRES_CLIENTS: {
  readonly [name: string]: (url: string, session?: SessionParameters, connections?: number) => OpenPostgresClient;
} = {
  postgres(url, session = {}, max = 4) {
    // A connection that breaks while it fetches types would end the process.
    const options = { fetch_types: false, backoff: () => 0.01, onnotice: () => {} };
    const client = postgres(url, { max, connection: session, ...options });
    return { client, [Symbol.asyncDispose]: () => client.end({ timeout: 1 }) };
  },
  pg(url, session = {}, max = 4) {
    const options = Object.entries(session).map(([name, value]) => `-c ${name}=${value}`).join(" ");
    const client = new pg.Pool({ connectionString: url, max, options });
    // A pool reports the loss of an idle connection, which would end the process.
    client.on("error", () => {});
    return { client, [Symbol.asyncDispose]: () => client.end() };
  },
};
