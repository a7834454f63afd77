/**
 * 2^11 keys of 12 chunks of 8 characters, which `SharedMap` had in one slot: its hash mixed one chunk after the other into a state, and
 * passed on a difference of 2^63 ^ 2^30 as it was, whatever the seed, so that the same difference in a later chunk cancelled it.
 */
export const COLLIDING: readonly string[] = Array.from({ length: 2 ** 11 }, (_, bits) => {
  const differs = Array.from({ length: 11 }, (_, at) => (bits >> at & 1) === 1);
  const isOdd = differs.filter((bit) => bit).length % 2 === 1;
  return [...differs, isOdd].map((bit) => bit ? "aaa!aaa\xe1" : "aaaaaaaa").join("");
});
