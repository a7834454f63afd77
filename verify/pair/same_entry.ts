import { isDeepEqual } from "../../src/equality/deep_equal.ts";
import { EXPIRY_TOLERANCE_MS } from "./expiry.ts";
import type { Entry } from "./pair.ts";

/** Whether two maps hold the same for a key, as far as both let entries expire; `undefined`: nothing. */
export function isSameEntry<V>(a: Entry<V> | undefined, b: Entry<V> | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const apartMs = Math.abs((a.expiresAtMs ?? NaN) - (b.expiresAtMs ?? NaN));
  // Of two that never expire, or where one of the maps lets nothing expire, the difference is not a number.
  return !(apartMs > EXPIRY_TOLERANCE_MS) && isDeepEqual(a.value, b.value);
}
