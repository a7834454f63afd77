import { AbstractMap } from "../abstract_map.ts";
import { checkCallback } from "../callback.ts";
import { sameValueZero, storedKey } from "../keys/same_value_zero.ts";
import { setEntries } from "../map_arguments.ts";

/** Stands for the value of an entry that was deleted; the key may still be in both maps. */
const DELETED: unique symbol = Symbol("deleted");
/** Stands for the value of an entry that was deleted, and whose key is not in `dirty`. */
const EXPUNGED: unique symbol = Symbol("expunged");

/** What a key leads to. The same object in `read` and in `dirty`, so that a value is written once for both. */
interface Entry<V> {
  value: V | typeof DELETED | typeof EXPUNGED;
}

/** How a {@link ReadDirtyMap} looks inside. */
export interface ReadDirtyStructure {
  /** Keys in `read`, those of deleted entries among them. */
  readonly read: number;
  /** Keys in `dirty`; 0 while there is none. */
  readonly dirty: number;
  /** Whether `dirty` has keys that `read` has not, or had some. */
  readonly amended: boolean;
  /** Look-ups since the last promotion that had to go to `dirty`. */
  readonly misses: number;
}

/**
 * A {@link ConcurrentMap} made as Go's `sync.Map` was up to Go 1.23 (`src/sync/map.go`, the type's comment and methods): for
 * keys that are written once and read often.
 *
 * It has two maps. `read` never gets or loses a key, so it can be looked at by whoever holds it; `dirty` takes the new keys,
 * and holds besides all of `read` that is not deleted.
 *
 * - A look-up that `read` can't answer is a miss. When there were as many misses as `dirty` has keys, `dirty` is promoted: it
 *   becomes `read`. So does it before an iteration.
 * - The first new key after that makes a new `dirty`, a copy of `read` without what was deleted: those entries are marked
 *   as expunged, since `dirty` has no key for them. An expunged key that is set again gets it back.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `has`, `delete` and the atomic operations on an existing key | O(1) | O(1) |
 * | `set` and the atomic operations on a new key | O(1) | O(n), the first after a promotion |
 * | `size`, `clear` | O(1) | O(1), the rest left to the garbage collector |
 * | iteration, `snapshot` | O(n) | O(n) |
 *
 * What it is bad at: new keys that come between reads of other new ones, each of which can copy the whole map; and many
 * deletes, whose keys stay in `read` until the next copy. JavaScript has no threads that share it, so it gains nothing over a
 * `NativeMap` in speed. What it has is an iteration that nothing written meanwhile prolongs.
 *
 * @example
 * ```ts
 * import { ReadDirtyMap } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const routes = new ReadDirtyMap<string, number>();
 * routes.set("/", 1).set("/users", 2);
 * assertEquals(routes.promotions, 0);
 * assertEquals([routes.get("/"), routes.get("/users")], [1, 2]);
 * assertEquals(routes.promotions, 1);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class ReadDirtyMap<K, V> extends AbstractMap<K, V> {
  #read = new Map<K, Entry<V>>();
  #dirty: Map<K, Entry<V>> | undefined;
  #amended = false;
  #misses = 0;
  #promotions = 0;
  #size = 0;

  /**
   * A map of `entries`, or an empty one.
   *
   * @param entries The first entries; of two with the same key the later one counts.
   * @throws {TypeError} If `entries` is not an iterable of pairs.
   */
  constructor(entries?: Iterable<readonly [K, V]> | null) {
    super();
    setEntries(this, entries);
  }

  /** The number of entries. */
  override get size(): number {
    return this.#size;
  }

  /** How often `dirty` took the place of `read`. */
  get promotions(): number {
    return this.#promotions;
  }

  /** How the map looks inside now. */
  get structure(): ReadDirtyStructure {
    return {
      read: this.#read.size,
      dirty: this.#dirty?.size ?? 0,
      amended: this.#amended,
      misses: this.#misses,
    };
  }

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K): V | undefined {
    return present(this.#find(key, true)?.value);
  }

  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K): boolean {
    const entry = this.#find(key, true);
    return entry !== undefined && !isGone(entry.value);
  }

  /** Sets the value of `key` and returns the map. */
  set(key: K, value: V): this {
    this.#swap(key, value);
    return this;
  }

  /** Removes `key` and returns whether it was present. */
  delete(key: K): boolean {
    return !isGone(this.#remove(key));
  }

  /** Removes every entry. */
  override clear(): void {
    this.#read = new Map();
    this.#dirty = undefined;
    this.#amended = false;
    this.#misses = 0;
    this.#size = 0;
  }

  /** The value of `key`; if it is absent, it is set to `value` first. */
  override getOrInsert(key: K, value: V): V {
    const entry = this.#find(key, false);
    if (entry !== undefined && !isGone(entry.value)) return entry.value;
    this.#swap(key, value);
    return value;
  }

  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns first.
   *
   * @throws {TypeError} If `compute` is not a function.
   */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    checkCallback("getOrInsertComputed", compute);
    const entry = this.#find(key, false);
    if (entry !== undefined && !isGone(entry.value)) return entry.value;
    const value = compute(storedKey(key));
    this.#swap(key, value);
    return value;
  }

  /** Removes `key` and returns the value that it had. */
  override getAndDelete(key: K): V | undefined {
    return present(this.#remove(key));
  }

  /** Sets the value of `key` and returns the one that it had before. */
  override getAndSet(key: K, value: V): V | undefined {
    return present(this.#swap(key, value));
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it was. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    const entry = this.#findEqual(key, expected);
    if (entry !== undefined) entry.value = value;
    return entry !== undefined;
  }

  /** Removes `key` if its value is `expected`, and returns whether it was. Its place stays until the next copy. */
  override compareAndDelete(key: K, expected: V): boolean {
    const entry = this.#findEqual(key, expected);
    if (entry === undefined) return false;
    entry.value = DELETED;
    this.#size--;
    return true;
  }

  /** Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key. */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const next = fn(present(this.#find(key, false)?.value));
    if (next === undefined) this.#remove(key);
    else this.#swap(key, next);
    return next;
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    if (this.#amended) this.#promote();
    return presentIn(this.#read);
  }

  /** The entry of `key`; to look for it in `dirty` is a miss, if it is not there at least where `countsAbsence`. */
  #find(key: K, countsAbsence: boolean): Entry<V> | undefined {
    let entry = this.#read.get(key);
    if (entry === undefined && this.#amended) {
      entry = this.#dirty?.get(key);
      if (entry !== undefined || countsAbsence) this.#miss();
    }
    return entry;
  }

  #findEqual(key: K, expected: V): Entry<V> | undefined {
    const entry = this.#find(key, false);
    return entry !== undefined && !isGone(entry.value) && sameValueZero(entry.value, expected) ? entry : undefined;
  }

  /** Gives `key` a value, and returns what it had. */
  #swap(key: K, value: V): Entry<V>["value"] {
    const entry = this.#read.get(key) ?? this.#dirty?.get(key);
    if (entry === undefined) {
      this.#toAmend().set(key, { value });
      this.#size++;
      return DELETED;
    }
    const before = entry.value;
    if (before === EXPUNGED) this.#dirty?.set(key, entry);
    if (isGone(before)) this.#size++;
    entry.value = value;
    return before;
  }

  /** Removes `key`, and returns what it had. */
  #remove(key: K): Entry<V>["value"] {
    let entry = this.#read.get(key);
    if (entry === undefined && this.#amended) {
      entry = this.#dirty?.get(key);
      this.#dirty?.delete(key);
      this.#miss();
    }
    if (entry === undefined || isGone(entry.value)) return DELETED;
    const before = entry.value;
    entry.value = DELETED;
    this.#size--;
    return before;
  }

  #miss(): void {
    if (++this.#misses >= (this.#dirty?.size ?? 0)) this.#promote();
  }

  #promote(): void {
    this.#read = this.#dirty ?? new Map();
    this.#dirty = undefined;
    this.#amended = false;
    this.#misses = 0;
    this.#promotions++;
  }

  /** `dirty`, to put a key into that `read` has not. */
  #toAmend(): Map<K, Entry<V>> {
    this.#amended = true;
    if (this.#dirty !== undefined) return this.#dirty;
    const dirty = new Map<K, Entry<V>>();
    for (const [key, entry] of this.#read) {
      if (entry.value === DELETED) entry.value = EXPUNGED;
      if (entry.value !== EXPUNGED) dirty.set(key, entry);
    }
    this.#dirty = dirty;
    return dirty;
  }
}

function* presentIn<K, V>(read: ReadonlyMap<K, Entry<V>>): MapIterator<[K, V]> {
  for (const [key, { value }] of read) {
    if (!isGone(value)) yield [key, value];
  }
}

function isGone<V>(value: Entry<V>["value"]): value is typeof DELETED | typeof EXPUNGED {
  return value === DELETED || value === EXPUNGED;
}

function present<V>(value: Entry<V>["value"] | undefined): V | undefined {
  return value === undefined || isGone(value) ? undefined : value;
}
