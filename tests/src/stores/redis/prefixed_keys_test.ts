import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Argument, type RedisClient, RedisMap } from "../../../../src/stores/redis.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What a server answers with as an error, as `redis` calls it. */
class ErrorReply extends Error {}

/** A client of `redis` whose server answers this. */
function clientOf(answer: (command: readonly string[]) => unknown): RedisClient {
  const sendCommand = (command: readonly Argument[]) => {
    const words = command.map((word) => typeof word === "string" ? word : new TextDecoder().decode(word));
    return Promise.resolve(words).then(answer);
  };
  return { isReady: true, sendCommand } as RedisClient;
}

/** A server with one key, which may have a compare-and-set of its own, as Valkey 8.1 and Redis 8.4 do. */
function serverOf(hasIfeq: boolean): { readonly client: RedisClient; readonly commands: string[] } {
  let stored = '["old"]';
  const commands: string[] = [];
  const client = clientOf(([name = "", ...args]) => {
    commands.push(args.includes("IFEQ") ? "SET IFEQ" : name);
    if (name === "GET") return bytes(stored);
    if (name === "EVALSHA") throw new ErrorReply("NOSCRIPT No matching script.");
    if (name === "SET" && !hasIfeq) throw new ErrorReply("ERR syntax error");
    const [key, next, ...rest] = name === "SET" ? args : [args[2], args[4], "IFEQ", args[3], "KEEPTTL"];
    assertEquals([key, ...rest], ["map:sa", "IFEQ", stored, "KEEPTTL"]);
    stored = next!;
    return name === "SET" ? "OK" : 1;
  });
  return { client, commands };
}

describe("compare-and-set of a RedisMap with a prefix", () => {
  it("is the server's own, if it has one", async () => {
    const { client, commands } = serverOf(true);
    const map = new RedisMap<string, string>(client, { prefix: "map:" });
    assertEquals([await map.compareAndSet("a", "old", "new"), await map.get("a")], [true, "new"]);
    assertEquals(commands, ["GET", "SET IFEQ", "GET"]);
  });

  it("is a script otherwise, and the server is asked once", async () => {
    const { client, commands } = serverOf(false);
    const map = new RedisMap<string, string>(client, { prefix: "map:" });
    assertEquals(await map.compareAndSet("a", "old", "newer"), true);
    assertEquals(await map.compareAndSet("a", "newer", "newest"), true);
    assertEquals(await map.get("a"), "newest");
    assertEquals(commands, ["GET", "SET IFEQ", "EVALSHA", "EVAL", "GET", "EVALSHA", "EVAL", "GET"]);
  });

  it("does not hide another error of the server", async () => {
    const commands: unknown[] = [];
    const client = clientOf(([name]) => {
      commands.push(name);
      if (name === "GET") return bytes("[1]");
      throw new ErrorReply("READONLY You can't write against a read only replica.");
    });
    const map = new RedisMap<string, number>(client, { prefix: "map:" });
    await assertRejects(() => map.compareAndSet("a", 1, 2), Error, "the server is a replica that is read-only");
    assertEquals(commands, ["GET", "SET"]);
  });
});

describe("a walk over a RedisMap with a prefix", () => {
  it("visits a key once that SCAN answers several times, up to distinctKeys", async () => {
    const pages = [["map:sa", "map:sb"], ["map:sa", "map:sc", "map:sc"]];
    const client = clientOf(([name, cursor]) => {
      if (name !== "SCAN") return bytes("run_id:abc");
      return [bytes(cursor === "0" ? "1" : "0"), pages[Number(cursor)]!.map(bytes)];
    });
    const visited = async (distinctKeys?: number) => {
      const map = new RedisMap<string, number>(client, { prefix: "map:", distinctKeys });
      assertEquals(map.traits.maxVisitedOnce, distinctKeys ?? 2 ** 20);
      return await Array.fromAsync(map.keys());
    };
    assertEquals(await visited(), ["a", "b", "c"]);
    assertEquals(await visited(1), ["a", "b", "c", "c"]);
    assertEquals(await visited(0), ["a", "b", "a", "c", "c"]);
  });

  it("reads about 64 KiB of values with one command, however long each is, and leaves out what is gone", async () => {
    const lengths = [100, 10_000, 100_000];
    const codec = { encode: String, decode: (content: string | Uint8Array) => content.length };
    const commands = lengths.map(async (length) => {
      const read: number[] = [];
      const client = clientOf(([name, cursor, ...args]) => {
        if (name === "INFO") return bytes("run_id:abc");
        if (name === "SCAN") {
          const keys = Array.from({ length: 100 }, (_, at) => bytes(`map:s${cursor}${at}`));
          return [bytes(cursor === "3" ? "0" : String(Number(cursor) + 1)), keys];
        }
        assertEquals(name, "MGET");
        const keys = [cursor, ...args];
        read.push(keys.length);
        return keys.map((key) => key === "map:s17" ? null : new Uint8Array(length));
      });
      const map = new RedisMap<string, number>(client, { prefix: "map:", codec });
      const entries = await Array.fromAsync(map);
      assertEquals([entries.length, new Set(entries.map(([, value]) => value))], [399, new Set([length])]);
      return read;
    });
    const [short = [], long = [], huge = []] = await Promise.all(commands);
    assertEquals(short, [8, 16, 32, 44, 100, 100, 100]);
    assertEquals([long[0], Math.max(...long.slice(1))], [8, 7]);
    assertEquals([huge[0], Math.max(...huge.slice(1))], [8, 2]);
  });

  it("escapes what stands for other characters in a pattern", async () => {
    const patterns: (string | undefined)[] = [];
    const client = clientOf(([name, , , pattern]) => {
      if (name !== "SCAN") return bytes("run_id:abc");
      patterns.push(pattern);
      return [bytes("0"), []];
    });
    await new RedisMap(client, { prefix: "a*b?c[d]e\\f:" }).size();
    assertEquals(patterns, ["a\\*b\\?c\\[d\\]e\\\\f:*"]);
  });
});
