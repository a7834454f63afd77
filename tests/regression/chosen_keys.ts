/**
 * The hash of keys as it was when it had no secret, and keys that an attacker chose by it. It could be undone step by step, so
 * there is a whole number for each hash, and a string of four code units for each hash and each first half.
 */

/** Keys that are whole numbers, by their hash under the old function. */
export function intOfOldHash(hash: number): number {
  return unmix(hash) ^ 0x51ab3c9d;
}

/** Keys by the hash that the old function gave to those that are counted as distinct. */
export function intOfOldDistinctHash(hash: number): number {
  return intOfOldHash(unmix(hash) ^ 0x44495354);
}

/** So many keys that are strings of one hash under the old function. */
export function stringsOfOneOldHash(count: number): string[] {
  const last = Math.imul(unshift15(unmix(7)), 0x0e8b2f51);
  return Array.from({ length: count }, (_, first) => {
    const [low, high] = [first & 0xffff, first >>> 16];
    let hash = Math.imul(0x2f0b4c35 ^ 4 ^ low ^ high << 16, 0x9e3779b1);
    hash ^= hash >>> 15;
    const word = hash ^ last;
    return String.fromCharCode(low, high, word & 0xffff, word >>> 16);
  });
}

/** The old hash of a string: what the strings above have in common. */
export function oldStringHash(text: string): number {
  let hash = 0x2f0b4c35 ^ text.length;
  for (let at = 1; at < text.length; at += 2) {
    hash = Math.imul(hash ^ text.charCodeAt(at - 1) ^ text.charCodeAt(at) << 16, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
  return hash ^ hash >>> 16;
}

/** The inverse of MurmurHash3's finalizer. */
export function unmix(mixed: number): number {
  let hash = Math.imul(mixed ^ mixed >>> 16, 0x7ed1b41d);
  hash = Math.imul(hash ^ hash >>> 13 ^ hash >>> 26, 0xa5cb9243);
  return hash ^ hash >>> 16;
}

function unshift15(hash: number): number {
  return hash ^ hash >>> 15 ^ hash >>> 30;
}
