import type { AsyncConcurrentMap } from "../../mod.ts";
import { type Given, type Operation, OPERATIONS } from "./operations.ts";

/** Calls an operation of an asynchronous map, and resolves to all that its caller can see. */
export type AsyncCall = <K, V>(map: AsyncConcurrentMap<K, V>, given: Given<K, V>) => Promise<unknown>;

/** Each operation of `OPERATIONS`, by its name. */
const CALLS: { readonly [name: string]: AsyncCall } = {
  get: (map, { key }) => map.get(key),
  has: (map, { key }) => map.has(key),
  set: async (map, { key, value }) => await map.set(key, value) === map,
  delete: (map, { key }) => map.delete(key),
  clear: (map) => map.clear(),
  getOrInsert: (map, { key, value }) => map.getOrInsert(key, value),
  getOrInsertComputed: async (map, { key, value }) => {
    const computedFor: unknown[] = [];
    const there = await map.getOrInsertComputed(key, (stored) => {
      computedFor.push(stored);
      return Promise.resolve(value);
    });
    return [there, computedFor];
  },
  getAndDelete: (map, { key }) => map.getAndDelete(key),
  getAndSet: (map, { key, value }) => map.getAndSet(key, value),
  compareAndSet: (map, { key, expected, value }) => map.compareAndSet(key, expected, value),
  compareAndDelete: (map, { key, expected }) => map.compareAndDelete(key, expected),
  "update to a value": async (map, { key, value }) => {
    const seen: unknown[] = [];
    const next = await map.update(key, (current) => {
      seen.push(current);
      return Promise.resolve(value);
    });
    return [next, seen];
  },
  "update to undefined": (map, { key }) => map.update(key, () => undefined),
};

/** The same operation on an asynchronous map. */
export function asyncCall({ name }: Operation): AsyncCall {
  return CALLS[name] as AsyncCall;
}

/** The operations on one key that may change it. */
export const WRITES: readonly Operation[] = OPERATIONS.filter(({ name }) => !["get", "has", "clear"].includes(name));

/** All entries of an iteration. */
export async function collected<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}
