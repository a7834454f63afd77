import type { ConcurrentMap } from "../src/concurrent_map.ts";
import { NativeMap } from "../src/native_map.ts";
import type { TwinOptions } from "./options.ts";
import { TwinMap } from "./twin_map.ts";

/**
 * Puts an old and a new map behind one: the old one goes on serving, and the change to the new one can be made in stages
 * and watched.
 *
 * @param oldMap The map that is in use; a plain `Map` is adopted, not copied.
 * @param newMap The map that is to take over.
 * @param options See {@link TwinOptions}.
 * @returns The twin, at stage `off`.
 * @throws {TypeError} If a side is not a map, or one that evicts is no `EvictingMap`, or an option is of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 *
 * @example
 * ```ts
 * import { NativeMap, twin } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const sessions = twin(new Map([["a", 1]]), new NativeMap<string, number>(), { name: "sessions" });
 * sessions.stage("dualwrite");
 * await sessions.backfill();
 * sessions.stage("shadow");
 * assertEquals(sessions.get("a"), 1);
 * await sessions.settle();
 * assertEquals(sessions.report().diffs, 0);
 * ```
 */
export function twin<K, V>(
  oldMap: ConcurrentMap<K, V> | Map<K, V>,
  newMap: ConcurrentMap<K, V> | Map<K, V>,
  options: TwinOptions<V> = {},
): TwinMap<K, V> {
  const sides = [asConcurrentMap(oldMap, "old"), asConcurrentMap(newMap, "new")] as const;
  if (oldMap as unknown === newMap) {
    throw new TypeError("Cannot create a twin: old and new must be two maps: received one twice");
  }
  return new TwinMap(...sides, options);
}

function asConcurrentMap<K, V>(map: ConcurrentMap<K, V> | Map<K, V>, side: string): ConcurrentMap<K, V> {
  if (map instanceof Map) return NativeMap.adopt(map);
  if (typeof map?.compareAndSet !== "function" || typeof map.traits !== "object") {
    throw new TypeError(
      `Cannot create a twin: the ${side} map must be a Map or a ConcurrentMap: received ${typeof map}`,
    );
  }
  if (
    map.traits.evicts &&
    !["peek", "evicted"].every((name) => typeof (map as unknown as Record<string, unknown>)[name] === "function")
  ) {
    throw new TypeError(
      `Cannot create a twin: the ${side} map evicts, so it must have the methods peek and evicted: received ${
        map[Symbol.toStringTag]
      }`,
    );
  }
  return map;
}
