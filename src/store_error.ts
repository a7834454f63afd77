import { keyDigest } from "./keys/key_digest.ts";

/** What is known of a write that failed: it was `not applied`; or `unknown`: it may have been applied, or still be. */
export type WriteOutcome = "not applied" | "unknown";

/** What a {@link StoreError} tells. */
export interface StoreErrorDetails {
  /** The name of the map, such as `RedisMap`. */
  readonly store: string;
  /** The method that failed, such as `getAndSet`; or `open`, if the map's place in the store cannot be found or made. */
  readonly operation: string;
  /** The key that the call was about, if it was about a single one. The error keeps only its digest. */
  readonly key?: unknown;
  /** What is known of the write. A read has nothing to apply, so it is `not applied`. */
  readonly outcome: WriteOutcome;
  /** Whether the same call may succeed if it is tried again: never after an unknown outcome, nor if the client says that it was closed. */
  readonly retryable: boolean;
  /** The client's error, or the reason of the signal that was aborted. */
  readonly cause?: unknown;
}

/**
 * A store failed, did not answer in time, or a call to it was aborted. It says what is known of the write.
 *
 * The message and the fields hold no key and no value. The `cause` is the client's own error, which may hold both: log
 * it only where keys and values may be logged.
 *
 * @example
 * ```ts
 * import { StoreError } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new StoreError("the connection was lost", {
 *   store: "RedisMap",
 *   operation: "set",
 *   key: "user:1",
 *   outcome: "unknown",
 *   retryable: false,
 * });
 * assertEquals(
 *   error.message,
 *   "Cannot complete set() of RedisMap: the connection was lost: it is unknown whether the write was applied",
 * );
 * assertEquals(error.keyDigest?.length, 12);
 * ```
 */
export class StoreError extends Error {
  /** `StoreError`. */
  override readonly name = "StoreError";
  /** The name of the map, such as `RedisMap`. */
  readonly store: string;
  /** The method that failed, such as `getAndSet`; or `open`, if the map's place in the store cannot be found or made. */
  readonly operation: string;
  /**
   * What stands for the key, if the call was about a single one: 48 bits of a keyed hash (SipHash-2-4), in hexadecimal.
   * Each process draws the hash's secret at random and keeps it nowhere, so that a guessed key cannot be confirmed.
   * Equal keys have equal digests within one process.
   */
  readonly keyDigest: string | undefined;
  /** What is known of the write. Of a failed read it is `not applied`. */
  readonly outcome: WriteOutcome;
  /** Whether the same call may succeed if it is tried again: never after an unknown outcome, nor if the client says that it was closed. */
  readonly retryable: boolean;

  /**
   * Creates the error.
   *
   * @param reason Why it failed. It must hold no key and no value.
   * @param details What is known.
   */
  constructor(reason: string, details: StoreErrorDetails) {
    const { store, operation, outcome, retryable, cause } = details;
    const unknown = outcome === "unknown" ? ": it is unknown whether the write was applied" : "";
    const action = ACTIONS.get(operation) ?? `complete ${operation}() of`;
    super(`Cannot ${action} ${store}: ${reason}${unknown}`, cause === undefined ? {} : { cause });
    this.store = store;
    this.operation = operation;
    this.keyDigest = "key" in details ? keyDigest(details.key) : undefined;
    this.outcome = outcome;
    this.retryable = retryable && outcome === "not applied";
  }
}

/** What maps and twins do that is no method which somebody has called, in words. */
const ACTIONS: ReadonlyMap<string, string> = new Map([["open", "open"], ["copy", "copy an entry of"]]);
