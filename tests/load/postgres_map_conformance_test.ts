/** Runs the asynchronous conformance suite over `PostgresMap`: with each client, and a server that is killed and comes back. */
import { after, describe, it } from "@std/testing/bdd";
import { asyncConformance } from "@twinmap/twinmap/testing";
import { PostgresMap } from "../../src/stores/postgres.ts";
import { postgresIsInstalled, type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { type OpenPostgresClient, POSTGRES_CLIENTS } from "../servers/postgres_clients.ts";

/** A server, and two clients of it. */
interface Store extends AsyncDisposable {
  readonly server: PostgresServer;
  /** It has one connection, so that what is sent first is done first, as the suite expects of one map. */
  readonly one: OpenPostgresClient;
  readonly other: OpenPostgresClient;
}

async function openStore(open: typeof POSTGRES_CLIENTS[string]): Promise<Store> {
  const server = await startPostgres();
  const [one, other] = [open(server.url, {}, 1), open(server.url)];
  return {
    server,
    one,
    other,
    async [Symbol.asyncDispose]() {
      for (const resource of [one, other, server]) await resource[Symbol.asyncDispose]();
    },
  };
}

for (const [name, open] of Object.entries(POSTGRES_CLIENTS)) {
  describe(`PostgresMap over ${name} (needs PostgreSQL)`, { ignore: !postgresIsInstalled }, () => {
    let store: Promise<Store> | undefined;
    let tables = 0;

    // In the first test, not in a hook: Bun gives hooks no more than five seconds.
    const opened = () => store ??= openStore(open);

    after(async () => await (await store)?.[Symbol.asyncDispose]());

    const mapOf = ({ client }: OpenPostgresClient) =>
      new PostgresMap<never, unknown>(client, { table: `map_${tables}`, timeoutMs: 1_500 });

    asyncConformance<never, unknown>(it, {
      make: async () => {
        tables++;
        return mapOf((await opened()).one);
      },
      open: async () => mapOf((await opened()).other),
      stop: async () => await (await opened()).server.kill(),
      start: async () => await (await opened()).server.start(),
      traits: new PostgresMap(() => Promise.resolve([]), { table: "map" }).traits,
      runs: 5,
    });
  });
}
