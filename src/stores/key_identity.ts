import { storedKey } from "../keys/same_value_zero.ts";
import { encodeKey, encodeKeyAsText } from "./key_codec.ts";

/**
 * A primitive that stands for a key of a store, equal for equal keys only. O(1), of bytes O(length).
 *
 * @param store The name of the map, for the error.
 * @throws {TypeError} As `encodeKey`.
 */
export function keyIdentity(store: string, key: unknown): string | number | bigint {
  if (typeof key === "string") return key;
  if (Number.isSafeInteger(key)) return storedKey(key) as number;
  // No other key is a bigint. The first byte is never 0, so that leading zeros count.
  if (key instanceof Uint8Array) return BigInt(`0x${encodeKeyAsText(store, key)}`);
  return encodeKey(store, key) as never;
}
