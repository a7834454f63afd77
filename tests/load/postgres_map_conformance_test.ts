/** Runs the asynchronous conformance suite over `PostgresMap`: with each client, and a server that is killed and comes back. */
import { after, before, describe, it } from "@std/testing/bdd";
import { asyncConformance } from "@twinmap/twinmap/testing";
import { type PostgresClient, PostgresMap } from "../../src/stores/postgres.ts";
import { postgresIsInstalled, type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { type OpenPostgresClient, POSTGRES_CLIENTS } from "../servers/postgres_clients.ts";

for (const [name, open] of Object.entries(POSTGRES_CLIENTS)) {
  describe(`PostgresMap over ${name} (needs PostgreSQL)`, { ignore: !postgresIsInstalled }, () => {
    let server: PostgresServer;
    let clients: OpenPostgresClient[];
    let tables = 0;

    before(async () => {
      server = await startPostgres();
      clients = [open(server.url), open(server.url)];
      // Opens all connections: a call that has to open one takes many times as long as others.
      for (const { client } of clients) {
        const map = mapOf(client);
        await Promise.all(Array.from({ length: 64 }, () => map.size()));
      }
    });

    after(async () => {
      for (const client of clients) await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    const mapOf = (client: PostgresClient) =>
      new PostgresMap<never, unknown>(client, { table: `map_${tables}`, timeoutMs: 1_500 });

    asyncConformance<never, unknown>(it, {
      make: () => {
        tables++;
        return mapOf(clients[0]!.client);
      },
      open: () => mapOf(clients[1]!.client),
      stop: () => server.kill(),
      start: () => server.start(),
      traits: new PostgresMap(() => Promise.resolve([]), { table: "map" }).traits,
      runs: 5,
    });
  });
}
