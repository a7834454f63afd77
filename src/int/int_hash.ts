import { mixHash, unmixHash } from "../keys/key_hash.ts";

const SALT = 0x2545f491;
const WORD = 2 ** 32;

/** The upper part of a safe integer, whose lower part is `key | 0`. It is 0 for keys of 32 bits. */
export function highOf(key: number): number {
  return (key - (key | 0)) / WORD;
}

/** The hash of a safe integer: a signed 32-bit integer, different for each lower part with the same upper part. */
export function intHash(low: number, high: number): number {
  return mixHash(low, high === 0 ? SALT : mixHash(high, SALT));
}

/** The safe integer with this hash and this upper part. */
export function intOfHash(hash: number, high: number): number {
  return high === 0 ? unmixHash(hash, SALT) : unmixHash(hash, mixHash(high, SALT)) + high * WORD;
}
