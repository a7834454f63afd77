import type { DigestRequest } from "../../digests/entry_digests.ts";
import type { Argument } from "./client.ts";
import type { Connection } from "./connection.ts";
import { DIGESTED_PAGE, type DigestPage, DigestScript } from "./digest_script.ts";
import { bytesOf, type EntryBytes, type RedisEntries } from "./entries.ts";
import { checkComplete, runOf, scanOne } from "./scan.ts";
import { Script } from "./script.ts";

const INSERT = new Script(`
local old = redis.call('HGET', KEYS[1], ARGV[1])
if not old then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
return old`);

const REPLACE = new Script(`
local old = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return old`);

const TAKE = new Script(`
local old = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[1], ARGV[1])
return old`);

const COMPARE_AND_SET = new Script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1`);

const COMPARE_AND_DELETE = new Script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])`);

/** HSCAN answers with fields and values. */
const DIGEST = new DigestScript({
  scan: `(function()
    local found = call('HSCAN', KEYS[1], cursor, 'COUNT', own[1])
    local fields = {}
    for at = 1, #found[2], 2 do fields[#fields + 1] = found[2][at] end
    return { found[1], fields }
  end)()`,
  key: "name",
  value: "call('HGET', KEYS[1], name)",
});

/** A command that is routed by its key. */
const RUN = new Script("return redis.call('INFO', 'server')");

/** About how many fields the server looks at in one command. */
const PAGE = "250";

/** Entries in one hash, on one server. They never expire. */
export class HashFields implements RedisEntries {
  readonly #connection: Connection;
  readonly #hash: string;
  readonly keyOverhead = 0;

  constructor(connection: Connection, hash: string) {
    this.#connection = connection;
    this.#hash = hash;
  }

  get(key: Argument): Promise<Uint8Array | null> {
    return this.#send("HGET", key) as Promise<Uint8Array | null>;
  }

  async has(key: Argument): Promise<boolean> {
    return await this.#send("HEXISTS", key) === 1;
  }

  set(key: Argument, value: Argument): Promise<unknown> {
    return this.#send("HSET", key, value);
  }

  async delete(key: Argument): Promise<boolean> {
    return await this.#send("HDEL", key) === 1;
  }

  async insert(key: Argument, value: Argument): Promise<Uint8Array | undefined> {
    return bytesOf(await this.#run(INSERT, key, value));
  }

  async replace(key: Argument, value: Argument): Promise<Uint8Array | undefined> {
    return bytesOf(await this.#run(REPLACE, key, value));
  }

  async take(key: Argument): Promise<Uint8Array | undefined> {
    return bytesOf(await this.#run(TAKE, key));
  }

  async compareAndSet(
    key: Argument,
    seen: Uint8Array | undefined,
    next: Argument | undefined,
  ): Promise<boolean> {
    if (next === undefined) return await this.#run(COMPARE_AND_DELETE, key, seen!) === 1;
    if (seen === undefined) return await this.#send("HSETNX", key, next) === 1;
    return await this.#run(COMPARE_AND_SET, key, seen, next) === 1;
  }

  async expiresAt(key: Argument): Promise<number | undefined> {
    return await this.has(key) ? Infinity : undefined;
  }

  async count(): Promise<number> {
    return await this.#send("HLEN") as number;
  }

  setMany(entries: readonly (readonly [Argument, Argument])[]): Promise<unknown> {
    return this.#send("HSET", ...entries.flat());
  }

  deleteMany(keys: readonly Argument[]): Promise<unknown> {
    return this.#send("HDEL", ...keys);
  }

  async *pages(withValues: boolean): AsyncGenerator<readonly EntryBytes[]> {
    for await (const found of this.#scan<Uint8Array>((cursor) => this.#send("HSCAN", cursor, "COUNT", PAGE))) {
      const page: EntryBytes[] = [];
      for (let at = 0; at < found.length; at += 2) page.push([found[at]!, withValues ? found[at + 1] : undefined]);
      yield page;
    }
  }

  async *digestPages(request: DigestRequest, bits: number | undefined): AsyncGenerator<DigestPage> {
    const send = (command: readonly Argument[]) => this.#connection.send(this.#hash, command);
    const scan = (cursor: Argument) => DIGEST.run(send, [this.#hash], cursor, request, bits, DIGESTED_PAGE);
    for await (const pages of this.#scan<DigestPage>(scan)) yield* pages;
  }

  /** Walks over the server that has the hash. */
  async *#scan<Item>(scan: (cursor: Argument) => Promise<unknown>): AsyncGenerator<Item[]> {
    const before = runOf(await this.#run(RUN));
    yield* scanOne<Item>(scan);
    checkComplete(before, runOf(await this.#run(RUN)));
  }

  #send(name: string, ...args: Argument[]): Promise<unknown> {
    return this.#connection.send(this.#hash, [name, this.#hash, ...args]);
  }

  #run(script: Script, ...args: Argument[]): Promise<unknown> {
    return script.run(this.#connection, this.#hash, ...args);
  }
}
