import { isDeepEqual } from "../../src/equality/deep_equal.ts";
import { EXPIRY_TOLERANCE_MS } from "./expiry.ts";
import type { Entry } from "./pair.ts";

/** Whether two maps hold the same for a key, as far as both let entries expire; `undefined`: nothing. */
export function isSameEntry<V>(a: Entry<V> | undefined, b: Entry<V> | undefined): boolean {
  const apartMs = Math.abs((a?.expiresAtMs ?? NaN) - (b?.expiresAtMs ?? NaN));
  // Of two that never expire, or where one of the maps lets nothing expire, the difference is not a number.
  return !(apartMs > EXPIRY_TOLERANCE_MS) && isSameValue(a, b);
}

/** Whether two maps hold the same value for a key, whenever it expires; `undefined`: nothing. */
export function isSameValue<V>(a: Entry<V> | undefined, b: Entry<V> | undefined): boolean {
  return a === undefined || b === undefined ? a === b : isDeepEqual(a.value, b.value);
}
