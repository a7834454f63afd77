import { assertEquals, assertRejects } from "@std/assert";
import { after, describe, it } from "@std/testing/bdd";
import pg from "pg";
import postgres from "postgres";
import { type PostgresClient, PostgresMap, type PostgresQuery, StoreError } from "../../../src/stores/postgres.ts";
import { queryOf } from "../../../src/stores/postgres/client.ts";
import { postgresIsInstalled, type PostgresServer, startPostgres } from "../../servers/postgres.ts";

/** Started by the first test that needs it, not in a hook: Bun gives hooks no more than five seconds. */
let starting: Promise<PostgresServer> | undefined;

after(async () => await (await starting)?.[Symbol.asyncDispose]());

/** Uses a client of `postgres` with such options. */
async function overPostgres<T>(options: object, use: (client: PostgresClient) => Promise<T>): Promise<T> {
  const { url } = await (starting ??= startPostgres());
  const sql = postgres(url, { max: 1, onnotice: () => {}, ...options });
  try {
    return await use(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Uses a client of `pg` with such parsers, by the OID of their type. */
async function overPg<T>(
  parsers: { readonly [oid: number]: (text: string) => unknown },
  use: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  const { url } = await (starting ??= startPostgres());
  const getTypeParser = (oid: number, format: "text") => parsers[oid] ?? pg.types.getTypeParser(oid, format);
  const pool = new pg.Pool({ connectionString: url, max: 1, types: { getTypeParser } as pg.CustomTypesConfig });
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

/** A type of `postgres` for a type of the server. */
const type = (oid: number, parse: (text: string) => unknown, serialize: (value: unknown) => unknown = String) => ({
  types: { mine: { to: oid, from: [oid], serialize, parse } },
});

const hexOf = (bytes: unknown) => Buffer.from(bytes as Uint8Array).toString("hex");

/** Why a map over a client refuses to read and to write. It has made no table then. */
async function refusal(client: PostgresClient): Promise<string> {
  const map = new PostgresMap<string, number>(client, { table: "refused" });
  await assertRejects(() => map.get("a"), StoreError);
  const { message, outcome, retryable, operation } = await assertRejects(() => map.set("a", 1), StoreError);
  assertEquals([outcome, retryable, operation], ["not applied", false, "open"]);
  const server = await starting!;
  assertEquals(await server.sql("select count(*) from pg_tables where schemaname = 'public'"), "0");
  return message.replace(/^Cannot open PostgresMap: the client must /, "");
}

describe("PostgresMap over a client whose options change what it sends or returns (needs PostgreSQL)", {
  ignore: !postgresIsInstalled,
}, () => {
  const RETYPED = "remove its option transform or types (postgres), or its type parser (pg)";
  const toText = (bytes: string) => `text ${bytes}`;

  it("refuses columns by other names, and rows that are not objects", async () => {
    const renames = { Key: postgres.toPascal, mine_key: (name: string) => `mine_${name}` };
    for (const [first, from] of Object.entries(renames)) {
      const message = await overPostgres({ transform: { column: { from } } }, refusal);
      assertEquals(message.startsWith(`return rows as objects with the column key: received ${first}, `), true);
      assertEquals(message.endsWith(": remove its option transform"), true);
    }
    const asArrays = await overPostgres({ transform: { row: { from: (row: object) => Object.values(row) } } }, refusal);
    assertEquals(asArrays.startsWith("return rows as objects with the column key: received 0, 1, 2"), true);
  });

  it("refuses bytes that come as something else", async () => {
    const bytes =
      `return bytea as a Uint8Array of its bytes: received "text \\\\x00ff5c41": ${RETYPED}, and set bytea_output to hex`;
    assertEquals(await overPostgres(type(17, toText, (bytes) => `\\x${hexOf(bytes)}`), refusal), bytes);
    assertEquals(await overPg({ 17: toText }, refusal), bytes);
    const escaped = await overPostgres({ connection: { bytea_output: "escape" } }, refusal);
    assertEquals(escaped.endsWith(", and set bytea_output to hex"), true);
  });

  it("refuses numbers, texts, nulls and booleans that come as something else", async () => {
    const cases: [oid: number, parse: (text: string) => unknown, reason: string][] = [
      [701, String, `float8 as a number: received "0.5"`],
      [25, Number, "text as a string: received 9007199254740992"],
      [16, String, `boolean as true: received "t"`],
    ];
    for (const [oid, parse, reason] of cases) {
      assertEquals(await overPostgres(type(oid, parse), refusal), `return ${reason}: ${RETYPED}`);
      assertEquals(await overPg({ [oid]: parse }, refusal), `return ${reason}: ${RETYPED}`);
    }
    const withoutNull = { transform: { value: { from: (value: unknown) => value ?? undefined } } };
    assertEquals(await overPostgres(withoutNull, refusal), `return null as null: received undefined: ${RETYPED}`);
  });

  it("refuses a client that sends something else, even if it would undo that when it reads", async () => {
    const swapped = (text: string) => Uint8Array.from(Buffer.from(text.slice(2), "hex"), (byte) => byte ^ 1);
    const serialize = (bytes: unknown) => `\\x${hexOf((bytes as Uint8Array).map((byte) => byte ^ 1))}`;
    const sent = "send parameters as they are: remove its option types";
    assertEquals(await overPostgres(type(17, swapped, serialize), refusal), sent);
    assertEquals(await overPostgres(type(25, String, (text) => `${text} `), refusal), sent);
    assertEquals(
      await overPg({}, (client) => {
        const query = queryOf(client);
        const cut: PostgresQuery = (sql, parameters) =>
          query(sql, parameters.map((parameter) => typeof parameter === "number" ? Math.floor(parameter) : parameter));
        return refusal(cut);
      }),
      sent,
    );
  });

  it("takes options that change nothing of what a map uses", async () => {
    const harmless = [
      { transform: postgres.camel, types: { bigint: postgres.BigInt } },
      { transform: { undefined: null }, prepare: false },
      type(1184, String),
    ];
    const use = async (client: PostgresClient) => {
      const map = new PostgresMap<string, number>(client, { table: "taken", ttlMs: 60_000 });
      await map.set("a", 1);
      assertEquals([await map.update("a", (n = 0) => n + 1), await Array.fromAsync(map)], [2, [["a", 2]]]);
      assertEquals(await map.size(), 1);
    };
    for (const options of harmless) await overPostgres(options, use);
    await overPg({ 20: BigInt, 1184: String }, use);
  });
});
