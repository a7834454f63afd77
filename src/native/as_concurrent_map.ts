import { backingsOf } from "../backing.ts";
import type { ConcurrentMap } from "../concurrent_map.ts";
import { isMap } from "../inspection/brands.ts";
import { hasMethod } from "../options.ts";
import { NativeMap } from "./native_map.ts";
import { refusePromise } from "../promised_answer.ts";
import { received } from "../received.ts";

/**
 * Adopts a plain `Map`, also one of another realm, without copying it, and returns a `ConcurrentMap` as it is.
 *
 * @param map The map.
 * @param subject The beginning of the error message, such as "Cannot create a twin: the old map".
 * @throws {TypeError} If it is neither a `Map` nor a `ConcurrentMap`, or its traits cannot be read, or it answers with promises:
 * it is asked for one key.
 */
export function asConcurrentMap<K, V>(map: ConcurrentMap<K, V> | Map<K, V>, subject: string): ConcurrentMap<K, V> {
  if (map instanceof Map || isMap(map)) return NativeMap.adopt(map);
  if (!isConcurrentMap<K, V>(map, subject)) {
    throw new TypeError(`${subject} must be a Map or a ConcurrentMap: ${received(map)}`);
  }
  // What only wraps other maps need not be asked: those were.
  if (backingsOf(map).includes(map)) refusePromise(answerOf(map), subject);
  return map;
}

/** Whether `map` has some key, or a promise of that; a map may refuse the key. */
function answerOf<K, V>(map: ConcurrentMap<K, V>): unknown {
  try {
    return map.has(undefined as K);
  } catch {
    return false;
  }
}

/** The methods that a map of one's own has to write, and one of those that `Map` lacks. */
const METHODS = ["get", "has", "set", "delete", "entries", "compareAndSet"] as const;

function isConcurrentMap<K, V>(value: unknown, subject: string): value is ConcurrentMap<K, V> {
  if (!METHODS.every((name) => hasMethod(value, name))) return false;
  const traits = traitsOf(value as ConcurrentMap<K, V>, subject);
  return typeof traits === "object" && traits !== null;
}

/** What the map declares: each trait is read once. @throws {TypeError} If that fails. */
function traitsOf<K, V>(map: ConcurrentMap<K, V>, subject: string): unknown {
  try {
    const { traits } = map;
    return typeof traits === "object" && traits !== null ? { ...traits } : undefined;
  } catch (cause) {
    throw new TypeError(`${subject} has traits that cannot be read`, { cause });
  }
}
