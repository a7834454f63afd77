/** Private maps that move to one Redis. */
import { describe, it } from "@std/testing/bdd";
import { RedisMap } from "@twinmap/twinmap/redis";
import { redisIsInstalled, startRedis } from "../servers/redis.ts";
import { CLIENTS } from "../servers/redis_clients.ts";
import { countInPrivateMaps, movePrivateMaps } from "../verify/migration/private_maps.ts";

describe("private old maps and one Redis (needs Redis)", { ignore: !redisIsInstalled }, () => {
  it("move, each with its own keys, and find a key that two of them hold with different values", async () => {
    await using server = await startRedis();
    for (const [name, open] of Object.entries(CLIENTS)) {
      await using opened = await open(server.url);
      await movePrivateMaps(new RedisMap<string, number>(opened.client, { prefix: `${name} moved:` }));
      await countInPrivateMaps(new RedisMap<string, number>(opened.client, { prefix: `${name} counted:` }));
    }
  });
});
