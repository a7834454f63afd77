/** Runs the asynchronous conformance suite over Redis, alone and as a cluster, by each client. */
import { after, before, describe, it } from "@std/testing/bdd";
import { RedisMap, type RedisMapOptions } from "@twinmap/twinmap/redis";
import { asyncConformance } from "@twinmap/twinmap/testing";
import { redisIsInstalled, startRedis, startRedisCluster } from "../servers/redis.ts";
import { CLIENTS, CLUSTER_CLIENTS, type OpenClient } from "../servers/redis_clients.ts";

type AnyMap = RedisMap<never, unknown>;

/** What can be started and killed. */
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
    stop: async () => void await Promise.all(cluster.nodes.map((node) => node.kill())),
    start: async () => {
      await Promise.all(cluster.nodes.map((node) => node.start()));
      await cluster.ready();
    },
    open: () => open(cluster.urls),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

/** Names of one length have one limit for keys. */
const nameOf = (number: number): string => `map ${String(number).padStart(6, "0")}:`;

function conforms(name: string, startStore: () => Promise<Store>): void {
  for (const layout of ["prefix", "hash"] as const) {
    describe(`RedisMap over ${name}, with a ${layout} (needs Redis)`, { ignore: !redisIsInstalled }, () => {
      let store: Store;
      let clients: OpenClient[];
      let names = 0;

      before(async () => {
        store = await startStore();
        clients = [await store.open(), await store.open()];
      });

      after(async () => {
        for (const client of clients) await client[Symbol.asyncDispose]();
        await store[Symbol.asyncDispose]();
      });

      const mapOf = (client: OpenClient): AnyMap =>
        new RedisMap(client.client, { [layout]: nameOf(names), timeoutMs: 1_500 } as RedisMapOptions<unknown>);
      const { traits } = new RedisMap({ sendCommand: () => Promise.reject(new Error()) }, { [layout]: nameOf(0) });

      asyncConformance<never, unknown>(it, {
        make: () => {
          names++;
          return mapOf(clients[0]!);
        },
        open: () => mapOf(clients[1]!),
        stop: () => store.stop(),
        start: () => store.start(),
        traits,
        runs: 5,
      });
    });
  }
}

for (const [name, open] of Object.entries(CLIENTS)) conforms(name, () => singleServer(open));
for (const [name, open] of Object.entries(CLUSTER_CLIENTS)) conforms(`a cluster by ${name}`, () => cluster(open));
