import { makeSecret, sipHash } from "../keys/sip_hash.ts";

/** How many hexadecimal digits of the hash an error shows. */
const DIGITS = 12;

const secret = makeSecret();

/**
 * How errors of a store call a key without showing it: 12 hexadecimal digits, the same for equal keys in all errors of this process,
 * and only there. A guessed key cannot be confirmed by it.
 */
export function keyDigest(keyBytes: Uint8Array): string {
  return sipHash(secret, keyBytes).slice(0, DIGITS);
}
