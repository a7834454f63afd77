import type { ConcurrentMap, Traits } from "@twinmap/twinmap";
import { type FaultName, FAULTS, type Misbehaviour, type Steps } from "./faults.ts";

/**
 * A map that misbehaves in one named way, to see whether a twin notices. The fault can be changed at any time; the
 * damage of an earlier one stays. Without a fault it behaves like the map underneath.
 */
export class FaultyMap<K, V> implements ConcurrentMap<K, V> {
  /** The traits of the map underneath, which a fault may break. Only a snapshot is always a copy. */
  readonly traits: Traits;
  readonly #map: ConcurrentMap<K, V>;
  readonly #now: () => number;
  #fault: FaultName | undefined;
  #misbehaviour: Misbehaviour<K, V> = {};
  #steps: Steps<K, V>;

  /**
   * Starts without a fault.
   *
   * @param map The map underneath.
   * @param now Returns the time in milliseconds, for the fault `delays`.
   */
  constructor(map: ConcurrentMap<K, V>, now: () => number = Date.now) {
    this.traits = { ...map.traits, snapshot: "linear" };
    this.#map = map;
    this.#now = now;
    this.#steps = stepsOf(map);
  }

  /** The current fault, or `undefined`. */
  get fault(): FaultName | undefined {
    return this.#fault;
  }
  set fault(name: FaultName | undefined) {
    this.#misbehaviour.end?.();
    this.#fault = name;
    const steps = stepsOf(this.#map);
    this.#misbehaviour = name === undefined ? {} : FAULTS[name].plant(steps, this.#now);
    this.#steps = { ...steps, ...this.#misbehaviour };
  }

  get size(): number {
    return this.#begin().size();
  }

  get(key: K): V | undefined {
    return this.#begin().get(key);
  }

  has(key: K): boolean {
    return this.#begin().has(key);
  }

  set(key: K, value: V): this {
    this.#begin().set(key, value);
    return this;
  }

  delete(key: K): boolean {
    return this.#begin().delete(key);
  }

  clear(): void {
    this.#begin().clear();
  }

  getOrInsert(key: K, value: V): V {
    return this.getOrInsertComputed(key, () => value);
  }

  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    const map = this.#begin();
    if (map.has(key)) return map.get(key) as V;
    const value = compute(key === 0 ? 0 as K : key);
    map.set(key, value);
    return value;
  }

  getAndDelete(key: K): V | undefined {
    const map = this.#begin();
    const before = map.get(key);
    map.delete(key);
    return before;
  }

  getAndSet(key: K, value: V): V | undefined {
    const map = this.#begin();
    const before = map.get(key);
    map.set(key, value);
    return before;
  }

  compareAndSet(key: K, expected: V, value: V): boolean {
    const map = this.#begin();
    if (!holds(map, key, expected)) return false;
    map.set(key, value);
    return true;
  }

  compareAndDelete(key: K, expected: V): boolean {
    const map = this.#begin();
    return holds(map, key, expected) && map.delete(key);
  }

  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const map = this.#begin();
    const next = fn(map.get(key));
    if (next === undefined) map.delete(key);
    else map.set(key, next);
    return next;
  }

  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) callback.call(thisArg, value, key, this);
  }

  entries(): MapIterator<[K, V]> {
    return this.#begin().entries();
  }

  keys(): MapIterator<K> {
    return this.entries().map(([key]) => key);
  }

  values(): MapIterator<V> {
    return this.entries().map(([, value]) => value);
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  snapshot(): Iterable<[K, V]> {
    return [...this.entries()];
  }

  get [Symbol.toStringTag](): string {
    return "FaultyMap";
  }

  #begin(): Steps<K, V> {
    this.#misbehaviour.before?.();
    return this.#steps;
  }
}

function stepsOf<K, V>(map: ConcurrentMap<K, V>): Steps<K, V> {
  return {
    get: (key) => map.get(key),
    has: (key) => map.has(key),
    set: (key, value) => void map.set(key, value),
    delete: (key) => map.delete(key),
    clear: () => map.clear(),
    entries: () => map.entries(),
    size: () => map.size,
  };
}

/** Compares by SameValueZero, as `includes` does. */
function holds<K, V>(map: Steps<K, V>, key: K, expected: V): boolean {
  return map.has(key) && [map.get(key)].includes(expected);
}
