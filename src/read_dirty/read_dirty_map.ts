import { AbstractMap } from "../abstract_map.ts";
import { checkCallback } from "../callback.ts";
import { sameValueZero, storedKey } from "../keys/same_value_zero.ts";
import { setEntries } from "../map_arguments.ts";

/** The value of a deleted entry, whose key may still be in both maps. */
const DELETED: unique symbol = Symbol("deleted");
/** The value of a deleted entry whose key is not in `dirty`. */
const EXPUNGED: unique symbol = Symbol("expunged");

/** An entry. `read` and `dirty` share it, so that a value is written once for both. */
interface Entry<V> {
  value: V | typeof DELETED | typeof EXPUNGED;
}

/** The inner state of a {@link ReadDirtyMap}. */
export interface ReadDirtyStructure {
  /** The number of keys in `read`, those of deleted entries included. */
  readonly read: number;
  /** The number of keys in `dirty`; 0 if there is no `dirty`. */
  readonly dirty: number;
  /** Whether `dirty` has, or had, keys that `read` lacks. */
  readonly amended: boolean;
  /** The number of look-ups since the last promotion that had to search `dirty`. */
  readonly misses: number;
}

/**
 * A {@link ConcurrentMap} built like Go's `sync.Map` up to Go 1.23 (`src/sync/map.go`, the type's comment and methods),
 * for keys that are written once and read often.
 *
 * It consists of two maps. `read` takes no new keys, so that an iteration over it ends; `dirty` takes them, and also
 * has every entry of `read` that is not deleted.
 *
 * - A look-up that `read` can't answer is a miss. After as many misses as `dirty` has keys, `dirty` is promoted: it
 *   becomes `read`. An iteration promotes it, too.
 * - The first new key after a promotion creates a new `dirty`: a copy of `read` without the deleted entries, which are
 *   marked as expunged. An expunged key that is set again is added to `dirty`.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `has`, `delete` and the atomic operations on an existing key | O(1) | O(1) |
 * | `set` and the atomic operations on a new key | O(1) | O(n), for the first after a promotion |
 * | `size`, `clear` | O(1) | O(1), the rest left to the garbage collector |
 * | iteration, `snapshot` | O(n) | O(n) |
 *
 * What it is bad at: inserts that alternate with reads of new keys, since each insert can copy the whole map; and many
 * deletes, whose keys stay in `read` until the next copy or iteration. As no other thread shares it, it is not faster
 * than a `NativeMap`. Its advantage is an iteration that writes do not prolong.
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

  /** How many times `dirty` was promoted. */
  get promotions(): number {
    return this.#promotions;
  }

  /** The inner state of the map. */
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

  /** Removes `key` if its value is `expected`, and returns whether it was. Its key stays until the next copy. */
  override compareAndDelete(key: K, expected: V): boolean {
    const entry = this.#findEqual(key, expected);
    if (entry === undefined) return false;
    entry.value = DELETED;
    this.#size--;
    return true;
  }

  /**
   * Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key.
   *
   * @throws {TypeError} If `fn` is not a function.
   */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const next = fn(present(this.#find(key, false)?.value));
    if (next === undefined) this.#remove(key);
    else this.#swap(key, next);
    return next;
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    if (this.#amended) this.#promote();
    return this.#visit(this.#read);
  }

  /** The entry of `key`. Finding it in `dirty` is a miss; if `countsAbsence`, so is not finding it there. */
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

  /** Sets the value of `key` and returns the former one. */
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

  /** Removes `key` and returns its value. */
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

  /**
   * Removes the deleted keys that it passes, unless `dirty` may have them too: the next iteration need not pass them.
   */
  *#visit(read: Map<K, Entry<V>>): MapIterator<[K, V]> {
    for (const [key, { value }] of read) {
      if (!isGone(value)) yield [key, value];
      else if (this.#dirty === undefined) read.delete(key);
    }
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

  /** Returns `dirty`, for a key that `read` lacks; it is created if there is none. */
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

function isGone<V>(value: Entry<V>["value"]): value is typeof DELETED | typeof EXPUNGED {
  return value === DELETED || value === EXPUNGED;
}

function present<V>(value: Entry<V>["value"] | undefined): V | undefined {
  return value === undefined || isGone(value) ? undefined : value;
}
