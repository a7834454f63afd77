import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { existsSync } from "node:fs";
import { postgresIsInstalled, startPostgres } from "../servers/postgres.ts";
import { until } from "./until.ts";

describe("PostgresServer (needs PostgreSQL)", { ignore: !postgresIsInstalled }, () => {
  it("keeps its port and what was committed, answers nobody while it is paused, and leaves nothing behind", async () => {
    const server = await startPostgres({ max_connections: "7" });
    const { folder, port, url } = server;
    assertEquals(url, `postgres://twinmap@127.0.0.1:${port}/postgres`);
    assertEquals(await server.sql("show max_connections"), "7");
    await server.sql("create table t (a int); insert into t values (1)");

    const isRunning = async (statement: string) =>
      await server.sql(`select count(*) from pg_stat_activity where query = '${statement}'`) === "1";
    const cut = assertRejects(() => server.sql("select pg_sleep(600)"));
    await until(() => isRunning("select pg_sleep(600)"));
    await server.kill();
    await cut;
    await server.start();
    await server.sql("insert into t values (2)");
    await server.restart();
    assertEquals([server.port, await server.sql("select a from t order by a")], [port, "1\n2"]);

    let isPaused = true;
    const answer = server.sql("select pg_sleep(1)").then(() => isPaused);
    await until(() => isRunning("select pg_sleep(1)"));
    server.pause();
    await assertRejects(
      () => startPostgres({ max_connections: "many" }),
      Error,
      'invalid value for parameter "max_connections"',
    );
    isPaused = false;
    server.resume();
    assertEquals(await answer, false);

    assert(existsSync(folder));
    server.pause();
    await server[Symbol.asyncDispose]();
    await assertRejects(() => server.sql("select 1"));
    assertEquals(existsSync(folder), false);
  });
});
