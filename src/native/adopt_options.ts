import type { Traits } from "../concurrent_map.ts";
import { homePrototype } from "../inspection/object_content.ts";
import {
  BOOLEAN,
  checkOptions,
  FUNCTION,
  hasMethod,
  numberFrom,
  OBJECT,
  oneOf,
  type Rules,
  wholeNumber,
} from "../options.ts";

/** Options for `NativeMap.adopt`. */
export interface AdoptOptions<K, V> {
  /**
   * Returns the value of a key, or `undefined` if it is absent, and changes nothing. A twin compares and copies by it.
   * @default {the map's own method `peek`, or its `get` if it has none}
   */
  readonly peek?: (key: K) => V | undefined;
  /**
   * Whether the map ever evicted a key, if it evicts: never `false` for an evicted key.
   * @default {() => true}
   */
  readonly evicted?: (key: K) => boolean;
  /**
   * The traits that differ from those of a `Map`. `expires` is `never`: a `NativeMap` cannot tell when.
   * @default {{ order: "none", iteration: "weak", touches: true } if the map has a `get` of its own}
   */
  readonly traits?: Partial<Traits>;
}

const RULES: Rules<AdoptOptions<unknown, unknown>> = { peek: FUNCTION, evicted: FUNCTION, traits: OBJECT };

const TRAIT_RULES: Rules<Partial<Traits>> = {
  order: oneOf("insertion", "none"),
  iteration: oneOf("live", "snapshot", "weak"),
  maxVisitedOnce: numberFrom(Infinity, Infinity),
  snapshot: oneOf("constant", "linear"),
  keys: oneOf("any", "integers", "strings and integers"),
  values: oneOf("reference", "copy", "numbers"),
  maxEntries: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  maxKeyBytes: numberFrom(1, Infinity),
  maxValueBytes: numberFrom(1, Infinity),
  scope: oneOf("thread", "process", "store"),
  atomic: oneOf("store", "process", "none"),
  evicts: BOOLEAN,
  touches: BOOLEAN,
  expires: oneOf("never"),
  expiryPrecisionMs: numberFrom(0, 0),
};

/**
 * Checks the options and fills in what `map` itself tells.
 *
 * @throws {TypeError} If an option or a trait is unknown or of the wrong type.
 * @throws {RangeError} If a trait is out of its range.
 */
export function checkAdoptOptions<K, V>(
  map: Map<K, V>,
  options: AdoptOptions<K, V> | undefined,
): AdoptOptions<K, V> {
  const action = "adopt a map";
  const checked = checkOptions<AdoptOptions<K, V>, object>(action, options, RULES, {});
  const traits = checkOptions(action, checked.traits, TRAIT_RULES, hasOwnGet(map) ? TOUCHED : {}, "traits");
  const own = map as Map<K, V> & { peek(key: K): V | undefined };
  return hasMethod(map, "peek") ? { peek: (key) => own.peek(key), ...checked, traits } : { ...checked, traits };
}

const TOUCHED: Partial<Traits> = { order: "none", iteration: "weak", touches: true };

/** Whether a map does not use the `get` of `Map`, in whatever realm. */
function hasOwnGet(map: object): boolean {
  let at: object | null = map;
  while (at !== null && !Object.hasOwn(at, "get")) at = Object.getPrototypeOf(at);
  return homePrototype(at) !== Map.prototype;
}
