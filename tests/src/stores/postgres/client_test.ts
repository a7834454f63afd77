import { assertEquals, assertNotStrictEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  NotConnectedError,
  type PgClient,
  type PostgresClient,
  type PostgresSql,
  queryOf,
} from "../../../../src/stores/postgres/client.ts";

const ROWS = [{ a: 1 }];
const PARAMETERS = ["a", 1, null];

describe("queryOf()", () => {
  it("sends a statement by postgres, prepared", async () => {
    const sent: unknown[] = [];
    const sql: PostgresSql = {
      unsafe: (...args) => {
        sent.push(args);
        return Promise.resolve(ROWS);
      },
    };
    assertEquals(await queryOf(Object.assign(() => {}, sql))("select 1", PARAMETERS), ROWS);
    assertEquals(sent, [["select 1", PARAMETERS, { prepare: true }]]);
  });

  it("sends a statement by pg, with an array of its own", async () => {
    let sent: unknown[] = [];
    const pg: PgClient = {
      query: (sql, parameters) => {
        sent = [sql, parameters];
        return Promise.resolve({ rows: ROWS });
      },
    };
    assertEquals(await queryOf(pg)("select 1", PARAMETERS), ROWS);
    assertEquals(sent, ["select 1", PARAMETERS]);
    assertNotStrictEquals(sent[1], PARAMETERS);
  });

  it("refuses to send by a Client of pg that nobody has connected, and sends once it is", async () => {
    const client = { _connected: false, _connecting: false, query: () => Promise.resolve({ rows: ROWS }) };
    const query = queryOf(client);
    await assertRejects(() => query("select 1", []), NotConnectedError);
    client._connecting = true;
    assertEquals(await query("select 1", []), ROWS);
    Object.assign(client, { _connected: true, _connecting: false });
    assertEquals(await query("select 1", []), ROWS);
  });

  it("takes a function, and refuses what is no client", async () => {
    assertEquals(await queryOf(() => Promise.resolve(ROWS))("select 1", []), ROWS);
    for (const client of [null, {}, "postgres://a"]) {
      assertThrows(
        () => queryOf(client as PostgresClient),
        TypeError,
        "Cannot create PostgresMap: client must be one of the packages postgres or pg, or a function: received",
      );
    }
  });
});
