/**
 * The interface by which a map tells others, in few bytes, which entries it has.
 *
 * @module
 */

import type { HashName } from "./block_hash.ts";

/**
 * A map that can digest its entries where they are stored, so that two maps can be compared without moving all entries.
 *
 * The digests of an entry are numbers of 48 bits, the first 12 hexadecimal digits of a hash. With `secret` as a prefix:
 *
 * - the key's hash is `hash(secret + key)`, written as lower-case hexadecimal digits;
 * - the entry's digest is `hash(key's hash + value)`.
 *
 * `key` is the stored key without a prefix of the map: a letter for its type and its bytes, as in all maps of this module
 * over stores. `value` is what the codec made of the value, text as UTF-8.
 *
 * @typeParam K The type of the keys.
 */
export interface DigestedMap<K> {
  /** What digests the entries. */
  readonly entryDigests: EntryDigests<K>;
}

/** Digests the entries of one map. */
export interface EntryDigests<K> {
  /** How the map stores values. The digests of two maps can be compared if this is the same object. */
  readonly codec: unknown;
  /** The hashes that it can compute, the best one first. */
  readonly hashes: readonly HashName[];
  /**
   * Adds up the digests of the entries in each bucket, modulo 2^48. Entries that are present throughout are counted, most of
   * them once.
   *
   * @param bits How many bits of a key's hash make the number of its bucket: as many as those of `within`, or more.
   * @returns The sums in parts, which the caller adds up.
   */
  sums(request: DigestRequest, bits: number): AsyncIterable<DigestSums>;
  /** The keys in the buckets, each with the digest of its entry, in pages. Some may come twice. */
  digests(request: DigestRequest): AsyncIterable<readonly DigestedKey<K>[]>;
}

/** What to digest, and how. */
export interface DigestRequest {
  /** One of the hashes that the map can compute. */
  readonly hash: HashName;
  /** Lower-case hexadecimal digits that nobody else knows. */
  readonly secret: string;
  /** The entries to digest. */
  readonly within: Buckets;
  /** Ends the walk. */
  readonly signal?: AbortSignal | undefined;
}

/** Some of the 2^`bits` buckets into which the first `bits` bits of the keys' hashes divide the entries; `{ bits: 0, numbers: [0] }`: all. */
export interface Buckets {
  /** From 0 to 24. */
  readonly bits: number;
  /** Their numbers, each once. */
  readonly numbers: readonly number[];
}

/** A part of the sums of some buckets. */
export interface DigestSums {
  /** How many entries were added. */
  readonly entries: number;
  /** The sum of each bucket that has some. */
  readonly sums: Iterable<readonly [bucket: number, sum: number]>;
}

/** A key, and the digest of its entry. */
export type DigestedKey<K> = readonly [key: K, digest: number];

export type { HashName };
