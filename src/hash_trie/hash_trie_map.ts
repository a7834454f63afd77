import { AbstractMap, DEFAULT_TRAITS } from "../abstract_map.ts";
import { checkCallback } from "../callback.ts";
import type { Traits } from "../concurrent_map.ts";
import { type Branch, type Entry, HashTrie, type HashTrieStructure, walk } from "./hash_trie.ts";
import { makeKeyHash } from "../keys/key_hash.ts";
import { sameValueZero, storedKey } from "../keys/same_value_zero.ts";
import { mapArguments, setEntries } from "../map_arguments.ts";
import { checkOptions, FUNCTION, type Rules } from "../options.ts";

/** Options for a {@link HashTrieMap}. */
export interface HashTrieMapOptions<K> {
  /**
   * Returns the hash of a key: a 32-bit integer, equal for keys that `Map` treats as equal. A bad hash makes the map
   * slower, by one hash of the default kind and a dozen references for each operation, but never wrong.
   * @default {HalfSipHash-1-3 with a random key of this map; objects and unregistered symbols by identity}
   */
  readonly hash?: (key: K) => number;
}

const RULES: Rules<HashTrieMapOptions<unknown>> = { hash: FUNCTION };
const TRAITS: Traits = { ...DEFAULT_TRAITS, iteration: "snapshot", snapshot: "constant", maxEntries: 2 ** 32 };

/**
 * A {@link ConcurrentMap} that takes a snapshot in constant time: a trie that branches 16 ways on the hash of the key,
 * like Go's `sync.Map` since Go 1.24. It shares everything that has not changed since with its snapshots.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `set` and the other operations on a key | O(log16 n) | O(log16 n) |
 * | `size`, `clear`, `snapshot`, beginning an iteration | O(1) | O(1) |
 * | iteration, of the map or of a snapshot | O(n) | O(n) |
 *
 * A write changes in place what only the map can reach, and first copies what a snapshot or an iteration can reach: one
 * entry, and the branches of 16 slots that lead to it, up to eight, and more only for keys with the same hash. So each
 * of the writes after a snapshot pays a little for it, and there is no pause at any size: nothing is ever rehashed.
 *
 * Each operation hashes its key, which takes O(length) for strings and bigints.
 *
 * What it is bad at: there is no order; a look-up follows several references where a `Map` follows one, so a
 * `NativeMap` is several times faster, and an entry takes two to three times the memory; a snapshot keeps alive all
 * entries that are deleted after it. Use it if the whole map is read while it is written, and a `NativeMap`
 * otherwise. The default hash is secret, so nobody can choose keys that make the map slow.
 *
 * Sources: Go 1.24, `src/internal/sync/hashtriemap.go`; Bagwell, "Ideal Hash Trees", 2001; the epochs are the ownership
 * marks of Clojure's transients.
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
export class HashTrieMap<K, V> extends AbstractMap<K, V> {
  readonly #trie = new HashTrie<K, V>();
  readonly #hash: (key: K) => number;

  /**
   * A map of `entries`, or an empty one.
   *
   * @param entries The first entries; of two with the same key the later one counts. Or the options alone.
   * @param options See {@link HashTrieMapOptions}.
   * @throws {TypeError} If `entries` is not an iterable of pairs, or an option is unknown or of the wrong type.
   */
  constructor(
    entries?: Iterable<readonly [K, V]> | HashTrieMapOptions<K> | null,
    options?: HashTrieMapOptions<K>,
  ) {
    super();
    const given = mapArguments(entries, options);
    const { hash = makeKeyHash() } = checkOptions<HashTrieMapOptions<K>, object>(
      "create HashTrieMap",
      given.options,
      RULES,
      {},
    );
    this.#hash = hash;
    setEntries(this, given.entries);
  }

  /** No order, iteration over a snapshot, which takes constant time, values by reference; as many entries as hashes. */
  override get traits(): Traits {
    return TRAITS;
  }

  /** The number of entries. */
  override get size(): number {
    return this.#trie.size;
  }

  /** How many branches and entries were copied because a snapshot or an iteration shared them. */
  get copies(): number {
    return this.#trie.copies;
  }

  /** The structure of the trie. O(n). */
  get structure(): HashTrieStructure {
    return this.#trie.structure;
  }

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K): V | undefined {
    return this.#find(key)?.value;
  }

  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K): boolean {
    return this.#find(key) !== undefined;
  }

  /** Sets the value of `key` and returns the map. */
  set(key: K, value: V): this {
    this.getAndSet(key, value);
    return this;
  }

  /** Removes `key` and returns whether it was present. */
  delete(key: K): boolean {
    const entry = this.#find(key);
    if (entry !== undefined) this.#trie.remove(entry);
    return entry !== undefined;
  }

  /** Removes every entry. */
  override clear(): void {
    this.#trie.clear();
  }

  /** The value of `key`; if it is absent, it is set to `value` first. */
  override getOrInsert(key: K, value: V): V {
    const hash = this.#hash(key) | 0;
    const entry = this.#trie.find(hash, key);
    if (entry !== undefined) return entry.value;
    this.#trie.insert(hash, storedKey(key), value);
    return value;
  }

  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns first.
   *
   * @throws {TypeError} If `compute` is not a function.
   */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    checkCallback("getOrInsertComputed", compute);
    const entry = this.#find(key);
    if (entry !== undefined) return entry.value;
    const value = compute(storedKey(key));
    this.set(key, value);
    return value;
  }

  /** Removes `key` and returns the value that it had. */
  override getAndDelete(key: K): V | undefined {
    const entry = this.#find(key);
    if (entry !== undefined) this.#trie.remove(entry);
    return entry?.value;
  }

  /** Sets the value of `key` and returns the one that it had before. */
  override getAndSet(key: K, value: V): V | undefined {
    const hash = this.#hash(key) | 0;
    const entry = this.#trie.find(hash, key);
    const before = entry?.value;
    if (entry === undefined) this.#trie.insert(hash, storedKey(key), value);
    else this.#trie.write(entry, value);
    return before;
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it was. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    const entry = this.#findEqual(key, expected);
    if (entry !== undefined) this.#trie.write(entry, value);
    return entry !== undefined;
  }

  /** Removes `key` if its value is `expected`, and returns whether it was. */
  override compareAndDelete(key: K, expected: V): boolean {
    const entry = this.#findEqual(key, expected);
    if (entry !== undefined) this.#trie.remove(entry);
    return entry !== undefined;
  }

  /**
   * Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key.
   *
   * @throws {TypeError} If `fn` is not a function.
   */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    // As in AbstractMap, whose method is up to 1.4 times slower on V8 once maps of several classes have used it.
    const next = fn(this.get(key));
    if (next === undefined) this.delete(key);
    else this.set(key, next);
    return next;
  }

  /** Iterates over `[key, value]`, as of now. */
  entries(): MapIterator<[K, V]> {
    return walk(this.#trie.share(), pairOf);
  }

  /** Iterates over the keys, as of now. */
  override keys(): MapIterator<K> {
    return walk(this.#trie.share(), ({ key }) => key);
  }

  /** Iterates over the values, as of now. */
  override values(): MapIterator<V> {
    return walk(this.#trie.share(), ({ value }) => value);
  }

  /** The entries as of this moment. O(1). */
  override snapshot(): Iterable<[K, V]> {
    return new Snapshot(this.#trie.share());
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
