import { StoreError } from "../../src/store_error.ts";

/** Whether a write that failed may have been applied, or may still be. A wrong argument is refused before. */
export function isUnknown(error: unknown): boolean {
  if (error instanceof StoreError) return error.outcome === "unknown";
  return !isRefusal(error);
}

/** Whether a copy failed because the other side is away, and not because it refuses this key or value. */
export function isOutage(error: unknown): boolean {
  if (error instanceof StoreError) return error.outcome === "unknown" || error.retryable;
  return !isRefusal(error);
}

function isRefusal(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}
