import type { DigestRequest } from "../../digests/entry_digests.ts";
import type { Argument } from "./client.ts";
import type { Connection, Send } from "./connection.ts";
import { DIGESTED_PAGE, type DigestPage, DigestScript } from "./digest_script.ts";
import { bytesOf, type EntryBytes, type RedisEntries } from "./entries.ts";
import { together } from "./failure.ts";
import { scanAll } from "./scan.ts";
import { Script } from "./script.ts";

const REPLACE = new Script(`
local old = redis.call('GET', KEYS[1])
if old then redis.call('SET', KEYS[1], ARGV[1], 'KEEPTTL') else redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2]) end
return old`);

const COMPARE_AND_SET = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1`);

const COMPARE_AND_DELETE = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', KEYS[1])`);

/** A key of another type is none of the map's: reading it fails. */
const DIGEST = new DigestScript({
  scan: "call('SCAN', cursor, 'MATCH', own[1], 'COUNT', own[2])",
  key: "sub(name, own[3])",
  value: `(function()
    local value = redis.pcall('GETRANGE', name, 0, longest)
    if type(value) == 'string' and (#value > 0 or call('EXISTS', name) == 1) then return value end
  end)()`,
});

/** What `PEXPIRETIME` answers if there is no time. */
const ABSENT = -2;
const NEVER = -1;

/** Entries each under a key of its own, all of which begin with a prefix. In a cluster, they are spread over the servers. */
export class PrefixedKeys implements RedisEntries {
  readonly #connection: Connection;
  readonly #prefix: string;
  readonly #prefixBytes: Uint8Array;
  readonly #pattern: string;
  /** Whether the server may have a compare-and-set of its own, as Valkey 8.1 and Redis 8.4 do. */
  #comparesItself = true;

  constructor(connection: Connection, prefix: string) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#prefixBytes = new TextEncoder().encode(prefix);
    this.#pattern = `${prefix.replaceAll(/[\\*?[\]]/g, "\\$&")}*`;
  }

  get(key: Argument): Promise<Uint8Array | null> {
    return this.#send(this.#full(key), "GET") as Promise<Uint8Array | null>;
  }

  get keyOverhead(): number {
    return this.#prefixBytes.length;
  }

  async has(key: Argument): Promise<boolean> {
    return await this.#send(this.#full(key), "EXISTS") === 1;
  }

  set(key: Argument, value: Argument, expiresAt: number): Promise<unknown> {
    return this.#send(this.#full(key), "SET", value, ...expiry(expiresAt));
  }

  async delete(key: Argument): Promise<boolean> {
    return await this.#send(this.#full(key), "UNLINK") === 1;
  }

  async insert(key: Argument, value: Argument, expiresAt: number): Promise<Uint8Array | undefined> {
    return bytesOf(await this.#send(this.#full(key), "SET", value, "NX", "GET", ...expiry(expiresAt)));
  }

  async replace(key: Argument, value: Argument, expiresAt: number): Promise<Uint8Array | undefined> {
    const full = this.#full(key);
    if (expiresAt === Infinity) return bytesOf(await this.#send(full, "SET", value, "KEEPTTL", "GET"));
    return bytesOf(await REPLACE.run(this.#connection, full, value, String(expiresAt)));
  }

  async take(key: Argument): Promise<Uint8Array | undefined> {
    return bytesOf(await this.#send(this.#full(key), "GETDEL"));
  }

  async compareAndSet(
    key: Argument,
    seen: Uint8Array | undefined,
    next: Argument | undefined,
    expiresAt: number,
  ): Promise<boolean> {
    const full = this.#full(key);
    if (next === undefined) return await COMPARE_AND_DELETE.run(this.#connection, full, seen!) === 1;
    if (seen === undefined) return await this.#send(full, "SET", next, "NX", ...expiry(expiresAt)) !== null;
    if (this.#comparesItself) {
      try {
        return await this.#send(full, "SET", next, "IFEQ", seen, "KEEPTTL") !== null;
      } catch (error) {
        if (!isSyntaxError(error)) throw error;
        this.#comparesItself = false;
      }
    }
    return await COMPARE_AND_SET.run(this.#connection, full, seen, next) === 1;
  }

  async expiresAt(key: Argument): Promise<number | undefined> {
    const time = await this.#send(this.#full(key), "PEXPIRETIME") as number;
    if (time === ABSENT) return undefined;
    return time === NEVER ? Infinity : time;
  }

  setMany(entries: readonly (readonly [Argument, Argument])[], expiresAt: number): Promise<unknown> {
    return together(entries.map(([key, value]) => this.set(key, value, expiresAt)));
  }

  deleteMany(keys: readonly Argument[]): Promise<unknown> {
    return together(keys.map((key) => this.delete(key)));
  }

  async *pages(withValues: boolean): AsyncGenerator<readonly EntryBytes[]> {
    const scan = (send: Send, cursor: Argument) =>
      send(["SCAN", cursor, "MATCH", this.#pattern, "COUNT", String(PAGE), "TYPE", "string"]);
    let batch = FIRST_BATCH;
    for await (const found of scanAll(this.#connection, scan)) {
      if (!withValues) yield found.map((full) => [this.#keyOf(full)]);
      else {
        for (let at = 0; at < found.length;) {
          const keys = found.slice(at, at += batch);
          const values = await this.#values(keys);
          batch = nextBatch(batch, values);
          yield keys.flatMap((full, at) => values[at] ? [[this.#keyOf(full), values[at]] as const] : []);
        }
      }
    }
  }

  async *digestPages(request: DigestRequest, bits: number | undefined): AsyncGenerator<DigestPage> {
    const keyFrom = String(this.#prefixBytes.length + 1);
    const scan = (send: Send, cursor: Argument) =>
      DIGEST.run(send, [], cursor, request, bits, this.#pattern, DIGESTED_PAGE, keyFrom);
    for await (const pages of scanAll<DigestPage>(this.#connection, scan)) yield* pages;
  }

  /** The values of full keys, with one command where they are on one server. */
  async #values(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | null)[]> {
    const values = this.#connection.isCluster
      ? await Promise.all(keys.map((key) => this.#send(key, "GET")))
      : await this.#connection.send(keys[0]!, ["MGET", ...keys]);
    return values as (Uint8Array | null)[];
  }

  #keyOf(full: Uint8Array): Uint8Array {
    return full.subarray(this.#prefixBytes.length);
  }

  #send(key: Argument, name: string, ...args: Argument[]): Promise<unknown> {
    return this.#connection.send(key, [name, key, ...args]);
  }

  #full(key: Argument): Argument {
    if (typeof key === "string") return this.#prefix + key;
    const full = new Uint8Array(this.#prefixBytes.length + key.length);
    full.set(this.#prefixBytes);
    full.set(key, this.#prefixBytes.length);
    return full;
  }
}

/** About how many keys the server looks at in one command. */
const PAGE = 100;
/** How many values an iteration reads with its first command, since nobody knows how long they are. */
const FIRST_BATCH = 8;
/** About as many bytes are read with one command, unless a single value is longer. */
const BATCH_BYTES = 2 ** 16;

/** How many values the next command should read, if they are as long as these. */
function nextBatch(batch: number, values: readonly (Uint8Array | null)[]): number {
  const bytes = values.reduce((sum, value) => sum + (value?.length ?? 0), 1);
  return Math.max(1, Math.min(PAGE, 2 * batch, Math.floor(values.length * BATCH_BYTES / bytes)));
}

function expiry(expiresAt: number): Argument[] {
  return expiresAt === Infinity ? [] : ["PXAT", String(expiresAt)];
}

function isSyntaxError(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("ERR syntax error");
}
