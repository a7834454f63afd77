import type { BlockHash, HashName } from "./block_hash.ts";
import type { Buckets } from "./entry_digests.ts";
import { sha1 } from "./sha1.ts";
import { sha256 } from "./sha256.ts";

const HASHES: { readonly [name in HashName]: () => BlockHash } = { sha1, sha256 };

/** How many bits of a hash count: as many as a sum of two still holds exactly. */
export const DIGEST_BITS = 48;
const MODULUS = 2 ** DIGEST_BITS;

const encoder = new TextEncoder();
const HEX = encoder.encode("0123456789abcdef");

/** Computes the digests of entries in this process: first that of a key, then that of its entry. */
export class EntryHasher {
  readonly #hash: BlockHash;
  readonly #secret: Uint8Array;
  #keyHash: Uint8Array = new Uint8Array(0);

  constructor({ hash, secret }: { readonly hash: HashName; readonly secret: string }) {
    this.#hash = HASHES[hash]();
    this.#secret = encoder.encode(secret);
  }

  /** The first bits of the hash of a key. */
  ofKey(key: Uint8Array): number {
    const words = this.#hash.hash(this.#secret, key);
    if (this.#keyHash.length !== words.length * 8) this.#keyHash = new Uint8Array(words.length * 8);
    writeHex(words, this.#keyHash);
    return firstBits(words);
  }

  /** The digest of the entry whose key was hashed last. */
  ofEntry(value: Uint8Array): number {
    return firstBits(this.#hash.hash(this.#keyHash, value));
  }
}

/** The sum of two digests. */
export function added(a: number, b: number): number {
  return (a + b) % MODULUS;
}

/** The number of the bucket of a key, of which there are 2^`bits`, by the first bits of its hash. */
export function bucketOf(keyHash: number, bits: number): number {
  return Math.floor(keyHash / 2 ** (DIGEST_BITS - bits));
}

/** Returns whether a key with this hash is in one of the buckets. */
export function membershipOf({ bits, numbers }: Buckets): (keyHash: number) => boolean {
  if (bits === 0) return () => numbers.length > 0;
  const wanted = new Set(numbers);
  return (keyHash) => wanted.has(bucketOf(keyHash, bits));
}

function firstBits(words: Int32Array): number {
  return (words[0]! >>> 0) * 2 ** 16 + (words[1]! >>> 16);
}

function writeHex(words: Int32Array, digits: Uint8Array): void {
  for (let at = 0; at < digits.length; at++) digits[at] = HEX[words[at >> 3]! >>> 28 - 4 * (at & 7) & 15]!;
}
