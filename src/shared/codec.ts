/**
 * How values that are neither strings, numbers, booleans, bytes, `null` nor `undefined` come into shared memory, and out again.
 *
 * @typeParam V The type of those values.
 */
export interface Codec<V> {
  /** The value as a string or as bytes. What it throws reaches the caller. */
  encode(value: V): string | Uint8Array;
  /** The value that `encode` made this of: a string if it returned one, else bytes. */
  decode(encoded: string | Uint8Array): V;
}

/** The codec that a map has if it is given none: JSON. */
export const json: Codec<unknown> = {
  encode: (value) => JSON.stringify(value),
  decode: (encoded) => JSON.parse(encoded as string),
};
