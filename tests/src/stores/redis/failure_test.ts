import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { RedisMap, StoreError } from "@twinmap/twinmap/redis";
import { Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { createClient, createClientPool, createCluster } from "redis";
import { NotConnectedError } from "../../../../src/stores/redis/connection.ts";
import { failureOf } from "../../../../src/stores/redis/failure.ts";
import { SENT_ONCE } from "../../../servers/redis_clients.ts";

const URL = "redis://127.0.0.1:1";

describe("failureOf() of Redis", () => {
  it("knows that a client that was closed, or never connected, sends nothing, and will not by itself", async () => {
    const options = { ...SENT_ONCE, lazyConnect: true };
    const ofIoredis = [new Redis(URL, options), new Valkey(URL, options)];
    for (const client of ofIoredis) {
      client.disconnect();
      while (client.status !== "end") await new Promise((resolve) => setImmediate(resolve));
    }
    const redis = { url: URL };
    const clients = [
      ...ofIoredis,
      createClient(redis),
      createClientPool(redis),
      createCluster({ rootNodes: [redis] }),
    ];
    for (const client of clients) {
      const map = new RedisMap<string, number>(client as never, { prefix: "map:" });
      const { message, outcome, retryable } = await assertRejects(() => map.set("a", 1), StoreError);
      assertEquals([message, outcome, retryable], [
        "Cannot complete set() of RedisMap: the client is closed, or nobody has connected it: call connect() first",
        "not applied",
        false,
      ]);
    }
  });

  it("knows that a client that connects again has sent nothing, and may later", () => {
    assertEquals(failureOf(new NotConnectedError(false)), {
      outcome: "not applied",
      retryable: true,
      reason: "the client is not connected",
    });
  });
});
