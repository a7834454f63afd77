/**
 * How values that are neither strings, numbers, booleans, bytes, `null` nor `undefined` come into the memory of a map, and out again.
 * Both methods can use the map.
 *
 * @example
 * ```ts
 * import { type Codec, SharedMap } from "@twinmap/twinmap/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const dates: Codec<Date> = {
 *   encode: (date) => date.toISOString(),
 *   decode: (encoded) => new Date(encoded as string),
 * };
 * const seen = SharedMap.create<string, Date>({ maxBytes: 2 ** 20, codec: dates });
 * seen.set("ann", new Date(0));
 * assertEquals(seen.get("ann"), new Date(0));
 * ```
 *
 * @typeParam V The type of those values.
 */
export interface Codec<V> {
  /** The value as a string or as bytes. What it throws reaches the caller, and nothing is written then. */
  encode(value: V): string | Uint8Array;
  /** The value that `encode` made this of: a string if it returned one, else bytes. It is asked each time the value is read. */
  decode(encoded: string | Uint8Array): V;
}

/** The codec that a map has if it is given none: JSON. What JSON leaves out of an object is lost; functions are refused. */
export const json: Codec<unknown> = {
  encode: (value) => JSON.stringify(value),
  decode: (encoded) => JSON.parse(encoded as string),
};
