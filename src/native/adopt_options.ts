import type { Traits } from "../concurrent_map.ts";
import { homePrototype } from "../inspection/object_content.ts";
import { checkOptions, FUNCTION, hasMethod, OBJECT, type Rules } from "../options.ts";

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
   * The traits that differ from those of a `Map`.
   * @default {{ order: "none", iteration: "weak", touches: true } if the map has a `get` of its own}
   */
  readonly traits?: Partial<Traits>;
}

const RULES: Rules<AdoptOptions<unknown, unknown>> = { peek: FUNCTION, evicted: FUNCTION, traits: OBJECT };

/**
 * Checks the options and fills in what `map` itself tells.
 *
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function checkAdoptOptions<K, V>(
  map: Map<K, V>,
  options: AdoptOptions<K, V> | undefined,
): AdoptOptions<K, V> {
  const checked = checkOptions<AdoptOptions<K, V>, object>("adopt a map", options, RULES, {});
  const traits = hasOwnGet(map) ? { ...TOUCHED, ...checked.traits } : checked.traits;
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
