import { hasMethod } from "../options.ts";
import { received } from "../received.ts";

/** The methods that an `LruMap` needs of a cache, such as an `LRUCache` of the package `lru-cache`. */
export interface LruCache<K, V> {
  /** The number of entries, including expired ones that were not removed yet. */
  readonly size: number;
  /** The largest number of entries; 0 if there is no limit. */
  readonly max: number;
  /** The time to live of an entry, in milliseconds; 0 if it never expires. */
  readonly ttl: number;
  /** The value of a key, which then counts as used. */
  get(key: K): V | undefined;
  /** The value of a key. */
  peek(key: K, options?: { allowStale?: boolean }): V | undefined;
  /** Whether a key is present. */
  has(key: K): boolean;
  /** Sets the value of a key; `undefined` removes it. */
  set(key: K, value: V | undefined, options?: { size?: number; ttl?: number }): unknown;
  /** Removes a key. */
  delete(key: K): boolean;
  /** Removes every entry. */
  clear(): void;
  /** The keys, the most recently used first. */
  keys(): Iterable<K>;
  /** The values, that of the most recently used key first. */
  values(): Iterable<V>;
  /** The entries, the most recently used first. */
  entries(): Iterable<[K, V]>;
  /** Removes the entries that have expired. */
  purgeStale(): boolean;
  /** The remaining time to live of an entry, in milliseconds; 0 if it is absent. */
  getRemainingTTL(key: K): number;
}

const METHODS: readonly (keyof LruCache<unknown, unknown>)[] = [
  "get",
  "peek",
  "has",
  "set",
  "delete",
  "clear",
  "keys",
  "values",
  "entries",
  "purgeStale",
  "getRemainingTTL",
];

/** @throws {TypeError} If `cache` lacks one of the methods. */
export function checkLruCache(cache: unknown): void {
  const missing = METHODS.find((name) => !hasMethod(cache, name));
  if (missing === undefined) return;
  throw new TypeError(`Cannot adopt a cache: it must have the method ${missing}, as an LRUCache: ${received(cache)}`);
}

/** Represents `undefined`, which `lru-cache` accepts neither as a key nor as a value. */
const UNDEFINED: unique symbol = Symbol("undefined");

/** A key or value as a cache keeps it. */
export function wrapped(value: unknown): NonNullable<unknown> {
  return (value === undefined ? UNDEFINED : value) as NonNullable<unknown>;
}

/** A key or value as it was before it was {@link wrapped}. */
export function unwrapped<T>(value: NonNullable<unknown> | undefined): T | undefined {
  return value === UNDEFINED ? undefined : value as T | undefined;
}
