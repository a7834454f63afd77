import type { ConcurrentMap, Traits } from "../concurrent_map.ts";
import { type Branch, type Entry, HashTrie, type HashTrieStructure, walk } from "./hash_trie.ts";
import { keyHash } from "../keys/key_hash.ts";
import { sameValueZero, storedKey } from "../keys/same_value_zero.ts";

/** What a {@link HashTrieMap} can be told. */
export interface HashTrieMapOptions<K> {
  /**
   * A hash of a key: a 32-bit integer, the same for keys that `Map` takes for the same. A worse one costs speed, never an
   * entry: keys with the same hash are looked for one by one.
   * @default {keyHash}
   */
  readonly hash?: (key: K) => number;
}

/**
 * A {@link ConcurrentMap} whose snapshots cost nothing to take: a trie that branches 16 ways on the key's hash, as Go's
 * `sync.Map` is since Go 1.24, and shares with its snapshots what did not change since.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `has`, `set`, `delete` and the other operations on a key | O(log16 n) | O(log16 n + keys with the same hash) |
 * | `size`, `clear`, `snapshot`, to begin an iteration | O(1) | O(1) |
 * | iteration, of the map or of a snapshot | O(n) | O(n) |
 *
 * A write changes what only the map itself can reach in place. What a snapshot or an iteration was taken of is copied
 * before the first write to it: one entry, and the up to eight branches of 16 slots that lead to it. So the next n writes
 * after a snapshot pay for it, each a little, and there is no pause at any size: nothing is ever rehashed.
 *
 * Strings and bigints are hashed anew by each operation, in O(length).
 *
 * What it is bad at: there is no order; a look-up follows several references where a `Map` follows one, so a `NativeMap` is
 * several times faster, and an entry takes two to three times the memory; a snapshot that is kept keeps all that was deleted
 * since. Take it where others read the whole while it is written, and a `NativeMap` where nobody does. Whoever can choose
 * keys can choose them with the same hash: give it a hash with a secret in it then.
 *
 * Sources: Go 1.24, `src/internal/sync/hashtriemap.go`; Bagwell, "Ideal Hash Trees", 2001; the marks of ownership are those
 * of Clojure's transients.
 *
 * @example
 * ```ts
 * import { HashTrieMap } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const stock = new HashTrieMap<string, number>();
 * stock.set("apples", 3).set("pears", 5);
 * const atNoon = stock.snapshot();
 * stock.set("apples", 2).delete("pears");
 * assertEquals(new Map(atNoon), new Map([["apples", 3], ["pears", 5]]));
 * assertEquals(new Map(stock), new Map([["apples", 2]]));
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class HashTrieMap<K, V> implements ConcurrentMap<K, V> {
  /** No order, iteration over a snapshot, which takes constant time, values by reference; as many entries as hashes. */
  readonly traits: Traits = {
    order: "none",
    iteration: "snapshot",
    snapshot: "constant",
    keys: "any",
    values: "reference",
    maxEntries: 2 ** 32,
    shared: false,
    evicts: false,
  };
  readonly #trie = new HashTrie<K, V>();
  readonly #hash: (key: K) => number;

  /**
   * Begins empty.
   *
   * @param options See {@link HashTrieMapOptions}.
   * @throws {TypeError} If `hash` is not a function.
   */
  constructor(options: HashTrieMapOptions<K> = {}) {
    const { hash = keyHash } = options;
    if (typeof hash !== "function") {
      throw new TypeError(`Cannot create HashTrieMap: hash must be a function: received ${typeof hash}`);
    }
    this.#hash = hash;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#trie.size;
  }

  /** How many branches and entries were copied because a snapshot or an iteration held them: what those cost. */
  get copies(): number {
    return this.#trie.copies;
  }

  /** How the trie looks inside now, all of it. O(n). */
  get structure(): HashTrieStructure {
    return this.#trie.structure;
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    return this.#find(key)?.value;
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    return this.#find(key) !== undefined;
  }

  /** Gives `key` a value and returns the map. */
  set(key: K, value: V): this {
    this.getAndSet(key, value);
    return this;
  }

  /** Removes `key`, and tells whether it was there. */
  delete(key: K): boolean {
    const entry = this.#find(key);
    if (entry !== undefined) this.#trie.remove(entry);
    return entry !== undefined;
  }

  /** Removes every entry. */
  clear(): void {
    this.#trie.clear();
  }

  /** The value of `key`; if it has none, it is given `value` first. */
  getOrInsert(key: K, value: V): V {
    const hash = this.#hash(key) | 0;
    const entry = this.#trie.find(hash, key);
    if (entry !== undefined) return entry.value;
    this.#trie.insert(hash, storedKey(key), value);
    return value;
  }

  /** The value of `key`; if it has none, it is given what `compute` returns. */
  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    const entry = this.#find(key);
    if (entry !== undefined) return entry.value;
    const value = compute(storedKey(key));
    this.set(key, value);
    return value;
  }

  /** Removes `key` and returns the value it had. */
  getAndDelete(key: K): V | undefined {
    const entry = this.#find(key);
    if (entry !== undefined) this.#trie.remove(entry);
    return entry?.value;
  }

  /** Gives `key` a value and returns the one it had before. */
  getAndSet(key: K, value: V): V | undefined {
    const hash = this.#hash(key) | 0;
    const entry = this.#trie.find(hash, key);
    const before = entry?.value;
    if (entry === undefined) this.#trie.insert(hash, storedKey(key), value);
    else this.#trie.write(entry, value);
    return before;
  }

  /** Gives `key` a value if it has the value `expected`, and tells whether it did. */
  compareAndSet(key: K, expected: V, value: V): boolean {
    const entry = this.#findEqual(key, expected);
    if (entry !== undefined) this.#trie.write(entry, value);
    return entry !== undefined;
  }

  /** Removes `key` if it has the value `expected`, and tells whether it did. */
  compareAndDelete(key: K, expected: V): boolean {
    const entry = this.#findEqual(key, expected);
    if (entry !== undefined) this.#trie.remove(entry);
    return entry !== undefined;
  }

  /** Replaces the value of `key` by what `fn` returns for it; `undefined` deletes. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const next = fn(this.get(key));
    if (next === undefined) this.delete(key);
    else this.set(key, next);
    return next;
  }

  /** Calls `callback` for each entry there is now. */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) callback.call(thisArg, value, key, this);
  }

  /** Iterates over `[key, value]`, as of now. */
  entries(): MapIterator<[K, V]> {
    return walk(this.#trie.share(), pairOf);
  }

  /** Iterates over the keys, as of now. */
  keys(): MapIterator<K> {
    return walk(this.#trie.share(), ({ key }) => key);
  }

  /** Iterates over the values, as of now. */
  values(): MapIterator<V> {
    return walk(this.#trie.share(), ({ value }) => value);
  }

  /** The entries as of this moment. O(1). */
  snapshot(): Iterable<[K, V]> {
    return new Snapshot(this.#trie.share());
  }

  /** Iterates over `[key, value]`, as of now. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  /** The class's name. */
  get [Symbol.toStringTag](): string {
    return "HashTrieMap";
  }

  #find(key: K): Entry<K, V> | undefined {
    return this.#trie.find(this.#hash(key) | 0, key);
  }

  #findEqual(key: K, expected: V): Entry<K, V> | undefined {
    const entry = this.#find(key);
    return entry !== undefined && sameValueZero(entry.value, expected) ? entry : undefined;
  }
}

class Snapshot<K, V> implements Iterable<[K, V]> {
  readonly #root: Branch<K, V>;

  constructor(root: Branch<K, V>) {
    this.#root = root;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return walk(this.#root, pairOf);
  }
}

function pairOf<K, V>({ key, value }: Entry<K, V>): [K, V] {
  return [key, value];
}
