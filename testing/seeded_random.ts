/**
 * Returns a generator of pseudo-random numbers from 0 (included) to 1 (excluded), the same for the same seed: a Weyl
 * sequence whose terms are mixed by MurmurHash3's finalizer, as in SplitMix (Steele, Lea, Flood, 2014).
 */
export function seededRandom(seed: number): () => number {
  let term = seed | 0;
  return () => {
    term = (term + 0x9e3779b9) | 0;
    let mixed = Math.imul(term ^ (term >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
