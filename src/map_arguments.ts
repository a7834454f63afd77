import type { ConcurrentMap } from "./concurrent_map.ts";
import { hasMethod } from "./options.ts";
import { received } from "./received.ts";

/** The arguments of a map's constructor. */
export interface MapArguments<K, V, Options> {
  readonly entries: Iterable<readonly [K, V]> | null | undefined;
  readonly options: Options | undefined;
}

/**
 * Tells the arguments of a map's constructor apart: entries come first, as with `Map`, and options second; an object
 * that is not iterable and stands alone is options.
 */
export function mapArguments<K, V, Options extends object>(
  first: Iterable<readonly [K, V]> | Options | null | undefined,
  second: Options | undefined,
): MapArguments<K, V, Options> {
  const isOptions = typeof first === "object" && first !== null && second === undefined &&
    !hasMethod(first, Symbol.iterator);
  if (isOptions) return { entries: undefined, options: first as Options };
  return { entries: first as Iterable<readonly [K, V]>, options: second };
}

/**
 * Sets the first entries of a new map, as the constructor of `Map` does: of two with the same key the later one counts.
 *
 * @throws {TypeError} If `entries` is not an iterable of `[key, value]`, or the map refuses one.
 */
export function setEntries<K, V>(
  map: ConcurrentMap<K, V>,
  entries: Iterable<readonly [K, V]> | null | undefined,
): void {
  if (entries === undefined || entries === null) return;
  const cannot = `Cannot create ${map[Symbol.toStringTag]}`;
  if (!hasMethod(entries, Symbol.iterator)) {
    throw new TypeError(`${cannot}: entries must be an iterable of [key, value]: ${received(entries)}`);
  }
  for (const entry of entries) {
    if (typeof entry !== "object" || entry === null) {
      throw new TypeError(`${cannot}: each entry must be [key, value]: ${received(entry)}`);
    }
    map.set(entry[0], entry[1]);
  }
}
