import type { StoreFailure } from "./async_store.ts";

/** Of several writes that were made together, some were applied, or may have been. Its cause is the error of another one. */
export class PartialWriteError extends Error {}

/** What is known of such writes. */
export const PARTIAL_WRITE: StoreFailure = {
  outcome: "unknown",
  retryable: false,
  reason: "some of the entries were written, others may not have been",
};
