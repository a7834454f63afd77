/**
 * Numbers from 0 to 1, 1 excluded, that look random and are the same for the same seed: a Weyl sequence, each of whose
 * terms is mixed by MurmurHash3's finalizer, as SplitMix does (Steele, Lea, Flood, 2014).
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
