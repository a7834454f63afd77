import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { redisIsInstalled, startRedisCluster } from "../servers/redis.ts";

describe("RedisCluster (needs Redis)", { ignore: !redisIsInstalled }, () => {
  it("spreads the slots over three masters, and works again after one was killed", async () => {
    await using cluster = await startRedisCluster();
    const [first, second] = cluster.nodes;
    assert(first !== undefined && second !== undefined);
    assertEquals(await first.cli("-c", "SET", "a", "1"), "OK");
    assertEquals(await second.cli("-c", "GET", "a"), "1");
    await second.kill();
    await second.start();
    await cluster.ready();
    assertEquals(await second.cli("-c", "GET", "a"), "1");
  });
});
