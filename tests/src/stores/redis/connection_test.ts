import { assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Cluster, Redis } from "ioredis";
import { Cluster as ValkeyCluster, Redis as Valkey } from "iovalkey";
import { createClient, createCluster } from "redis";
import { RedisMap } from "../../../../src/stores/redis.ts";
import { CLUSTER_SENT_ONCE, SENT_ONCE } from "../../../servers/redis_clients.ts";

const LAZY = { lazyConnect: true };
const NODES = [{ host: "127.0.0.1", port: 1 }];
const CLIENTS = [
  (options: object) => new Redis({ ...LAZY, ...options }),
  (options: object) => new Valkey({ ...LAZY, ...options }),
];
const CLUSTERS = [
  (options: object) => new Cluster(NODES, { ...LAZY, ...options }),
  (options: object) => new ValkeyCluster(NODES, { ...LAZY, ...options }),
];

function refuses(client: unknown, message: string): void {
  assertThrows(
    () => new RedisMap(client as never, { prefix: "map:" }),
    TypeError,
    `Cannot create RedisMap: ${message}`,
  );
}

describe("the client of a RedisMap", () => {
  it("must be one of the packages", () => {
    for (const wrong of [undefined, null, "redis://localhost", {}, new Map()]) {
      refuses(wrong, "client must be one of the packages redis, ioredis or iovalkey");
    }
  });

  it("must not send a write twice", () => {
    for (const open of CLIENTS) {
      refuses(
        open({}),
        "the client's option maxRetriesPerRequest must be 0: else it sends a write again when it has lost the answer",
      );
      refuses(
        open({ maxRetriesPerRequest: null }),
        "the client's option maxRetriesPerRequest must be 0",
      );
      refuses(open({ maxRetriesPerRequest: 1, autoResendUnfulfilledCommands: false }), "the client's");
      new RedisMap(open({ ...SENT_ONCE }), { prefix: "map:" });
    }
    const { redisOptions } = CLUSTER_SENT_ONCE;
    for (const open of CLUSTERS) {
      const options = [
        {},
        { redisOptions },
        { ...CLUSTER_SENT_ONCE, retryDelayOnFailover: 100 },
        { ...CLUSTER_SENT_ONCE, redisOptions: { ...redisOptions, maxRetriesPerRequest: 1 } },
        { ...CLUSTER_SENT_ONCE, redisOptions: { maxRetriesPerRequest: 0 } },
      ];
      for (const unsafe of options) {
        const client = open(unsafe);
        refuses(client, "the client's options must be { retryDelayOnFailover: 0, redisO");
      }
      new RedisMap(open({ ...CLUSTER_SENT_ONCE }), { prefix: "map:" });
    }
  });

  it("must not read from replicas, which answer with old values", () => {
    for (const open of CLUSTERS) {
      const client = open({ ...CLUSTER_SENT_ONCE, scaleReads: "slave" });
      refuses(client, 'the client\'s option scaleReads must be "master"');
    }
  });

  it("must not answer with text for numbers, since a write that was applied would look refused", () => {
    const message = "the client's option stringNumbers must be absent";
    for (const open of CLIENTS) refuses(open({ ...SENT_ONCE, stringNumbers: true }), message);
    for (const open of CLUSTERS) {
      const redisOptions = { ...CLUSTER_SENT_ONCE.redisOptions, stringNumbers: true };
      refuses(open({ ...CLUSTER_SENT_ONCE, redisOptions }), message);
    }
  });

  it("must not prefix keys", () => {
    const message = "the client's option keyPrefix must be absent, since the map has a prefix of its own";
    refuses(createClient({ keyPrefix: "p:" }), message);
    refuses(createCluster({ rootNodes: [], keyPrefix: "p:" }), message);
    for (const open of CLIENTS) refuses(open({ ...SENT_ONCE, keyPrefix: "p:" }), message);
    for (const open of CLUSTERS) refuses(open({ ...CLUSTER_SENT_ONCE, keyPrefix: "p:" }), message);
  });
});
