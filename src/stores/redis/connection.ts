import { hasMethod } from "../../options.ts";
import { received } from "../../received.ts";
import type {
  Argument,
  IoredisClient,
  IoredisCluster,
  NodeRedisClient,
  NodeRedisCluster,
  RedisClient,
} from "./client.ts";

/** Sends one command, whose name comes first, and resolves to the reply: bytes for strings, a number, `null` or an array. */
export type Send = (command: readonly Argument[]) => Promise<unknown>;

/** What a map needs of a client. */
export interface Connection {
  /** Whether keys are spread over several servers. */
  readonly isCluster: boolean;
  /** Sends a command to the server that has `key`. */
  send(key: Argument, command: readonly Argument[]): Promise<unknown>;
  /** What sends a command to each server that has keys. */
  masters(): Promise<readonly Send[]>;
}

const ACTION = "create RedisMap";

/**
 * What a map needs of this client.
 *
 * @throws {TypeError} If it is none of the clients, or its options would have it send a write twice, read from replicas, or prefix keys.
 */
export function connectionOf(client: RedisClient): Connection {
  if (hasMethod(client, "getBuffer")) {
    return hasMethod(client, "nodes") ? ofIoredisCluster(client as IoredisCluster) : ofIoredis(client as IoredisClient);
  }
  if (hasMethod(client, "sendCommand")) {
    return hasMethod(client, "nodeClient")
      ? ofNodeRedisCluster(client as NodeRedisCluster)
      : ofNodeRedis(client as NodeRedisClient);
  }
  throw new TypeError(
    `Cannot ${ACTION}: client must be one of the packages redis, ioredis or iovalkey: ${received(client)}`,
  );
}

function ofNodeRedis(client: NodeRedisClient): Connection {
  refuse(client.options?.keyPrefix, "keyPrefix", NO_PREFIX);
  const send = bySendCommand(client);
  return { isCluster: false, send: (_key, command) => send(command), masters: () => Promise.resolve([send]) };
}

function ofNodeRedisCluster(client: NodeRedisCluster): Connection {
  refuse((client as { _keyPrefix?: unknown })._keyPrefix, "keyPrefix", NO_PREFIX);
  return {
    isCluster: true,
    send: (key, command) => client.sendCommand(asBuffer(key), false, command.map(asBuffer), AS_BYTES),
    masters: () => Promise.all(client.masters.map(async (node) => bySendCommand(await client.nodeClient(node)))),
  };
}

function ofIoredis(client: IoredisClient): Connection {
  const { keyPrefix, maxRetriesPerRequest } = client.options;
  refuse(keyPrefix, "keyPrefix", NO_PREFIX);
  if (maxRetriesPerRequest !== 0) refuse(maxRetriesPerRequest, "maxRetriesPerRequest", SENT_ONCE);
  const send = byMethods(client);
  return { isCluster: false, send: (_key, command) => send(command), masters: () => Promise.resolve([send]) };
}

function ofIoredisCluster(client: IoredisCluster): Connection {
  const { keyPrefix, redisOptions = {}, retryDelayOnFailover, scaleReads } = client.options;
  refuse(keyPrefix ?? redisOptions.keyPrefix, "keyPrefix", NO_PREFIX);
  const { maxRetriesPerRequest, autoResendUnfulfilledCommands } = redisOptions;
  if (retryDelayOnFailover !== 0 || maxRetriesPerRequest !== 0 || autoResendUnfulfilledCommands !== false) {
    throw new TypeError(`Cannot ${ACTION}: the client's options must be ${CLUSTER_SENT_ONCE}`);
  }
  if (scaleReads !== "master") refuse(scaleReads, "scaleReads", 'be "master": replicas answer with old values');
  const send = byMethods(client);
  return {
    isCluster: true,
    send: (_key, command) => send(command),
    async masters() {
      // It knows the masters once it has sent a command.
      await send(["CLUSTER", "INFO"]);
      return client.nodes("master").map(byMethods);
    },
  };
}

const NO_PREFIX = "be absent: give the prefix to the map";
const SENT_ONCE = "be 0: else it sends a write again whose answer it has lost";
const CLUSTER_SENT_ONCE =
  "{ retryDelayOnFailover: 0, redisOptions: { maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false } }: " +
  "else it sends a write again whose answer it has lost";

function refuse(option: unknown, name: string, must: string): void {
  if (option === undefined || option === null || option === "") {
    if (must === NO_PREFIX) return;
  }
  throw new TypeError(`Cannot ${ACTION}: the client's option ${name} must ${must}: ${received(option)}`);
}

/** What Node, Bun and Deno call `Buffer`: the clients take no other bytes. */
interface BufferClass {
  from(buffer: ArrayBufferLike, byteOffset: number, length: number): Uint8Array;
}
const { Buffer } = globalThis as unknown as { readonly Buffer: BufferClass };

/** Has `redis` answer with bytes where it would with strings: `$` and `=` are types of replies. */
const AS_BYTES = { typeMapping: { 36: Buffer, 61: Buffer } };

/** Without a timer of its own for each command, which takes as long as the command. The map has one for all. */
const UNTIMED = { ...AS_BYTES, timeout: undefined };
const MAX_UNTIMED = 1_000;

/** A command that the client can't send at once, or soon, keeps the client's time limit: it is given up then, and not sent later. */
function bySendCommand(client: NodeRedisClient): Send {
  let unanswered = 0;
  const answered = () => void unanswered--;
  return (command) => {
    const isSentAtOnce = client.isReady === true && unanswered < MAX_UNTIMED;
    const reply = client.sendCommand(command.map(asBuffer), isSentAtOnce ? UNTIMED : AS_BYTES);
    unanswered++;
    reply.then(answered, answered);
    return reply;
  };
}

/**
 * By the method of each command: `ioredis` would take the key for a command if it were sent by `callBuffer` while it pipelines.
 */
function byMethods(client: object): Send {
  const methods = client as Record<string, (...args: unknown[]) => Promise<unknown>>;
  return ([name, ...args]) => methods[`${(name as string).toLowerCase()}Buffer`]!(...args.map(asBuffer));
}

function asBuffer(argument: Argument): unknown {
  if (typeof argument === "string") return argument;
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
}
