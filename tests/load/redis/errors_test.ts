import { assert, assertEquals, assertRejects } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { RedisMap, StoreError } from "../../../src/stores/redis.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { redisIsInstalled, type RedisServer, startRedis, startRedisCluster } from "../../servers/redis.ts";
import { CLIENTS, CLUSTER_CLIENTS, type OpenClient } from "../../servers/redis_clients.ts";

const SECRET = "a value that nobody may see";

let server: RedisServer;
let opened: OpenClient;
let map: RedisMap<string, unknown>;

/** What the error of a call says. */
async function failure(call: () => Promise<unknown>): Promise<[outcome: string, isRetryable: boolean, reason: string]> {
  const error = await assertRejects(call, StoreError);
  const { command } = error.cause as { command?: unknown } ?? {};
  assertEquals([command, error.message.includes(SECRET)], [undefined, false]);
  const [, reason = ""] = /^Cannot complete \w+\(\) of RedisMap: ([^:]+)/.exec(error.message) ?? [];
  return [error.outcome, error.retryable, reason];
}

/** Waits until the client has connected again. */
async function connected(): Promise<void> {
  while (await map.has("a").then(() => false, () => true));
}

for (const [name, open] of Object.entries(CLIENTS)) {
  describe(`the errors of RedisMap over ${name} (needs Redis)`, { ignore: !redisIsInstalled }, () => {
    before(async () => {
      server = await startRedis({
        appendfsync: "always",
        "enable-debug-command": "yes",
        "loading-process-events-interval-bytes": "1024",
      });
      opened = await open(server.url);
      map = new RedisMap(opened.client, { prefix: "map:" });
      await map.set("a", "old");
    });

    after(async () => {
      await opened[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    const writes: [string, () => Promise<unknown>][] = [
      ["set", () => map.set("a", SECRET)],
      ["getAndSet", () => map.getAndSet("a", SECRET)],
      ["getOrInsert", () => map.getOrInsert("b", SECRET)],
      ["compareAndSet", () => map.compareAndSet("a", "old", SECRET)],
      ["setMany", () => map.setMany([["a", SECRET], ["b", SECRET]])],
    ];

    /** Has the server refuse writes, and expects all of them to be refused for this reason. */
    async function refuses(expected: Awaited<ReturnType<typeof failure>>, ...refused: typeof writes): Promise<void> {
      for (const [name, write] of refused) assertEquals([name, ...await failure(write)], [name, ...expected]);
      assertEquals(await server.cli("GET", "map:sa"), '["old"]');
    }

    it("knows that a server out of memory has applied nothing", async () => {
      await server.cli("CONFIG", "SET", "maxmemory", "1");
      await refuses(["not applied", true, "the server is out of memory"], ...writes);
      await server.cli("CONFIG", "SET", "maxmemory", "0");
    });

    it("knows that a replica has applied nothing", async () => {
      await using replica = await startRedis({ replicaof: `127.0.0.1 ${server.port}` });
      await using other = await open(replica.url);
      const read = new RedisMap<string, string>(other.client, { prefix: "map:" });
      while (await replica.cli("GET", "map:sa") !== '["old"]');
      const expected: Awaited<ReturnType<typeof failure>> = [
        "not applied",
        true,
        "the server is a replica that is read-only",
      ];
      assertEquals(await failure(() => read.set("a", SECRET)), expected);
      assertEquals(await failure(() => read.compareAndSet("a", "old", SECRET)), expected);
      assertEquals(await read.get("a"), "old");
    });

    it("knows that a server with too few replicas has applied nothing", async () => {
      await server.cli("CONFIG", "SET", "min-replicas-to-write", "1");
      await refuses(["not applied", true, "the server has too few replicas"], ...writes);
      await server.cli("CONFIG", "SET", "min-replicas-to-write", "0");
    });

    it("knows that a user without permission has changed nothing", async () => {
      await server.cli("ACL", "SETUSER", "default", "-set");
      await refuses(["not applied", false, "the user has no permission"], ...writes);
      await server.cli("ACL", "SETUSER", "default", "+set");
    });

    it("tells a value of another type from an absent one", async () => {
      await server.cli("LPUSH", "map:slist", "1");
      for (const call of [() => map.get("list"), () => map.getOrInsert("list", SECRET), () => map.getMany(["list"])]) {
        assertEquals(await failure(call), ["not applied", false, "Redis has a value of another type under the key"]);
      }
      await server.cli("DEL", "map:slist");
    });

    it("knows that a server busy with a script has applied nothing", async () => {
      await server.cli("CONFIG", "SET", "busy-reply-threshold", "1");
      const script = server.cli("EVAL", "while true do end", "0");
      let failed: Awaited<ReturnType<typeof failure>> | undefined;
      while (failed === undefined) {
        failed = await map.get("a").then(() => undefined, () => failure(() => map.set("a", SECRET)));
      }
      assertEquals(failed, ["not applied", true, "the server is busy with a script"]);
      while (await server.cli("SCRIPT", "KILL") !== "OK");
      await script;
      assertEquals(await map.get("a"), "old");
    });

    it("knows that a server that loads its data has applied nothing", async () => {
      await map.setMany(Array.from({ length: 500 }, (_, at) => [`loaded ${at}`, "x".repeat(100)]));
      await server.cli("CONFIG", "SET", "key-load-delay", "500");
      const loaded = server.cli("DEBUG", "RELOAD");
      let failed: Awaited<ReturnType<typeof failure>> | undefined;
      while (failed === undefined) {
        failed = await map.get("a").then(() => undefined, () => failure(() => map.set("a", SECRET)));
      }
      assertEquals(failed, ["not applied", true, "the server is loading its data"]);
      assertEquals(await loaded, "OK");
      await server.cli("CONFIG", "SET", "key-load-delay", "0");
      assertEquals(await map.get("a"), "old");
    });

    it("knows nothing of a write that was sent when the connection broke, and does not send it again", async () => {
      for (
        const write of [
          () => map.set("a", SECRET),
          () => map.getAndSet("a", SECRET),
          () => map.setMany([["a", SECRET]]),
        ]
      ) {
        server.pause();
        const failed = failure(write);
        await server.kill();
        assertEquals(await failed, ["unknown", false, (await failed)[2]]);
        await server.start();
        await connected();
        assertEquals(await map.get("a"), "old");
      }
    });

    it("knows nothing of a write whose connection the server has closed", async () => {
      await connected();
      await server.cli("CLIENT", "PAUSE", "60000", "WRITE");
      const failed = failure(() => map.set("a", SECRET));
      while (!/ cmd=set /.test(await server.cli("CLIENT", "LIST", "TYPE", "normal")));
      await server.cli("CLIENT", "KILL", "TYPE", "normal");
      assertEquals((await failed).slice(0, 2), ["unknown", false]);
      await server.cli("CLIENT", "UNPAUSE");
      await connected();
      assertEquals(await map.get("a"), "old");
    });

    it("knows nothing of a write that is not answered in time", async () => {
      const clock = new ManualClock();
      const timed = new RedisMap<string, string>(opened.client, { prefix: "map:", timeoutMs: 1_000, clock });
      server.pause();
      const failed = failure(() => timed.set("late", "applied later"));
      const read = failure(() => timed.get("a"));
      await clock.advance(1_000);
      assertEquals(await failed, ["unknown", false, "no answer within 1000 ms"]);
      assertEquals(await read, ["not applied", true, "no answer within 1000 ms"]);
      server.resume();
      assertEquals(await map.get("late"), "applied later");
    });

    it("knows that a read may be tried again after the connection broke", async () => {
      server.pause();
      const failed = failure(() => map.get("a"));
      await server.kill();
      assertEquals((await failed).slice(0, 2), ["not applied", true]);
      await server.start();
      await connected();
    });
  });
}

describe("the errors of RedisMap (needs Redis)", { ignore: !redisIsInstalled }, () => {
  it("tell that a client that has lost its connection has sent nothing", async () => {
    await using server = await startRedis({ appendfsync: "always" });
    for (const [name, open] of Object.entries(CLIENTS)) {
      await using opened = await open(server.url);
      const map = new RedisMap<string, string>(opened.client, { prefix: "map:", timeoutMs: 1_000 });
      await map.set("a", "1");
      await server.kill();
      while (await map.set("b", SECRET).then(() => true, ({ outcome }: StoreError) => outcome === "unknown"));
      assertEquals([name, (await failure(() => map.set("a", SECRET)))[0]], [name, "not applied"]);
      await server.start();
      while (await map.get("a").then(() => false, () => true));
      assertEquals(await map.get("a"), "1");
    }
  });

  for (const [name, open] of Object.entries(CLUSTER_CLIENTS)) {
    it(`tell of a node that was killed, over a cluster by ${name}`, async () => {
      await using cluster = await startRedisCluster({ appendfsync: "always" });
      await using opened = await open(cluster.urls);
      const map = new RedisMap<number, unknown>(opened.client, { prefix: "map:" });
      const keys = Array.from({ length: 30 }, (_, at) => at);
      await map.setMany(keys.map((key) => [key, "old"]));
      const [, second] = cluster.nodes;
      second!.pause();
      const results = Promise.allSettled(keys.map((key) => map.set(key, "new")));
      await second!.kill();
      const failed = (await results).flatMap((result, key) => result.status === "rejected" ? [{ key, ...result }] : []);
      assert(failed.length > 0);
      for (const { reason } of failed) assertEquals([reason.constructor, reason.outcome], [StoreError, "unknown"]);
      await second!.start();
      await cluster.ready();
      while (await map.getMany(keys).then(() => false, () => true));
      for (const { key } of failed) assertEquals(await map.get(key), "old");
    });
  }
});
