import { systemClock } from "../../clock.ts";
import { hasMethod } from "../../options.ts";
import { received } from "../../received.ts";
import type {
  Argument,
  IoredisClient,
  IoredisCluster,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisCommandOptions,
  RedisClient,
} from "./client.ts";

/** Sends one command, whose name comes first, and resolves to the reply: bytes for strings, a number, `null` or an array. */
export type Send = (command: readonly Argument[]) => Promise<unknown>;

/** The client has lost its connection, so that a command was not sent. */
export class NotConnectedError extends Error {
  /** Whether it was closed, or has given up, so that it does not connect again by itself. */
  readonly isClosed: boolean;

  constructor(isClosed: boolean) {
    super();
    this.isClosed = isClosed;
  }
}

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
 * @param timeoutMs How long a call may take. The client gives up what it could not send a little earlier, so that this is known.
 * @throws {TypeError} If it is none of the clients, or its options would have it send a write twice, read from replicas, prefix keys, or
 * answer with text for numbers.
 */
export function connectionOf(client: RedisClient, timeoutMs: number): Connection {
  const unsent = { ...AS_BYTES, timeout: Math.max(1, Math.floor(timeoutMs * 0.9)) };
  if (hasMethod(client, "getBuffer")) {
    return hasMethod(client, "nodes") ? ofIoredisCluster(client as IoredisCluster) : ofIoredis(client as IoredisClient);
  }
  if (hasMethod(client, "sendCommand")) {
    return hasMethod(client, "nodeClient")
      ? ofNodeRedisCluster(client as NodeRedisCluster, unsent)
      : ofNodeRedis(client as NodeRedisClient, unsent);
  }
  throw new TypeError(
    `Cannot ${ACTION}: client must be one of the packages redis, ioredis or iovalkey: ${received(client)}`,
  );
}

function ofNodeRedis(client: NodeRedisClient, unsent: NodeRedisCommandOptions): Connection {
  checkPrefix(client.options?.keyPrefix);
  const send = bySendCommand(client, unsent);
  return { isCluster: false, send: (_key, command) => send(command), masters: () => Promise.resolve([send]) };
}

function ofNodeRedisCluster(client: NodeRedisCluster, unsent: NodeRedisCommandOptions): Connection {
  checkPrefix((client as { _keyPrefix?: unknown })._keyPrefix);
  return {
    isCluster: true,
    send: (key, command) => client.sendCommand(asBuffer(key), false, command.map(asBuffer), unsent),
    masters: () =>
      Promise.all(client.masters.map(async (node) => bySendCommand(await client.nodeClient(node), unsent))),
  };
}

function ofIoredis(client: IoredisClient): Connection {
  const { keyPrefix, maxRetriesPerRequest, stringNumbers } = client.options;
  checkPrefix(keyPrefix);
  checkNumbers(stringNumbers);
  if (maxRetriesPerRequest !== 0) throw refusal("maxRetriesPerRequest", `be 0: ${SENT_AGAIN}`, maxRetriesPerRequest);
  const sendAlone = byMethods(client);
  const gather = gatheringOf(client);
  const send: Send = (command) => {
    gather();
    return sendAlone(command);
  };
  return { isCluster: false, send: (_key, command) => send(command), masters: () => Promise.resolve([send]) };
}

function ofIoredisCluster(client: IoredisCluster): Connection {
  const { keyPrefix, redisOptions = {}, retryDelayOnFailover, scaleReads } = client.options;
  checkPrefix(keyPrefix ?? redisOptions.keyPrefix);
  checkNumbers(redisOptions.stringNumbers);
  const { maxRetriesPerRequest, autoResendUnfulfilledCommands } = redisOptions;
  if (retryDelayOnFailover !== 0 || maxRetriesPerRequest !== 0 || autoResendUnfulfilledCommands !== false) {
    throw new TypeError(`Cannot ${ACTION}: the client's options must be ${CLUSTER_OPTIONS}: ${SENT_AGAIN}`);
  }
  if (scaleReads !== "master") {
    throw refusal("scaleReads", 'be "master", since replicas answer with old values', scaleReads);
  }
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

const SENT_AGAIN = "else it sends a write again when it has lost the answer";
const CLUSTER_OPTIONS =
  "{ retryDelayOnFailover: 0, redisOptions: { maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false } }";

function checkPrefix(keyPrefix: unknown): void {
  if (keyPrefix === undefined || keyPrefix === null || keyPrefix === "") return;
  throw refusal("keyPrefix", "be absent, since the map has a prefix of its own", keyPrefix);
}

function checkNumbers(stringNumbers: unknown): void {
  if (stringNumbers) {
    throw refusal("stringNumbers", "be absent: else a write that was applied looks refused", stringNumbers);
  }
}

function refusal(option: string, must: string, value: unknown): TypeError {
  return new TypeError(`Cannot ${ACTION}: the client's option ${option} must ${must}: ${received(value)}`);
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

/** `unsent` are the options of a command that the client can't send at once. */
function bySendCommand(client: NodeRedisClient, unsent: NodeRedisCommandOptions): Send {
  let unanswered = 0;
  const answered = () => void unanswered--;
  return (command) => {
    const isSentAtOnce = client.isReady === true && unanswered < MAX_UNTIMED;
    const reply = client.sendCommand(command.map(asBuffer), isSentAtOnce ? UNTIMED : unsent);
    unanswered++;
    reply.then(answered, answered);
    return reply;
  };
}

/**
 * By the method of each command: `ioredis` would take the key for a command if it were sent by `callBuffer` while it pipelines.
 *
 * Nothing is sent while it connects again: of a command that it queues and gives up, nobody knows whether it was sent.
 */
function byMethods(client: IoredisClient | IoredisCluster): Send {
  const methods = client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  let isPastStart = false;
  return (command) => {
    const { status } = client;
    isPastStart ||= AFTER_START.has(status);
    if (isPastStart && status !== "ready") return notConnected(status === "end");
    return methods[methodOf(command[0] as string)]!(...command.slice(1).map(asBuffer));
  };
}

/** The name of the method that answers with bytes. */
function methodOf(command: string): string {
  let method = METHODS.get(command);
  if (method === undefined) METHODS.set(command, method = `${command.toLowerCase()}Buffer`);
  return method;
}

/** By the name of the command: to make the same few strings for each call takes longer than to look them up. */
const METHODS = new Map<string, string>();

/** Until it has one of these, a client has not been connected yet, and queues commands. */
const AFTER_START = new Set(["ready", "close", "reconnecting", "end"]);

/** Rejects in the next turn of the event loop: who tries again at once must let the client connect. */
function notConnected(isClosed: boolean): Promise<never> {
  return new Promise((_, reject) => void systemClock.schedule(() => reject(new NotConnectedError(isClosed)), 0));
}

/** Has the client write what is issued together to its socket in one go, as `redis` does, and not each command by itself. */
function gatheringOf(client: IoredisClient): () => void {
  let isGathering = false;
  return () => {
    const { status, stream } = client;
    if (isGathering || status !== "ready" || stream === undefined) return;
    isGathering = true;
    stream.cork();
    systemClock.schedule(() => {
      isGathering = false;
      stream.uncork();
    }, 0);
  };
}

function asBuffer(argument: Argument): unknown {
  if (typeof argument === "string") return argument;
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
}
