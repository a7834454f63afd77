import { backedBy, backingsOf } from "../../src/backing.ts";
import { showAsMap } from "../../src/inspection/show_as_map.ts";
import { hasMethod } from "../../src/options.ts";
import { lift } from "../../src/lift.ts";
import { asConcurrentMap } from "../../src/native/as_concurrent_map.ts";
import { received } from "../../src/received.ts";
import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";
import { traitsOf } from "../pair/traits.ts";
import type { TwinOptions } from "./options.ts";
import type { AsyncTwinOptions } from "./async_options.ts";
import { AsyncTwinMap } from "./async_twin_map.ts";
import { StoreTwinMap } from "./store_twin_map.ts";
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
  options?: TwinOptions<K, V>,
): TwinMap<K, V>;
/**
 * Puts a synchronous old map and a new one that answers with promises behind one interface: a `ConcurrentMap` up to `shadow`, and
 * `promised`, an `AsyncConcurrentMap`, at every stage.
 *
 * @param oldMap The map that is in use; a plain `Map` is adopted, not copied.
 * @param newMap The map that is to take over.
 * @param options The options; all have defaults.
 * @returns The twin, at stage `off`, or where `at` says.
 * @throws {TypeError} As for two synchronous maps.
 * @throws {RangeError} If an option is out of its range.
 *
 * @example
 * ```ts
 * import { lift, NativeMap, twin } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const store = lift(new NativeMap<string, number>());
 * const sessions = twin(new Map([["a", 1]]), store, { name: "sessions" });
 * await sessions.stage("dualwrite");
 * await sessions.backfill();
 * await sessions.stage("shadow");
 * assertEquals(sessions.get("a"), 1);
 * await sessions.settle();
 * assertEquals(sessions.report().diffs, 0);
 * sessions.close();
 * ```
 */
export function twin<K, V>(
  oldMap: ConcurrentMap<K, V> | Map<K, V>,
  newMap: AsyncConcurrentMap<K, V>,
  options?: AsyncTwinOptions<K, V>,
): StoreTwinMap<K, V>;
/**
 * Puts an old map that answers with promises and a new one behind one interface.
 *
 * @param oldMap The map that is in use.
 * @param newMap The map that is to take over; a synchronous one is lifted.
 * @param options The options; all have defaults.
 * @returns The twin, at stage `off`, or where `at` says.
 * @throws {TypeError} As for two synchronous maps.
 * @throws {RangeError} If an option is out of its range.
 *
 * @example
 * ```ts
 * import { lift, NativeMap, twin } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const sessions = twin(lift(new Map([["a", 1]])), lift(new NativeMap<string, number>()), { name: "sessions" });
 * await sessions.stage("dualwrite");
 * await sessions.backfill();
 * await sessions.stage("shadow");
 * assertEquals(await sessions.get("a"), 1);
 * await sessions.settle();
 * assertEquals(sessions.report().diffs, 0);
 * sessions.close();
 * ```
 */
export function twin<K, V>(
  oldMap: AsyncConcurrentMap<K, V>,
  newMap: ConcurrentMap<K, V> | Map<K, V> | AsyncConcurrentMap<K, V>,
  options?: AsyncTwinOptions<K, V>,
): AsyncTwinMap<K, V>;
export function twin<K, V>(
  oldMap: AnyMap<K, V>,
  newMap: AnyMap<K, V>,
  options: AsyncTwinOptions<K, V> = {},
): TwinMap<K, V> | StoreTwinMap<K, V> | AsyncTwinMap<K, V> {
  if (isAsync(oldMap)) {
    checkAsync(oldMap, "old");
    const sides = [oldMap, isAsync(newMap) ? newMap : lift(asSyncMap(newMap, "new"))] as const;
    checkAsync(sides[1], "new");
    checkTwo(...sides);
    return backed(new AsyncTwinMap(...sides, options), ...sides);
  }
  const old = asSyncMap(oldMap, "old");
  if (isAsync(newMap)) {
    checkAsync(newMap, "new");
    checkTwo(old, newMap);
    const made = new StoreTwinMap(old, newMap, options);
    backedBy(made.promised, old, newMap);
    return backed(made, old, newMap);
  }
  const sides = [old, asSyncMap(newMap, "new")] as const;
  checkTwo(...sides);
  return backed(new TwinMap(...sides, options), ...sides);
}

/** A map that answers at once, or with promises. */
type AnyMap<K, V> = ConcurrentMap<K, V> | Map<K, V> | AsyncConcurrentMap<K, V>;

function isAsync<K, V>(map: AnyMap<K, V>): map is AsyncConcurrentMap<K, V> {
  return typeof map === "object" && map !== null && hasMethod(map, Symbol.asyncIterator);
}

function asSyncMap<K, V>(map: ConcurrentMap<K, V> | Map<K, V>, side: string): ConcurrentMap<K, V> {
  const concurrent = asConcurrentMap(map, `Cannot create a twin: the ${side} map`);
  const { evicts, expires } = traitsOf(concurrent);
  checkForgetting(concurrent, side, evicts, expires === "never" ? [] : ["expiresAt", "expired"]);
  return concurrent;
}

/** Methods of a map that answers with promises, some of which no other thing has. */
const ASYNC_METHODS = [
  "get",
  "has",
  "set",
  "delete",
  "getMany",
  "setMany",
  "keys",
  "entries",
  "compareAndSet",
] as const;

/** @throws {TypeError} If `map` is no map, or its traits cannot be read, or it forgets entries and can't be compared with another map. */
function checkAsync<K, V>(map: AsyncConcurrentMap<K, V>, side: string): void {
  const traits = declaredBy(map);
  if (!ASYNC_METHODS.every((name) => hasMethod(map, name)) || typeof traits !== "object" || traits === null) {
    throw new TypeError(`Cannot create a twin: the ${side} map must be an AsyncConcurrentMap: ${received(map)}`);
  }
  checkForgetting(map, side, traits.evicts, traits.expires === "never" ? [] : ["expiresAt"]);
}

function declaredBy<K, V>(map: AsyncConcurrentMap<K, V>): Traits | null | undefined {
  try {
    return map.traits;
  } catch {
    return undefined;
  }
}

/** @throws {TypeError} If both sides have the same entries. */
function checkTwo(oldMap: object, newMap: object): void {
  const backings = backingsOf(newMap);
  if (backingsOf(oldMap).some((map) => backings.includes(map))) {
    throw new TypeError("Cannot create a twin: old and new must be two maps: received one twice");
  }
}

function backed<T extends object>(made: T, ...sides: object[]): T {
  backedBy(made, ...sides);
  return made;
}

showAsMap(TwinMap.prototype);

/**
 * Checks that a map which loses entries by itself can be compared with another one.
 *
 * @param expiryMethods The methods that it must have because it lets entries expire.
 * @throws {TypeError} If it cannot.
 */
function checkForgetting<K, V>(
  map: ConcurrentMap<K, V> | AsyncConcurrentMap<K, V>,
  side: string,
  evicts: boolean,
  expiryMethods: readonly string[],
): void {
  if (evicts) checkMethods(map, `the ${side} map evicts`, ["peek", "evicted"]);
  checkMethods(map, `the ${side} map lets entries expire`, expiryMethods);
}

function checkMethods(map: { readonly [Symbol.toStringTag]: string }, why: string, names: readonly string[]): void {
  if (names.every((name) => hasMethod(map, name))) return;
  const methods = names.length === 1 ? `method ${names[0]}` : `methods ${names.join(" and ")}`;
  const subject = map[Symbol.toStringTag];
  throw new TypeError(`Cannot create a twin: ${why}, so it must have the ${methods}: received ${subject}`);
}
