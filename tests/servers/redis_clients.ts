/** Opens the clients that a `RedisMap` takes. */
import { Cluster, Redis } from "ioredis";
import { Cluster as ValkeyCluster, Redis as Valkey } from "iovalkey";
import { createClient, createCluster } from "redis";
import type { RedisClient } from "../../src/stores/redis.ts";

/** A client, to be disposed of with `await using`. */
export class OpenClient<C extends RedisClient = RedisClient> implements AsyncDisposable {
  readonly client: C;
  readonly #close: () => unknown;

  constructor(client: C, close: () => unknown) {
    this.client = client;
    this.#close = close;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

/** Options of `ioredis` and `iovalkey` that are safe. */
export const SENT_ONCE: { readonly maxRetriesPerRequest: 0 } = { maxRetriesPerRequest: 0 };
export const CLUSTER_SENT_ONCE: {
  readonly retryDelayOnFailover: 0;
  readonly redisOptions: { readonly maxRetriesPerRequest: 0; readonly autoResendUnfulfilledCommands: false };
} = { retryDelayOnFailover: 0, redisOptions: { maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false } };

/** Opens a client of one server, by the name of its package. */
export const CLIENTS: { readonly [name: string]: (url: string) => Promise<OpenClient> } = {
  async redis(url) {
    const client = createClient({ url });
    // Without a listener, a lost connection would end the process.
    client.on("error", () => {});
    await client.connect();
    return new OpenClient(client, () => client.destroy());
  },
  ioredis(url) {
    const client = new Redis(url, SENT_ONCE);
    client.on("error", () => {});
    return Promise.resolve(new OpenClient(client, () => client.disconnect()));
  },
  iovalkey(url) {
    const client = new Valkey(url, SENT_ONCE);
    client.on("error", () => {});
    return Promise.resolve(new OpenClient(client, () => client.disconnect()));
  },
};

/** Opens a client of a cluster, by the name of its package. */
export const CLUSTER_CLIENTS: { readonly [name: string]: (urls: readonly string[]) => Promise<OpenClient> } = {
  async redis(urls) {
    const client = createCluster({ rootNodes: urls.map((url) => ({ url })) });
    client.on("error", () => {});
    await client.connect();
    return new OpenClient(client, () => client.destroy());
  },
  ioredis(urls) {
    const client = new Cluster([...urls], CLUSTER_SENT_ONCE);
    client.on("error", () => {});
    return Promise.resolve(new OpenClient(client, () => client.disconnect()));
  },
  iovalkey(urls) {
    const client = new ValkeyCluster([...urls], CLUSTER_SENT_ONCE);
    client.on("error", () => {});
    return Promise.resolve(new OpenClient(client, () => client.disconnect()));
  },
};
