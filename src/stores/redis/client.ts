/**
 * The clients that a `RedisMap` takes, by what it uses of them: no package is imported.
 *
 * @module
 */

/** A part of a command. */
export type Argument = string | Uint8Array;

/** Options for one command of the package `redis`. */
export interface NodeRedisCommandOptions {
  /** What to make of each type of reply. */
  readonly typeMapping?: unknown;
  /** How long it may wait to be sent, in milliseconds. */
  readonly timeout?: unknown;
}

/** A client of the package `redis`, as `createClient` and `createClientPool` make it. */
export interface NodeRedisClient {
  /** Whether it is connected. A pool does not say. */
  readonly isReady?: boolean;
  /** The options that it was made with. */
  readonly options?: { readonly keyPrefix?: unknown } | undefined;
  /** Sends one command. */
  sendCommand(args: unknown, options?: NodeRedisCommandOptions): Promise<unknown>;
}

/** A client of the package `redis` for a cluster, as `createCluster` makes it. */
export interface NodeRedisCluster {
  /** The masters that it knows. */
  readonly masters: readonly unknown[];
  /** The client of one node. */
  nodeClient(node: unknown): NodeRedisClient | Promise<NodeRedisClient>;
  /** Sends one command to the node that has a key. */
  sendCommand(
    firstKey: unknown,
    isReadonly: boolean | undefined,
    args: unknown,
    options?: NodeRedisCommandOptions,
  ): Promise<unknown>;
}

/** A client of the package `ioredis` or `iovalkey`, of one server: `new Redis({ maxRetriesPerRequest: 0 })`. */
export interface IoredisClient {
  /** The options that it was made with. */
  readonly options: {
    readonly keyPrefix?: unknown;
    readonly maxRetriesPerRequest?: number | null | undefined;
    readonly stringNumbers?: boolean | undefined;
  };
  /** `ready` while it is connected. */
  readonly status: string;
  /** Its socket. */
  readonly stream?: { cork(): void; uncork(): void };
  /** Reads a key, as bytes. The client has such a method for each command. */
  getBuffer(key: unknown): Promise<unknown>;
}

/** A client of the package `ioredis` or `iovalkey`, of a cluster. */
export interface IoredisCluster {
  /** The options that it was made with. */
  readonly options: {
    readonly keyPrefix?: unknown;
    readonly retryDelayOnFailover?: number | undefined;
    readonly scaleReads?: unknown;
    readonly redisOptions?: {
      readonly keyPrefix?: unknown;
      readonly maxRetriesPerRequest?: number | null | undefined;
      readonly autoResendUnfulfilledCommands?: boolean | undefined;
      readonly stringNumbers?: boolean | undefined;
    } | undefined;
  };
  /** The clients of the nodes. */
  nodes(role?: "master"): IoredisClient[];
  /** `ready` while it is connected. */
  readonly status: string;
  /** Reads a key, as bytes. The client has such a method for each command. */
  getBuffer(key: unknown): Promise<unknown>;
}

/** The clients that a `RedisMap` takes: of `redis`, `ioredis` or `iovalkey`, for one server or a cluster. */
export type RedisClient = NodeRedisClient | NodeRedisCluster | IoredisClient | IoredisCluster;
