import { backedBy, backingsOf } from "../../src/backing.ts";
import { showAsMap } from "../../src/inspection/show_as_map.ts";
import { hasMethod } from "../../src/options.ts";
import { asConcurrentMap } from "../../src/native/as_concurrent_map.ts";
import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { traitsOf } from "../pair/traits.ts";
import type { TwinOptions } from "./options.ts";
import { TwinMap } from "./twin_map.ts";

/**
 * Puts an old and a new map behind one interface. The old map goes on serving, and the change to the new one is made in
 * stages, and watched.
 *
 * @param oldMap The map that is in use; a plain `Map` is adopted, not copied.
 * @param newMap The map that is to take over; a plain `Map` is adopted, not copied.
 * @param options The options; all have defaults.
 * @returns The twin, at stage `off`, or where `at` says.
 * @throws {TypeError} If a side is not a map, or its traits cannot be read, or it evicts and is no `EvictingMap`, or expires and is no `ExpiringMap`, or an
 * option is of the wrong type.
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
  options: TwinOptions<K, V> = {},
): TwinMap<K, V> {
  const sides = [
    asConcurrentMap(oldMap, "Cannot create a twin: the old map"),
    asConcurrentMap(newMap, "Cannot create a twin: the new map"),
  ] as const;
  checkForgetting(sides[0], "old");
  checkForgetting(sides[1], "new");
  const backings = backingsOf(sides[1]);
  if (backingsOf(sides[0]).some((map) => backings.includes(map))) {
    throw new TypeError("Cannot create a twin: old and new must be two maps: received one twice");
  }
  const made = new TwinMap(...sides, options);
  backedBy(made, ...sides);
  return made;
}

showAsMap(TwinMap.prototype);

/** @throws {TypeError} If `map` evicts or lets entries expire, and can't be compared with another map. */
function checkForgetting<K, V>(map: ConcurrentMap<K, V>, side: string): void {
  const { evicts, expires } = traitsOf(map);
  if (evicts) checkMethods(map, `the ${side} map evicts`, "peek", "evicted");
  if (expires !== "never") checkMethods(map, `the ${side} map lets entries expire`, "expiresAt", "expired");
}

function checkMethods<K, V>(map: ConcurrentMap<K, V>, why: string, first: string, second: string): void {
  if (hasMethod(map, first) && hasMethod(map, second)) return;
  throw new TypeError(
    `Cannot create a twin: ${why}, so it must have the methods ${first} and ${second}: received ${
      map[Symbol.toStringTag]
    }`,
  );
}
