import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { existsSync } from "node:fs";
import { redisIsInstalled, startRedis } from "./redis.ts";

describe("RedisServer (needs Redis)", { ignore: !redisIsInstalled }, () => {
  it("keeps its port and what was acknowledged when it is killed or stopped, and started again", async () => {
    await using server = await startRedis();
    const { port, url } = server;
    assertEquals(url, `redis://127.0.0.1:${port}`);
    assertEquals(await server.cli("SET", "a", "1"), "OK");
    await server.kill();
    await assertRejects(() => server.cli("GET", "a"));
    await server.start();
    assertEquals(await server.cli("SET", "b", "2"), "OK");
    await server.restart();
    assertEquals([server.port, await server.cli("MGET", "a", "b")], [port, "1\n2"]);
  });

  it("does not answer while it is paused", async () => {
    await using server = await startRedis();
    await using other = await startRedis();
    server.pause();
    const answer = server.cli("SET", "a", "paused");
    const others = other.cli("SET", "a", "other").then(() => other.cli("GET", "a"));
    assertEquals(await Promise.race([answer, others]), "other");
    server.resume();
    assertEquals(await answer, "OK");
    server.pause();
    await server.stop();
    await assertRejects(() => server.cli("PING"));
  });

  it("takes directives, and reports why it cannot start", async () => {
    await using server = await startRedis({ maxmemory: "3mb" });
    assertEquals(await server.cli("CONFIG", "GET", "maxmemory"), "maxmemory\n3145728");
    await assertRejects(() => startRedis({ maxmemory: "much" }), Error, "argument must be a memory value");
  });

  it("leaves no process and no file behind", async () => {
    const server = await startRedis();
    const { folder } = server;
    assert(existsSync(folder));
    await server[Symbol.asyncDispose]();
    await assertRejects(() => server.cli("PING"));
    assertEquals(existsSync(folder), false);
  });
});
