/** Runs the asynchronous conformance suite over Redis, alone and as a cluster, by each client. */
import { after, describe, it } from "@std/testing/bdd";
import { RedisMap, type RedisMapOptions } from "@twinmap/twinmap/redis";
import { asyncConformance } from "@twinmap/twinmap/testing";
import { redisIsInstalled, startRedis, startRedisCluster } from "../../servers/redis.ts";
import { until } from "../until.ts";
import { CLIENTS, CLUSTER_CLIENTS, type OpenClient } from "../../servers/redis_clients.ts";

type AnyMap = RedisMap<never, unknown>;

/** A server or a cluster, which can be killed and started again. */
interface Store extends AsyncDisposable {
  stop(): Promise<void>;
  start(): Promise<void>;
  open(): Promise<OpenClient>;
}

async function singleServer(open: (typeof CLIENTS)[string]): Promise<Store> {
  const server = await startRedis({ appendfsync: "always" });
  return {
    stop: () => server.kill(),
    start: () => server.start(),
    open: () => open(server.url),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function cluster(open: (typeof CLUSTER_CLIENTS)[string]): Promise<Store> {
  const cluster = await startRedisCluster({ appendfsync: "always" });
  return {
    stop: () => cluster.kill(),
    start: () => cluster.restart(),
    open: () => open(cluster.urls),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

/** Names of one length have one limit for keys. */
const nameOf = (number: number): string => `map ${String(number).padStart(6, "0")}:`;

function conforms(name: string, layouts: readonly ("prefix" | "hash")[], startStore: () => Promise<Store>): void {
  for (const layout of layouts) {
    describe(`RedisMap over ${name}, with a ${layout} (needs Redis)`, { ignore: !redisIsInstalled }, () => {
      let started: Promise<{ store: Store; clients: [OpenClient, OpenClient] }> | undefined;
      let names = 0;

      // By the first test, since Bun lets a hook take five seconds at most.
      const start = async (): Promise<{ store: Store; clients: [OpenClient, OpenClient] }> => {
        const store = await startStore();
        return { store, clients: [await store.open(), await store.open()] };
      };

      after(async () => {
        const { store, clients } = await (started ??= start());
        for (const client of clients) await client[Symbol.asyncDispose]();
        await store[Symbol.asyncDispose]();
      });

      const mapOf = (client: OpenClient): AnyMap =>
        new RedisMap(client.client, { [layout]: nameOf(names), timeoutMs: 1_500 } as RedisMapOptions<unknown>);
      const { traits } = new RedisMap({ sendCommand: () => Promise.reject(new Error()) }, { [layout]: nameOf(0) });

      asyncConformance<never, unknown>(it, {
        make: async () => {
          const { clients: [client] } = await (started ??= start());
          names++;
          return mapOf(client);
        },
        open: async () => mapOf((await (started ??= start())).clients[1]),
        stop: async () => await (await started)?.store.stop(),
        start: async () => {
          const { store, clients } = await (started ??= start());
          await store.start();
          // The clients connect again by themselves, after a while: in a cluster to one server after the other.
          for (const client of clients) {
            await until(() => mapOf(client).size().then(() => true, () => false));
          }
        },
        traits,
        runs: 5,
      });
    });
  }
}

for (const [name, open] of Object.entries(CLIENTS)) conforms(name, ["prefix", "hash"], () => singleServer(open));
for (const [name, open] of Object.entries(CLUSTER_CLIENTS)) {
  conforms(`a cluster by ${name}`, ["prefix"], () => cluster(open));
}
