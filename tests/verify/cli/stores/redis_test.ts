import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { createServer, type Server } from "node:net";
import { InputError } from "../../../../verify/cli/input_error.ts";
import { openMap } from "../../../../verify/cli/address.ts";
import { redisIsInstalled, startRedis } from "../../../servers/redis.ts";

async function refusal(address: string): Promise<string> {
  return (await assertRejects(() => openMap(address), InputError)).message;
}

describe("the map of redis://HOST:PORT/PREFIX", () => {
  /** It closes each connection at its first byte, as a server does that expects TLS. */
  let closing: Server;
  let address: string;

  beforeAll(async () => {
    closing = createServer((socket) => socket.on("data", () => socket.destroy()).on("error", () => {}));
    await new Promise<void>((resolve) => closing.listen(0, "127.0.0.1", resolve));
    address = `127.0.0.1:${(closing.address() as { readonly port: number }).port}`;
  });
  afterAll(() => void closing.close());

  it("must have a prefix, and tells it from the number of a database", async () => {
    const form = "it must be redis://HOST:PORT/PREFIX, or rediss:// for TLS";
    assertEquals(await refusal("redis://127.0.0.1:1"), `Cannot open redis://127.0.0.1:1: ${form}`);
    assertEquals(await refusal("rediss://127.0.0.1:1/?db=3"), `Cannot open rediss://127.0.0.1:1/?db=3: ${form}`);
    assertEquals(
      await refusal("redis://127.0.0.1:1/3"),
      "Cannot open redis://127.0.0.1:1/3: 3 is where the prefix of the keys must be: " +
        `${form}; for database 3, redis://HOST:PORT/PREFIX?db=3`,
    );
    assertEquals(
      await refusal("redis://127.0.0.1:1/p?db=three"),
      "Cannot open redis://127.0.0.1:1/p?db=three: db must be the number of a database",
    );
  });

  it("says why it cannot be reached, and asks for TLS where that may help", async () => {
    assertMatch(
      await refusal("redis://127.0.0.1:1/p"),
      /^Cannot open the map redis:\/\/127\.0\.0\.1:1\/p: [^:]*ECONNREFUSED[^:]*(:1)?$/,
    );
    assertMatch(await refusal(`redis://${address}/p`), /: if the server expects TLS, write rediss:\/\/$/);
  });

  it("is in the database that the address names (needs Redis)", { ignore: !redisIsInstalled }, async () => {
    await using server = await startRedis();
    await server.cli("-n", "3", "SET", "p:sa", "[1]");
    const keys = async (path: string) => {
      await using opened = await openMap(`${server.url}/${path}`);
      return await Array.fromAsync(opened.map.entries());
    };
    assertEquals(await keys("p:?db=3"), [["a", 1]]);
    assertEquals([await keys("p:"), await keys("p:?db=0")], [[], []]);
    assertEquals(await keys("7?db=3"), []);
  });
});
