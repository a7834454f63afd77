import { mixHash, unmixHash } from "../keys/key_hash.ts";

const SALT = 0x2545f491;
const WORD = 2 ** 32;

/** The upper part of a safe integer, whose lower part is `key | 0`: 0 for those of 32 bits. */
export function highOf(key: number): number {
  return (key - (key | 0)) / WORD;
}

/** A hash of a safe integer: a signed 32-bit integer, another one for each lower part that comes with the same upper part. */
export function intHash(low: number, high: number): number {
  return mixHash(low, high === 0 ? SALT : mixHash(high, SALT));
}

/** The safe integer that has this hash and this upper part. */
export function intOfHash(hash: number, high: number): number {
  return high === 0 ? unmixHash(hash, SALT) : unmixHash(hash, mixHash(high, SALT)) + high * WORD;
}
