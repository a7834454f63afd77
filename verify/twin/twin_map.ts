import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";
import { keyHash } from "../../src/keys/key_hash.ts";
import { evicts } from "../pair/eviction.ts";
import type { MirroredWrite } from "../mirror/mirror.ts";
import type { TwinOptions } from "./options.ts";
import { Rollout } from "../migration/migration.ts";

/**
 * A map that is two maps: every operation is served by the authoritative one and mirrored to the other, and the two are
 * compared off the caller's way. Made by `twin`.
 *
 * To its callers it is the authoritative map: the same results, errors and iteration. Operations on the whole map
 * (`size`, iteration, `snapshot`) are answered by the old map before `rampdown` and by the new one from there on.
 *
 * | method | cost |
 * | --- | --- |
 * | reads | that of the authoritative map; a hash of the key of those that are looked at where `sample` is a part, of all where `percent` is |
 * | writes | that of both maps, and a hash of the key, but for `set`s that are not looked at |
 * | `stage` | O(1), and O(queued writes) |
 * | `report` | O(1): its size is bounded |
 * | `sweep`, `backfill` | O(n), in slices |
 */
export class TwinMap<K, V> extends Rollout<K, V> implements ConcurrentMap<K, V> {
  /** Use `twin`. */
  constructor(oldMap: ConcurrentMap<K, V>, newMap: ConcurrentMap<K, V>, options: TwinOptions<V>) {
    super(oldMap, newMap, options);
  }

  /** The traits of the map that answers. */
  get traits(): Traits {
    return this.route.front.traits;
  }

  /** How many entries there are. */
  get size(): number {
    this.operations.reads++;
    return this.route.front.size;
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    const value = this.route.reader.get(key);
    this.operations.reads++;
    return value;
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    const has = this.route.reader.has(key);
    this.operations.reads++;
    return has;
  }

  /** Gives `key` a value and returns the map. */
  set(key: K, value: V): this {
    this.route.setter.set(key, value);
    this.operations.writes++;
    return this;
  }

  /** Removes `key`, and tells whether it was there. */
  delete(key: K): boolean {
    const first = this.#beginWrite(key);
    const deleted = first.delete(key);
    if (this.route.mirrors) this.#handOn(first, "delete", key, (map) => map.delete(key), deleted);
    return deleted;
  }

  /** Removes every entry. */
  clear(): void {
    this.operations.writes++;
    this.route.front.clear();
    if (!this.route.mirrors) return;
    const other = this.route.other(this.route.front);
    const apply = (map: ConcurrentMap<K, V>): undefined => {
      this.versions.allWritten();
      map.clear();
    };
    this.#apply({
      operation: "clear",
      key: undefined as K,
      hash: 0,
      apply,
      answer: undefined,
      sampled: this.route.comparesWhole,
      comparesAnswers: false,
      to: other,
    });
  }

  /** The value of `key`; if it has none, it is given `value` first. */
  getOrInsert(key: K, value: V): V {
    return this.#insert(key, () => value, "getOrInsert", (map) => map.getOrInsert(key, value));
  }

  /** The value of `key`; if it has none, it is given what `compute` returns. */
  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    let computed: V;
    const once = (stored: K) => computed = compute(stored);
    return this.#insert(key, once, "getOrInsertComputed", (map) => map.getOrInsertComputed(key, () => computed));
  }

  /** Removes `key` and returns the value it had. */
  getAndDelete(key: K): V | undefined {
    const first = this.#beginWrite(key);
    const before = first.getAndDelete(key);
    if (this.route.mirrors) this.#handOn(first, "getAndDelete", key, (map) => map.getAndDelete(key), before);
    return before;
  }

  /** Gives `key` a value and returns the one it had before. */
  getAndSet(key: K, value: V): V | undefined {
    const first = this.#beginWrite(key);
    const before = first.getAndSet(key, value);
    if (this.route.mirrors) this.#handOn(first, "getAndSet", key, (map) => map.getAndSet(key, value), before);
    return before;
  }

  /** Gives `key` a value if it has the value `expected`, and tells whether it did. */
  compareAndSet(key: K, expected: V, value: V): boolean {
    const first = this.#beginWrite(key);
    const done = first.compareAndSet(key, expected, value);
    if (!this.route.mirrors) return done;
    const otherwise = this.#comparesOtherwise(first);
    const apply = (map: ConcurrentMap<K, V>) =>
      otherwise ? map.set(key, value).has(key) : map.compareAndSet(key, expected, value);
    if (!done && (otherwise || evicts(first))) this.#compareRefused(key, "compareAndSet");
    else this.#handOn(first, "compareAndSet", key, apply, done);
    return done;
  }

  /** Removes `key` if it has the value `expected`, and tells whether it did. */
  compareAndDelete(key: K, expected: V): boolean {
    const first = this.#beginWrite(key);
    const done = first.compareAndDelete(key, expected);
    if (!this.route.mirrors) return done;
    const otherwise = this.#comparesOtherwise(first);
    const apply = (map: ConcurrentMap<K, V>) => otherwise ? map.delete(key) : map.compareAndDelete(key, expected);
    if (!done && otherwise) this.#compareRefused(key, "compareAndDelete");
    else this.#handOn(first, "compareAndDelete", key, apply, done);
    return done;
  }

  /** Replaces the value of `key` by what `fn` returns for it; `undefined` deletes. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const first = this.#beginWrite(key);
    const writesBefore = this.operations.writes;
    let before: V | undefined;
    const after = first.update(key, (current) => fn(before = current));
    if (this.#isAlone(first)) return after;
    // What `fn` itself wrote is on the other side before this is.
    const nested = this.operations.writes !== writesBefore;
    const apply = (map: ConcurrentMap<K, V>): V | undefined => {
      let seen: V | undefined;
      map.update(key, (current) => {
        seen = current;
        return after;
      });
      return nested ? before : seen;
    };
    this.#handOn(first, "update", key, apply, before);
    return after;
  }

  /** Calls `callback` for each entry. */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    this.#watchedWhole("forEach").forEach((value, key) => callback.call(thisArg, value, key, this));
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    return this.#watchedWhole("entries").entries();
  }

  /** Iterates over the keys. */
  keys(): MapIterator<K> {
    return this.#watchedWhole("keys").keys();
  }

  /** Iterates over the values. */
  values(): MapIterator<V> {
    return this.#watchedWhole("values").values();
  }

  /** The entries as of this moment. */
  snapshot(): Iterable<[K, V]> {
    return this.#watchedWhole("snapshot").snapshot();
  }

  /** Iterates over `[key, value]`. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  /** The class's name. */
  get [Symbol.toStringTag](): string {
    return "TwinMap";
  }

  #watchedWhole(operation: string): ConcurrentMap<K, V> {
    this.operations.reads++;
    const { oldMap, newMap, comparesReads, front } = this.route;
    const ordered = oldMap.traits.order === "insertion" && newMap.traits.order === "insertion";
    if (comparesReads && ordered) this.comparer.orderDue(operation);
    return front;
  }

  /** Counts a write to `key`, and finds the side that it goes to first. */
  #beginWrite(key: K): ConcurrentMap<K, V> {
    this.operations.writes++;
    return this.route.splits ? this.route.answering(keyHash(key)) : this.route.front;
  }

  #insert(key: K, compute: (key: K) => V, operation: string, insert: (map: ConcurrentMap<K, V>) => V): V {
    const first = this.#beginWrite(key);
    const writesBefore = this.operations.writes;
    let inserted = false;
    const value = first.getOrInsertComputed(key, (stored) => {
      const computed = compute(stored);
      inserted = true;
      return computed;
    });
    if (this.#isAlone(first)) return value;
    if (!inserted) {
      if (this.route.comparesReads && this.route.compares(keyHash(key))) this.comparer.due(key, operation);
    } else if (this.operations.writes !== writesBefore || evicts(first)) {
      this.#handOn(first, operation, key, (map) => map.set(key, value).get(key), value);
    } else {
      this.#handOn(first, operation, key, insert, value);
    }
    return value;
  }

  /** Whether the other side takes other values for the same: a map that stores copies compares what they are, not which. */
  #comparesOtherwise(first: ConcurrentMap<K, V>): boolean {
    return (first.traits.values === "copy") !== (this.route.other(first).traits.values === "copy");
  }

  /** Compares a key whose write was refused. The other side, which might not refuse it, is not to do it. */
  #compareRefused(key: K, operation: string): void {
    if (this.isBackfilled && this.route.compares(keyHash(key))) this.comparer.due(key, operation);
  }

  /** Whether a write ends with `first`. Its callback may have moved the twin to where the other side answers alone. */
  #isAlone(first: ConcurrentMap<K, V>): boolean {
    return !this.route.mirrors && first === this.route.front;
  }

  /**
   * Hands a write on that `first` has answered. The answers say whether the two sides held the same, so they are compared
   * as soon as the other side holds what was there before. (`set` answers nothing, so what it leaves is compared.)
   */
  #handOn(
    first: ConcurrentMap<K, V>,
    operation: string,
    key: K,
    apply: (map: ConcurrentMap<K, V>) => unknown,
    answer: unknown,
  ): void {
    const hash = keyHash(key);
    const sampled = this.route.compares(hash);
    this.#apply({
      operation,
      key,
      hash,
      apply,
      answer,
      sampled,
      comparesAnswers: sampled && this.isBackfilled,
      to: this.route.other(first),
    });
  }

  #apply(write: MirroredWrite<K, V>): void {
    const { route, mirror } = this;
    if (route.inline) return mirror.apply(write);
    if (write.to !== route.front) return mirror.enqueue(write);
    // Its callback has moved the twin. What it wrote after that may still wait, and would overwrite this.
    mirror.flush();
    mirror.apply({ ...write, to: route.other(write.to), comparesAnswers: false });
    mirror.apply(write);
  }
}
