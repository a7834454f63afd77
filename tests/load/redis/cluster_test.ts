import { assertEquals, assertRejects } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { RedisMap } from "../../../src/stores/redis.ts";
import { type RedisCluster, redisIsInstalled, startRedisCluster } from "../../servers/redis.ts";
import { CLUSTER_CLIENTS, type OpenClient } from "../../servers/redis_clients.ts";

let cluster: RedisCluster;
let opened: OpenClient;

for (const [name, open] of Object.entries(CLUSTER_CLIENTS)) {
  describe(`RedisMap over a cluster by ${name} (needs Redis)`, { ignore: !redisIsInstalled }, () => {
    before(async () => {
      cluster = await startRedisCluster();
      opened = await open(cluster.urls);
    });

    after(async () => {
      await opened[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    });

    for (const layout of ["prefix", "hash"] as const) {
      it(`works over all nodes, with a ${layout}`, async () => {
        const map = new RedisMap<number, unknown>(opened.client, { [layout]: "map:" });
        const keys = Array.from({ length: 1_500 }, (_, at) => at);
        await map.setMany(keys.map((key) => [key, `value ${key}`]));
        const visited = await Array.fromAsync(map);
        assertEquals(visited.toSorted(([a], [b]) => a - b), keys.map((key) => [key, `value ${key}`]));
        assertEquals([(await map.getMany(keys)).size, await map.size()], [1_500, 1_500]);
        const increment = (n: unknown) => (typeof n === "number" ? n : 0) + 1;
        await Promise.all(keys.slice(0, 30).flatMap((key) => [map.update(key, increment), map.update(key, increment)]));
        assertEquals(new Set((await map.getMany(keys.slice(0, 30))).values()), new Set([2]));
        assertEquals([await map.getAndSet(-1, 1), await map.getAndDelete(-1), await map.getOrInsert(-2, 5)], [
          undefined,
          1,
          5,
        ]);
        assertEquals([await map.compareAndSet(-2, 5, 6), await map.compareAndDelete(-2, 6)], [true, true]);
        await map.clear();
        assertEquals(await map.size(), 0);
      });
    }

    it("rejects a walk at its end while slots are being moved", async () => {
      const map = new RedisMap<number, number>(opened.client, { prefix: "moving:" });
      await map.setMany(Array.from({ length: 300 }, (_, at) => [at, at]));
      const [first, second] = cluster.nodes;
      const id = await second!.cli("CLUSTER", "MYID");
      assertEquals(await map.size(), 300);
      await first!.cli("CLUSTER", "SETSLOT", "7", "MIGRATING", id);
      await assertRejects(() => map.size(), Error, "some may have been left out");
      await first!.cli("CLUSTER", "SETSLOT", "7", "STABLE");
      assertEquals(await map.size(), 300);
    });
  });
}
