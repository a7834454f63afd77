import type { AsyncConcurrentMap, AsyncEvictingMap } from "../../src/async_concurrent_map.ts";
import { isDeepEqual } from "../../src/equality/deep_equal.ts";
import { StoreError } from "../../src/store_error.ts";
import type { DifferenceKind } from "./map_difference.ts";

/** Stands for what a map holds, but cannot be read. */
const UNREADABLE: unique symbol = Symbol("unreadable");

/** What a map holds for a key; `undefined` if it is absent. */
type Held<V> = { readonly value: V } | typeof UNREADABLE | undefined;

/** A key, and what both maps held for it at one look, which was not the same. */
export interface SeenKey<K, V> {
  readonly key: K;
  readonly kind: Exclude<DifferenceKind, "inconclusive">;
  readonly old: Held<V>;
  readonly new: Held<V>;
}

/** Looks at keys on both sides. In a map that evicts, it does not count them as used. */
export class Looks<K, V> {
  readonly #old: AsyncConcurrentMap<K, V>;
  readonly #new: AsyncConcurrentMap<K, V>;

  constructor(oldMap: AsyncConcurrentMap<K, V>, newMap: AsyncConcurrentMap<K, V>) {
    this.#old = oldMap;
    this.#new = newMap;
  }

  /**
   * Looks at some keys, and returns those that differ.
   *
   * @throws {StoreError} If a store fails.
   */
  async at(keys: readonly K[], signal: AbortSignal | undefined): Promise<SeenKey<K, V>[]> {
    const [old, next] = await Promise.all([read(this.#old, keys, signal), read(this.#new, keys, signal)]);
    return keys.flatMap((key, at) => {
      const kind = kindOf(old[at], next[at]);
      return kind === undefined ? [] : [{ key, kind, old: old[at], new: next[at] }];
    });
  }
}

/** Whether both maps held the same at both looks. */
export function isUnchanged<K, V>(first: SeenKey<K, V>, second: SeenKey<K, V>): boolean {
  return isSame(first.old, second.old) && isSame(first.new, second.new);
}

/** The value that was held, under the name of its side; nothing if there was none. */
export function valueOf<V, Side extends string>(side: Side, held: Held<V>): { readonly [side in Side]?: V } {
  return (typeof held === "object" ? { [side]: held.value } : {}) as { readonly [side in Side]?: V };
}

function kindOf<V>(old: Held<V>, next: Held<V>): SeenKey<unknown, V>["kind"] | undefined {
  if (old === UNREADABLE || next === UNREADABLE) return "error";
  if (isSame(old, next)) return undefined;
  return next === undefined ? "missing" : old === undefined ? "extra" : "value";
}

function isSame<V>(a: Held<V>, b: Held<V>): boolean {
  return typeof a === "object" && typeof b === "object" ? isDeepEqual(a.value, b.value) : a === b;
}

async function read<K, V>(
  map: AsyncConcurrentMap<K, V>,
  keys: readonly K[],
  signal: AbortSignal | undefined,
): Promise<Held<V>[]> {
  if (!map.traits.evicts) {
    try {
      const found = await map.getMany(keys, { signal });
      return keys.map((key) => found.has(key) ? { value: found.get(key) as V } : undefined);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      // One of the keys cannot be read.
    }
  }
  return await Promise.all(keys.map((key) => readOne(map, key, signal)));
}

async function readOne<K, V>(map: AsyncConcurrentMap<K, V>, key: K, signal: AbortSignal | undefined): Promise<Held<V>> {
  try {
    const value = map.traits.evicts
      ? await (map as AsyncEvictingMap<K, V>).peek(key, { signal })
      : await map.get(key, { signal });
    return value !== undefined || await map.has(key, { signal }) ? { value: value as V } : undefined;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    // The map does not take such a key, so it has none.
    return error instanceof TypeError || error instanceof RangeError ? undefined : UNREADABLE;
  }
}
