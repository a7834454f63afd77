import { AbstractMap, type ConcurrentMap, type Traits } from "../mod.ts";
import { type FaultName, FAULTS, type Misbehaviour, type Steps } from "./faults.ts";

/**
 * A map that misbehaves in one named way, to see whether a twin notices. The fault can be changed at any time; the
 * damage of an earlier one stays. Without a fault it behaves like the map underneath.
 */
export class FaultyMap<K, V> extends AbstractMap<K, V> {
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
    super();
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

  /** The traits of the map underneath, which a fault may break; but a snapshot is a copy. */
  override get traits(): Traits {
    return { ...this.#map.traits, snapshot: "linear" };
  }

  /** The number of entries. */
  override get size(): number {
    return this.#begin().size();
  }

  /** The value of `key`. */
  get(key: K): V | undefined {
    return this.#begin().get(key);
  }

  /** Whether `key` is present. */
  has(key: K): boolean {
    return this.#begin().has(key);
  }

  /** Sets the value of `key` and returns the map. */
  set(key: K, value: V): this {
    this.#begin().set(key, value);
    return this;
  }

  /** Removes `key` and returns whether it was present. */
  delete(key: K): boolean {
    return this.#begin().delete(key);
  }

  /** Removes every entry. */
  override clear(): void {
    this.#begin().clear();
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    return this.#begin().entries();
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
