import type { DigestRequest } from "../../digests/entry_digests.ts";
import type { Argument } from "./client.ts";
import type { DigestPage } from "./digest_script.ts";

/** An entry of a page: the bytes of its key, and those of its value if they were asked for. */
export type EntryBytes = readonly [key: Uint8Array, value?: Uint8Array | undefined];

/**
 * The entries of a map as the server has them: bytes of keys and values. Each method on one key is one step on the server.
 *
 * `expiresAt` is in milliseconds since 1970, `Infinity` if an entry never expires.
 */
export interface RedisEntries {
  /** How many bytes Redis has to keep of a key besides its own. */
  readonly keyOverhead: number;
  /** The value, or `null`: as the client answers, since this is what maps are asked most. */
  get(key: Argument): Promise<Uint8Array | null>;
  has(key: Argument): Promise<boolean>;
  set(key: Argument, value: Argument, expiresAt: number): Promise<unknown>;
  delete(key: Argument): Promise<boolean>;
  /** Sets an absent key. Resolves to the value that was there, if it was not absent. */
  insert(key: Argument, value: Argument, expiresAt: number): Promise<Uint8Array | undefined>;
  /** Sets a key, whose time stays as it is; `expiresAt` is that of an absent one. Resolves to the value that was there. */
  replace(key: Argument, value: Argument, expiresAt: number): Promise<Uint8Array | undefined>;
  /** Removes a key. Resolves to the value that was there. */
  take(key: Argument): Promise<Uint8Array | undefined>;
  /** Sets a key to `next`, or removes it, if it still has the value `seen`, or is still absent. Its time stays as it is. */
  compareAndSet(
    key: Argument,
    seen: Uint8Array | undefined,
    next: Argument | undefined,
    expiresAt: number,
  ): Promise<boolean>;
  /** When an entry expires; `undefined` if it is absent. */
  expiresAt(key: Argument): Promise<number | undefined>;
  /** How many there are, if the server knows it without a walk over them. */
  count?(): Promise<number>;
  /** Sets these. It throws a `PartialWriteError` if some are set, and others are not. */
  setMany(entries: readonly (readonly [key: Argument, value: Argument])[], expiresAt: number): Promise<unknown>;
  /** Removes these, or throws, as `setMany`. */
  deleteMany(keys: readonly Argument[]): Promise<unknown>;
  /** All that are present throughout, in pages. Some may come twice. */
  pages(withValues: boolean): AsyncIterable<readonly EntryBytes[]>;
  /** Digests of all that are present throughout, in pages: sums for buckets of so many bits, or a digest for each key. */
  digestPages(request: DigestRequest, bits: number | undefined): AsyncIterable<DigestPage>;
}

/** A reply that is bytes or nothing. */
export function bytesOf(reply: unknown): Uint8Array | undefined {
  return reply === null ? undefined : reply as Uint8Array;
}
