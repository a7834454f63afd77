import type { AsyncStore, StoredEntry, StoreFailure } from "../../async/async_store.ts";
import type { CallOptions, ExpiringSetOptions } from "../../async_concurrent_map.ts";
import type { Clock } from "../../clock.ts";
import { isDeepEqual } from "../../equality/deep_equal.ts";
import { sameValueZero } from "../../keys/same_value_zero.ts";
import { InvalidValueError } from "../codec.ts";
import { encodeKey, type StoreKey } from "../key_codec.ts";
import { keyIdentity } from "../key_identity.ts";
import { StoredValues } from "../stored_values.ts";
import { MAX_HEAD_BYTES, TimedValues } from "../timed_values.ts";
import { type Content, Contents, firstPartOf, MAX_SPLIT_BYTES, MAX_WHOLE_BYTES } from "./contents.ts";
import { failureOf } from "./failure.ts";
import type { DenoKvAtomic, DenoKvDatabase, DenoKvEntry, DenoKvKey } from "./kv.ts";
import type { CheckedOptions } from "./options.ts";

const STORE = "DenoKvMap";

/** The longest key of Deno KV, in bytes, and those of it that the number of a part may take. */
const MAX_KEY_BYTES = 2_048;
const MAX_PART_NUMBER_BYTES = 9;
/** A string or bytes in a key have a byte before and one after them. */
const AROUND = 2;

/** The entries of a map in Deno KV, under keys of two parts: the prefix, and the bytes of the key. */
export class DenoKvStore<K extends StoreKey, V> implements AsyncStore<K, V, Uint8Array> {
  readonly maxKeyBytes: number;
  readonly maxValueBytes: number;
  readonly #kv: DenoKvDatabase;
  readonly #contents: Contents;
  readonly #prefix: string;
  /** How many bytes a key has besides those of the key of the map. */
  readonly #overhead: number;
  readonly #values: TimedValues<V>;
  readonly #keys: StoredValues<V>;
  readonly #ttlMs: number;
  readonly #clock: Clock;

  constructor(kv: DenoKvDatabase, { prefix, split, codec, ttlMs, clock }: CheckedOptions<V>) {
    this.#kv = kv;
    this.#contents = new Contents(kv, split);
    this.#prefix = prefix;
    this.#values = new TimedValues(STORE, codec);
    this.#keys = new StoredValues(STORE, codec);
    this.#ttlMs = ttlMs;
    this.#clock = clock;
    this.#overhead = new TextEncoder().encode(prefix).length + 2 * AROUND + (split ? MAX_PART_NUMBER_BYTES : 0);
    this.maxKeyBytes = MAX_KEY_BYTES - this.#overhead;
    this.maxValueBytes = (split ? MAX_SPLIT_BYTES : MAX_WHOLE_BYTES) - MAX_HEAD_BYTES;
  }

  identify(key: K): unknown {
    if (mayBeLongerThan(key, this.maxKeyBytes)) {
      const length = lengthInKey(encodeKey(STORE, key));
      if (length > this.maxKeyBytes) {
        throw new RangeError(
          `Cannot use ${STORE}: key must have at most ${this.maxKeyBytes} bytes, zeros counted twice: received ${length}`,
        );
      }
    }
    return keyIdentity(STORE, key);
  }

  encode(value: V): Uint8Array {
    const bytes = this.#values.encodeAsBytes(value);
    if (bytes.length <= this.maxValueBytes) return bytes;
    throw new RangeError(
      `Cannot set a value of ${STORE}: it must have at most ${this.maxValueBytes} bytes: received ${bytes.length}`,
    );
  }

  equals(a: V, b: V): boolean {
    return sameValueZero(a, b) || isDeepEqual(a, b);
  }

  failureOf(error: unknown): StoreFailure | undefined {
    return error instanceof InvalidValueError ? undefined : failureOf(error);
  }

  async get(key: K): Promise<StoredEntry<V> | undefined> {
    return this.#entryOf(key, await this.#contents.get(this.#keyOf(key)));
  }

  async getMany(keys: readonly K[]): Promise<(StoredEntry<V> | undefined)[]> {
    const contents = await this.#contents.getMany(keys.map((key) => this.#keyOf(key)));
    return keys.map((key, at) => this.#entryOf(key, contents[at]));
  }

  set(key: K, value: Uint8Array, { ttlMs = this.#ttlMs }: ExpiringSetOptions): Promise<unknown> {
    const atomic = this.#kv.atomic();
    this.#set(atomic, this.#keyOf(key), value, this.#timeAfter(ttlMs));
    return atomic.commit();
  }

  setMany(
    entries: readonly (readonly [K, Uint8Array])[],
    { ttlMs = this.#ttlMs }: ExpiringSetOptions,
  ): Promise<unknown> {
    const atomic = this.#kv.atomic();
    const expiresAt = this.#timeAfter(ttlMs);
    for (const [key, value] of entries) this.#set(atomic, this.#keyOf(key), value, expiresAt);
    return atomic.commit();
  }

  deleteMany(keys: readonly K[]): Promise<unknown> {
    const atomic = this.#kv.atomic();
    for (const key of keys) this.#contents.delete(atomic, this.#keyOf(key));
    return atomic.commit();
  }

  shareOf(key: K, value?: Uint8Array): number {
    const keyBytes = this.#overhead + lengthInKey(encodeKey(STORE, key));
    return this.#contents.shareOf(keyBytes, value === undefined ? 0 : value.length + MAX_HEAD_BYTES);
  }

  async delete(key: K): Promise<boolean> {
    const denoKey = this.#keyOf(key);
    for (;;) {
      const content = await this.#contents.get(denoKey);
      if (content === undefined) return false;
      const { ok } = await this.#checked(denoKey, content, (atomic) => this.#contents.delete(atomic, denoKey));
      if (ok) return !this.#isOver(content.bytes);
    }
  }

  async compareAndSet(
    key: K,
    seen: StoredEntry<V> | undefined,
    next: { readonly value: Uint8Array } | undefined,
  ): Promise<boolean> {
    const denoKey = this.#keyOf(key);
    const write = (atomic: DenoKvAtomic) => {
      if (next === undefined) this.#contents.delete(atomic, denoKey);
      else this.#set(atomic, denoKey, next.value, seen?.expiresAt ?? this.#timeAfter(this.#ttlMs));
    };
    if (seen !== undefined) return (await this.#checked(denoKey, seen.version as Content, write)).ok;
    if ((await this.#checked(denoKey, undefined, write)).ok) return true;
    // An entry that has expired is absent to the map.
    const content = await this.#contents.get(denoKey);
    return content !== undefined && this.#isOver(content.bytes) && (await this.#checked(denoKey, content, write)).ok;
  }

  async *entries(_options?: CallOptions): AsyncGenerator<[K, V]> {
    for await (const [key, entry] of this.#present()) {
      const content = await this.#contents.of(entry);
      if (content === undefined || this.#isOver(content.bytes)) continue;
      yield [key, this.#values.split(content.bytes, key).value];
    }
  }

  async *keys(_options?: CallOptions): AsyncGenerator<K> {
    for await (const [key] of this.#present()) yield key;
  }

  /** The entries that Deno KV has, and that have not expired. */
  async *#present(): AsyncGenerator<[K, DenoKvEntry]> {
    // Strings come after all bytes.
    const range = { start: [this.#prefix, new Uint8Array()], end: [this.#prefix, ""] };
    for await (const entry of this.#kv.list(range)) {
      const isPart = entry.key.length > 2;
      if (isPart || this.#isOver(firstPartOf(entry).first)) continue;
      yield [this.#keys.decodeKey(entry.key[1] as Uint8Array) as K, entry];
    }
  }

  #checked(key: DenoKvKey, seen: Content | undefined, write: (atomic: DenoKvAtomic) => void) {
    const atomic = this.#kv.atomic();
    atomic.check({ key, versionstamp: seen?.versionstamp ?? null });
    write(atomic);
    return atomic.commit();
  }

  #set(atomic: DenoKvAtomic, key: DenoKvKey, value: Uint8Array, expiresAt: number): void {
    const content = this.#values.join(value, expiresAt) as Uint8Array;
    const ttlMs = expiresAt === Infinity ? Infinity : expiresAt - this.#clock.now();
    this.#contents.set(atomic, key, content, ttlMs);
  }

  #entryOf(key: K, content: Content | undefined): StoredEntry<V> | undefined {
    if (content === undefined || this.#isOver(content.bytes)) return undefined;
    return { ...this.#values.split(content.bytes, key), version: content };
  }

  #isOver(bytes: Uint8Array): boolean {
    const expiresAt = this.#values.expiresAt(bytes);
    return expiresAt !== Infinity && expiresAt <= this.#clock.now();
  }

  #timeAfter(ttlMs: number): number {
    return ttlMs === Infinity ? Infinity : this.#clock.now() + ttlMs;
  }

  #keyOf(key: K): DenoKvKey {
    return [this.#prefix, encodeKey(STORE, key)];
  }
}

/** Whether a key may have more bytes than this in a key of Deno KV: at most four for each code unit. */
function mayBeLongerThan(key: StoreKey, maxBytes: number): boolean {
  return typeof key !== "number" && 1 + 4 * key.length > maxBytes;
}

/** The length of bytes as a part of a key: Deno KV has two bytes for each zero. */
function lengthInKey(bytes: Uint8Array): number {
  let length = bytes.length;
  for (const byte of bytes) if (byte === 0) length++;
  return length;
}
