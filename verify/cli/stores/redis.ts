import { devalue } from "../../../src/stores/devalue_codec.ts";
import { RedisMap } from "../../../src/stores/redis.ts";
import type { RedisClient } from "../../../src/stores/redis/client.ts";
import type { MapServer } from "../../doctor/examined_map.ts";
import { answered } from "../answered.ts";
import { type Client, importClient } from "../client.ts";
import { reasonOf } from "../complaint.ts";
import { InputError } from "../input_error.ts";
import type { OpenMap } from "../open_map.ts";

/** A connected client, whichever package it is of. */
interface Connected {
  readonly client: unknown;
  /** Sends a command that is about no key. */
  readonly send: (...command: string[]) => Promise<unknown>;
  readonly close: () => void;
}

const FORM = "redis://HOST:PORT/PREFIX, or rediss:// for TLS";

/**
 * Opens the map of `redis://HOST:PORT/PREFIX`, in database 0; of `redis://HOST:PORT/PREFIX?db=3`, in database 3.
 *
 * @throws {InputError} If there is no prefix, or it is the number of a database, or no client is installed.
 * @throws If the server cannot be reached.
 */
export async function openRedis(address: string): Promise<OpenMap> {
  const url = new URL(address);
  const prefix = decodeURIComponent(url.pathname.slice(1));
  if (prefix === "") throw new InputError(`Cannot open ${address}: it must be ${FORM}`);
  const database = databaseOf(address, url, prefix);
  url.pathname = database;
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

/** Takes the number of the database out of an address. */
function databaseOf(address: string, { searchParams }: URL, prefix: string): string {
  const database = searchParams.get("db") ?? "";
  searchParams.delete("db");
  if (!/^\d*$/.test(database)) throw new InputError(`Cannot open ${address}: db must be the number of a database`);
  if (database === "" && /^\d+$/.test(prefix)) {
    throw new InputError(
      `Cannot open ${address}: ${prefix} is where the prefix of the keys must be: it must be ${FORM}; ` +
        `for database ${prefix}, redis://HOST:PORT/PREFIX?db=${prefix}`,
    );
  }
  return database;
}

async function connectRedis({ createClient }: Client, url: URL): Promise<Connected> {
  const socket = { reconnectStrategy: false };
  const client = (createClient as (options: unknown) => NodeRedis)({ url: url.href, socket });
  return await connected(client, url, (...command) => client.sendCommand(command), () => client.destroy());
}

async function connectIoredis({ Redis }: Client, url: URL): Promise<Connected> {
  const options = {
    maxRetriesPerRequest: 0,
    lazyConnect: true,
    retryStrategy: () => null,
  };
  const client = new (Redis as new (url: string, options: unknown) => Ioredis)(url.href, options);
  return await connected(client, url, (...command) => client.call(...command), () => client.disconnect());
}

async function connected(
  client: Connectable,
  { protocol }: URL,
  send: Connected["send"],
  close: () => void,
): Promise<Connected> {
  let last: unknown;
  // Without a listener, a lost connection would end the process. To a listener alone, `ioredis` tells why it cannot connect.
  client.on("error", (error) => void (last = error));
  try {
    await answered(client.connect());
  } catch (error) {
    close();
    throw withHint(last ?? error, protocol);
  }
  return { client, close, send: (...command) => answered(send(...command)) };
}

/** By the protocol of an address: what a client says if the server expects the other one, and what to do. */
const OTHER_PROTOCOL: { readonly [protocol: string]: readonly [reason: RegExp, hint: string] } = {
  "redis:": [/closed|ECONNRESET/, "if the server expects TLS, write rediss://"],
  "rediss:": [/closed|ECONNRESET|does not answer/, "if the server does not speak TLS, write redis://"],
};

function withHint(error: unknown, protocol: string): unknown {
  const text = reasonOf(error);
  const [reason, hint] = OTHER_PROTOCOL[protocol]!;
  return reason.test(text) ? new Error(`${text.replace(/\.$/, "")}: ${hint}`, { cause: error }) : error;
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

/** A client that is not connected yet. */
interface Connectable {
  on(event: "error", listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
}

interface NodeRedis extends Connectable {
  sendCommand(command: readonly string[]): Promise<unknown>;
  destroy(): void;
}

interface Ioredis extends Connectable {
  call(...command: readonly string[]): Promise<unknown>;
  disconnect(): void;
}
