import { devalue } from "../../../src/stores/devalue_codec.ts";
import { RedisMap } from "../../../src/stores/redis.ts";
import type { RedisClient } from "../../../src/stores/redis/client.ts";
import type { MapServer } from "../../doctor/examined_map.ts";
import { answered } from "../answered.ts";
import { type Client, importClient } from "../client.ts";
import { InputError } from "../input_error.ts";
import type { OpenMap } from "../open_map.ts";

/** A connected client, whichever package it is of. */
interface Connected {
  readonly client: unknown;
  /** Sends a command that is about no key. */
  readonly send: (...command: string[]) => Promise<unknown>;
  readonly close: () => void;
}

/**
 * Opens the map of `redis://HOST:PORT/PREFIX`.
 *
 * @throws {InputError} If there is no prefix, or no client is installed.
 * @throws If the server cannot be reached.
 */
export async function openRedis(address: string): Promise<OpenMap> {
  const url = new URL(address);
  const prefix = decodeURIComponent(url.pathname.slice(1));
  if (prefix === "") throw new InputError(`Cannot open ${address}: it must be redis://HOST:PORT/PREFIX`);
  url.pathname = "";
  const { name, client } = await importClient("redis://", ["redis", "ioredis", "iovalkey"]);
  const open = await (name === "redis" ? connectRedis(client, url) : connectIoredis(client, url));
  return {
    name: "RedisMap",
    map: new RedisMap(open.client as RedisClient, { prefix }) as unknown as OpenMap["map"],
    isSynchronous: false,
    exists: true,
    codec: devalue,
    server: serverOf(open),
    [Symbol.asyncDispose]: () => Promise.resolve(open.close()),
  };
}

async function connectRedis({ createClient }: Client, url: URL): Promise<Connected> {
  const socket = { reconnectStrategy: false };
  const client = (createClient as (options: unknown) => NodeRedis)({ url: url.href, socket });
  // Without a listener, a lost connection would end the process.
  client.on("error", () => {});
  return await connected(client, (...command) => client.sendCommand(command), () => client.destroy());
}

async function connectIoredis({ Redis }: Client, url: URL): Promise<Connected> {
  const options = {
    maxRetriesPerRequest: 0,
    lazyConnect: true,
    retryStrategy: () => null,
  };
  const client = new (Redis as new (url: string, options: unknown) => Ioredis)(url.href, options);
  client.on("error", () => {});
  return await connected(client, (...command) => client.call(...command), () => client.disconnect());
}

async function connected(
  client: { connect(): Promise<unknown> },
  send: Connected["send"],
  close: () => void,
): Promise<Connected> {
  try {
    await answered(client.connect());
  } catch (error) {
    close();
    throw error;
  }
  return { client, close, send: (...command) => answered(send(...command)) };
}

function serverOf({ send }: Connected): MapServer {
  return {
    now: async () => {
      const [seconds, microseconds] = await send("TIME") as [string, string];
      return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
    },
    evictionPolicy: async () => {
      const answer = await send("CONFIG", "GET", "maxmemory-policy") as string[] | Record<string, string>;
      return Array.isArray(answer) ? answer[1] as string : answer["maxmemory-policy"] as string;
    },
  };
}

interface NodeRedis {
  on(event: "error", listener: () => void): unknown;
  connect(): Promise<unknown>;
  sendCommand(command: readonly string[]): Promise<unknown>;
  destroy(): void;
}

interface Ioredis {
  on(event: "error", listener: () => void): unknown;
  connect(): Promise<unknown>;
  call(...command: readonly string[]): Promise<unknown>;
  disconnect(): void;
}
