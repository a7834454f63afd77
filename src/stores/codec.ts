/**
 * How a map stores values.
 *
 * @module
 */

import { keyDigest } from "../keys/key_digest.ts";

/**
 * How a map turns values into what it stores, and back. The two methods may use the map.
 *
 * A codec refuses what it would lose: what `encode` returns, `decode` must turn into an equal value.
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
 * @typeParam V The type of the values.
 */
export interface Codec<V> {
  /** What `twinmap doctor` calls it, such as `json`. */
  readonly name?: string;
  /**
   * What `encode` returns: strings (`text`), or bytes. A store must know it, since it has only bytes to read. A map in the memory
   * of the process does not ask.
   * @default {"text"}
   */
  readonly form?: "text" | "bytes";
  /** Returns the value as a string or as bytes. What it throws reaches the caller, and nothing is written then. */
  encode(value: V): string | Uint8Array;
  /**
   * Returns the value that `encode` made this of: a string if it returned one, else bytes. It is called each time the value is
   * read.
   */
  decode(encoded: string | Uint8Array): V;
}

/** A codec of this module refuses a value. The map adds its name to the message. */
export class UnencodableError extends TypeError {
  /** The name of the class that it extends. */
  override readonly name: string = "TypeError";
  /** Leads from the value to the part of it that is refused; empty if that is the value itself. */
  readonly path: string;
  /** What that part is. */
  readonly what: string;

  /** `allowed` is a sentence without its end. */
  constructor(path: string, what: string, allowed: string) {
    super(`the value${path === "" ? "" : ` at ${path}`} is ${what}, and ${allowed}`);
    this.path = path;
    this.what = what;
  }
}

/** A codec of this module cannot decode what it is given. The map makes an {@link InvalidValueError} of it. */
export class UndecodableError extends Error {
  /** Leads from the value to the part of it that is wrong; empty if that is the value itself. */
  readonly path: string;

  /** `reason` is a part of a sentence. */
  constructor(path: string, reason: string) {
    super(reason);
    this.path = path;
  }
}

/**
 * What a store holds under a key is not a value: the codec cannot decode it. The key can still be deleted, or be set to
 * another value. The message shows neither the key nor the value.
 */
export class InvalidValueError extends Error {
  /** The name of the class. */
  override readonly name: string = "InvalidValueError";
  /** The name of the map, such as `SqliteMap`. */
  readonly store: string;
  /** What stands for the key, as in a {@link StoreError}: equal keys have equal digests within one process. */
  readonly keyDigest: string;
  /** Leads from the value to the part of it that is wrong; empty if that is the value itself, or is not known. */
  readonly path: string;

  /** For the maps. `reason` is a part of a sentence; `cause` is what a codec of the user's own has thrown. */
  constructor(store: string, key: unknown, path: string, reason: string, cause?: unknown) {
    const digest = keyDigest(key);
    super(
      `Cannot read a value of ${store}: ${reason}${path === "" ? "" : ` at ${path}`}: key ${digest}`,
      cause === undefined ? {} : { cause },
    );
    this.store = store;
    this.keyDigest = digest;
    this.path = path;
  }
}
