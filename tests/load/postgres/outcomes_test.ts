import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PostgresMap, type StoreError, type WriteOutcome } from "../../../src/stores/postgres.ts";
import { postgresIsInstalled, type PostgresServer, startPostgres } from "../../servers/postgres.ts";
import { POSTGRES_CLIENTS } from "../../servers/postgres_clients.ts";

const CALLERS = 4;
const KILL =
  "select count(pg_terminate_backend(pid)) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";

/** What goes wrong while there are writes: backends are killed, the server is stopped, the server is killed. */
const FAULTS: readonly ((server: PostgresServer) => Promise<unknown>)[] = [
  (server) => server.sql(KILL),
  (server) => server.stop(),
  (server) => server.kill(),
];

for (const [name, open] of Object.entries(POSTGRES_CLIENTS)) {
  describe(
    `what PostgresMap over ${name} says of its writes (needs PostgreSQL)`,
    { ignore: !postgresIsInstalled },
    () => {
      it("holds, while backends are killed, and the server is stopped or killed", async () => {
        await using server = await startPostgres();
        const writes = new Map<number, WriteOutcome | "applied">();
        let next = 0;
        const write = async (map: PostgresMap<number, number>) => {
          const key = next++;
          const outcome = await map.set(key, key).then(() => "applied" as const, (error: StoreError) => error.outcome);
          writes.set(key, outcome);
        };
        for (const fault of FAULTS) {
          // A client of its own each time: postgres may not connect again on Bun after the server was killed under load.
          await using opened = open(server.url);
          const map = new PostgresMap<number, number>(opened.client, { table: "outcomes", timeoutMs: 2_000 });
          await write(map);
          let isOver = false;
          const callers = Array.from({ length: CALLERS }, async () => {
            while (!isOver) await write(map);
            await write(map);
          });
          await fault(server);
          isOver = true;
          await Promise.all(callers);
          await server.start();
        }
        await using opened = open(server.url);
        const stored = await new PostgresMap<number, number>(opened.client, { table: "outcomes" }).getMany(
          writes.keys(),
        );
        const told = Map.groupBy(writes.keys(), (key) => writes.get(key));
        assert(["applied", "not applied", "unknown"].every((outcome) => told.has(outcome as WriteOutcome)));
        assertEquals(told.get("applied")!.filter((key) => !stored.has(key)), []);
        assertEquals(told.get("not applied")!.filter((key) => stored.has(key)), []);
      });
    },
  );
}
