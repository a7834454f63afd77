import type { AsyncStore, StoredEntry, StoreFailure, StoreSetOptions } from "../../async/async_store.ts";
import type { Clock } from "../../clock.ts";
import { isDeepEqual } from "../../equality/deep_equal.ts";
import { sameValueZero } from "../../keys/same_value_zero.ts";
import { InvalidValueError } from "../codec.ts";
import { decodeKeyFromText, encodeKeyAsText, type StoreKey } from "../key_codec.ts";
import { keyIdentity } from "../key_identity.ts";
import type { CheckedStoreMapOptions } from "../store_map_options.ts";
import { TimedValues } from "../timed_values.ts";
import type { Content, Slots } from "./slots.ts";

/** The entries of a map in slots: the key is the name, and the value holds the time at which the entry expires. */
export class SlotStore<K extends StoreKey, V> implements AsyncStore<K, V, Content> {
  readonly #name: string;
  readonly #slots: Slots;
  readonly #values: TimedValues<V>;
  readonly #ttlMs: number;
  readonly #clock: Clock;
  readonly #failureOf: (error: unknown) => StoreFailure | undefined;

  /**
   * @param name The name of the map, for errors.
   * @param failureOf What is known of a command that the store failed.
   */
  constructor(
    name: string,
    slots: Slots,
    { codec, ttlMs, clock }: CheckedStoreMapOptions<V>,
    failureOf: (error: unknown) => StoreFailure | undefined,
  ) {
    this.#name = name;
    this.#slots = slots;
    this.#values = new TimedValues(name, codec);
    this.#ttlMs = ttlMs;
    this.#clock = clock;
    this.#failureOf = failureOf;
  }

  identify(key: K): unknown {
    return keyIdentity(this.#name, key);
  }

  encode(value: V): Content {
    return this.#values.encode(value);
  }

  equals(a: V, b: V): boolean {
    return sameValueZero(a, b) || isDeepEqual(a, b);
  }

  failureOf(error: unknown): StoreFailure | undefined {
    return error instanceof InvalidValueError ? undefined : this.#failureOf(error);
  }

  get(key: K): Promise<StoredEntry<V> | undefined> {
    return this.#slots.get(this.#nameOf(key)).then((content) => {
      if (content === undefined) return undefined;
      const entry = this.#values.split(content, key);
      return this.#isOver(entry.expiresAt) ? undefined : entry;
    });
  }

  async getMany(keys: readonly K[]): Promise<(StoredEntry<V> | undefined)[]> {
    return await Promise.all(keys.map((key) => this.get(key)));
  }

  set(key: K, value: Content, { ttlMs = this.#ttlMs, expiresAt }: StoreSetOptions): Promise<unknown> {
    const endsAt = expiresAt ?? (ttlMs === Infinity ? Infinity : this.#clock.now() + ttlMs);
    return this.#slots.set(this.#nameOf(key), this.#values.join(value, endsAt), ttlMs);
  }

  /** A key that cannot be read was present, too. */
  async delete(key: K): Promise<boolean> {
    const name = this.#nameOf(key);
    const content = await this.#slots.get(name);
    if (content === undefined) return false;
    await this.#slots.delete(name);
    return !this.#isContentOver(content);
  }

  async *entries(): AsyncGenerator<[K, V]> {
    for await (const [key, content] of this.#present()) yield [key, this.#values.split(content, key).value];
  }

  async *keys(): AsyncGenerator<K> {
    for await (const [key] of this.#present()) yield key;
  }

  /** The slots of entries. What is over is removed; what another program has written under a name of its own is skipped. */
  async *#present(): AsyncGenerator<[K, Content]> {
    for await (const names of this.#slots.names()) {
      const keys = names.map(keyOf).filter((key) => key !== undefined) as K[];
      const contents = await Promise.all(keys.map((key) => this.#slots.get(this.#nameOf(key))));
      for (const [at, key] of keys.entries()) {
        const content = contents[at];
        if (content === undefined) continue;
        if (!this.#isContentOver(content)) yield [key, content];
        else await this.#slots.deleteIf?.(this.#nameOf(key), (now) => this.#isContentOver(now));
      }
    }
  }

  #isContentOver(content: Content): boolean {
    return this.#isOver(this.#values.expiresAt(content));
  }

  #nameOf(key: K): string {
    return encodeKeyAsText(this.#name, key);
  }

  #isOver(expiresAt: number): boolean {
    return expiresAt !== Infinity && expiresAt <= this.#clock.now();
  }
}

function keyOf(name: string): StoreKey | undefined {
  try {
    return decodeKeyFromText(name);
  } catch {
    return undefined;
  }
}
