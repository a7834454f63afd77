import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { ABSENT } from "../equality/deep_equal.ts";
import type { Reader } from "./eviction.ts";
import type { DiffKind } from "../report/report.ts";

/** Stands for what a side holds if it threw when asked. */
export class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** In what the two sides differ. */
export interface Difference<K> {
  readonly kind: DiffKind;
  /** The keys that it rests on: it stands only as long as none of them is written. The first is the one reported. */
  readonly keys: readonly K[];
  readonly old: unknown;
  readonly new: unknown;
  /** Whether it is explained: the side that lacks the key had evicted it. */
  readonly evicted?: boolean;
}

/** What `map` holds for `key`: its value, {@link ABSENT} or a {@link Failure}. */
export function held<K, V>(map: Reader<K, V>, key: K): unknown {
  try {
    const value = map.get(key);
    return value === undefined && !map.has(key) ? ABSENT : value;
  } catch (error) {
    return new Failure(error);
  }
}

/** In what two answers for `key`, as {@link held} gives them, differ; nothing if they are equal. */
export function difference<K, V>(
  key: K,
  oldHeld: unknown,
  newHeld: unknown,
  equals: (oldValue: V, newValue: V) => boolean,
): Difference<K> | undefined {
  if (Object.is(oldHeld, newHeld)) return undefined;
  const oldFailed = oldHeld instanceof Failure;
  const newFailed = newHeld instanceof Failure;
  if (oldFailed && newFailed) return undefined;
  let kind: DiffKind;
  if (oldFailed || newFailed) kind = "error";
  else if (newHeld === ABSENT) kind = "missing";
  else if (oldHeld === ABSENT) kind = "extra";
  else if (equals(oldHeld as V, newHeld as V)) return undefined;
  else kind = "value";
  return { kind, keys: [key], old: oldHeld, new: newHeld };
}

/** How many entries of each side are looked at for their order. */
const MAX_ORDERED = 1_000;

/**
 * The first two keys that the sides visit in a different order, among the first entries of each; keys that only one of
 * them has are passed over.
 *
 * @returns The key that is old's turn, and the one that new has there instead.
 */
export function orderDifference<K, V>(
  oldMap: ConcurrentMap<K, V>,
  newMap: ConcurrentMap<K, V>,
): Difference<K> | undefined {
  const newKeys = firstKeys(newMap, oldMap);
  let at = 0;
  for (const key of firstKeys(oldMap, newMap)) {
    if (at === newKeys.length) return undefined;
    const instead = newKeys[at++] as K;
    if (!Object.is(key, instead)) return { kind: "order", keys: [key, instead], old: key, new: instead };
  }
  return undefined;
}

function firstKeys<K, V>(map: ConcurrentMap<K, V>, other: ConcurrentMap<K, V>): K[] {
  const keys: K[] = [];
  let visited = 0;
  for (const key of map.keys()) {
    if (visited++ === MAX_ORDERED) break;
    if (other.has(key)) keys.push(key);
  }
  return keys;
}
