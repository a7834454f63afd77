import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { hasMethod } from "../../src/options.ts";
import { refusePromise, silence } from "../../src/promised_answer.ts";
import { received } from "../../src/received.ts";
import { traitOf } from "./traits.ts";

/** A walk that has met more keys than the map has, by this factor and number, is given up. */
const MANY_TIMES = 10;
const MANY = 10_000;

/**
 * The keys that `map` has now, one by one, while it is written. Keys that are added meanwhile may be among them, unless the
 * map takes snapshots in constant time.
 *
 * A map in insertion order is walked for as many keys as it has at the start: the keys of that moment come first, and a
 * walk to the end would never finish in a map that grows as fast as it is walked. In a map that reads change, the walk would
 * meet again what is read on the way: its keys are taken all at once.
 *
 * @throws {RangeError} If there is no end of keys.
 */
export function* keysOf<K, V>(map: ConcurrentMap<K, V>): Generator<K, void, void> {
  if (traitOf(map, "snapshot") === "constant") {
    for (const [key] of bounded(map.snapshot(), map)) yield key;
    return;
  }
  if (traitOf(map, "touches")) {
    yield* [...walked(map)];
    return;
  }
  let left = traitOf(map, "order") === "insertion" ? sizeOf(map) : Infinity;
  if (left === 0) return;
  for (const key of walked(map)) {
    yield key;
    if (--left === 0) return;
  }
}

/**
 * The keys of `map` as it iterates itself.
 *
 * @throws {RangeError} If there is no end of keys.
 */
export function walked<K, V>(map: ConcurrentMap<K, V>): Generator<K, void, void> {
  return bounded(map.keys(), map);
}

/** What a map gives of its entries, and of its keys. */
export interface Iterated<K, V> {
  readonly entries: IterableIterator<[K, V], unknown>;
  readonly keys: IterableIterator<K, unknown>;
}

/**
 * The entries of `map` as it iterates itself, and its keys, to be taken one with each entry. If reads change the map, both are
 * taken all at once.
 *
 * @throws {RangeError} If there is no end of the entries.
 */
export function iterated<K, V>(map: ConcurrentMap<K, V>): Iterated<K, V> {
  const entries = bounded(map.entries(), map);
  if (traitOf(map, "touches")) return { entries: [...entries].values(), keys: [...walked(map)].values() };
  const keys: unknown = map.keys();
  refusePromise(keys, "The map");
  return { entries, keys: (keys as Iterable<K>)[Symbol.iterator]() as IterableIterator<K, unknown> };
}

/**
 * What `iterable` gives of `map`, to which far more may be added meanwhile, but not without end.
 *
 * @throws {RangeError} If there is no end.
 */
export function bounded<T, K, V>(iterable: Iterable<T>, map: ConcurrentMap<K, V>): Generator<T, void, void> {
  refusePromise(iterable, "The map");
  return upToLimit(iterable, map);
}

function* upToLimit<T, K, V>(iterable: Iterable<T>, map: ConcurrentMap<K, V>): Generator<T, void, void> {
  let met = 0;
  let limit = 0;
  for (const item of iterable) {
    if (++met > limit) {
      const size = sizeOf(map);
      limit = MANY + MANY_TIMES * size;
      if (!(met <= limit)) throw new RangeError(`Cannot walk a map: it gave ${met} keys, and has ${size}`);
    }
    yield item;
  }
}

/**
 * How many entries `map` has.
 *
 * @throws {TypeError} If that is no number: to compute with an array of 2^32 elements takes minutes.
 */
export function sizeOf<K, V>(map: ConcurrentMap<K, V>): number {
  const size: unknown = map.size;
  refusePromise(size, "The map");
  if (typeof size === "number") return size;
  throw new TypeError(`Cannot walk a map: its size must be a number: ${received(size)}`);
}

/** Whether `map` has `key`: not if it throws when it is asked. */
export function hasKey<K, V>(map: ConcurrentMap<K, V>, key: K): boolean {
  try {
    const isPresent = map.has(key);
    refusePromise(isPresent, "The map");
    return isPresent;
  } catch (error) {
    silence(error);
    return false;
  }
}

/** Whether `map` is known to be empty: not if it throws when it is asked. */
export function isEmpty<K, V>(map: ConcurrentMap<K, V>): boolean {
  try {
    return sizeOf(map) === 0;
  } catch (error) {
    silence(error);
    return false;
  }
}

/**
 * What a map that answers with promises gives of its entries, to be walked over.
 *
 * @throws {TypeError} If it cannot be: a promise, too, is refused.
 */
export function asyncIterated<I extends AsyncIterable<unknown>>(answer: I): I {
  if (hasMethod(answer, Symbol.asyncIterator)) return answer;
  silence(answer);
  throw new TypeError(`Cannot walk a map: it must give an async iterable: ${received(answer)}`);
}

/** Whether a map that answers with promises is known to be empty: not if it fails when its first key is asked for. */
export async function isEmptyAsync<K>(map: { keys(): AsyncIterable<K> }): Promise<boolean> {
  try {
    for await (const _ of asyncIterated(map.keys())) return false;
    return true;
  } catch (error) {
    silence(error);
    return false;
  }
}
