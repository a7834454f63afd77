/** The rules that the inside of a `HashTrieMap` keeps after every operation. */
import { assert, assertEquals } from "@std/assert";
import type { HashTrieMap, HashTrieStructure } from "@twinmap/twinmap";

/** The largest number of entries of a list. */
const MAX_LISTED = 4;

/** The number of levels of branches that use bits of the hash. Those below use bits of a second, secret hash. */
const FIRST_LEVELS = 8;

/** Throws unless the trie is the one that its entries determine. */
export function checkTrie(map: HashTrieMap<unknown, unknown>): void {
  assertEquals(hashesUnder(map.structure, []).length, map.size, "the lists have as many entries as the map");
}

/** The hashes under a branch; the slots in `path` lead to it. */
function hashesUnder({ slots }: HashTrieStructure, path: readonly number[]): number[] {
  assertEquals(slots.length, 16);
  const under = slots.flatMap((slot, at) => {
    if (slot === undefined) return [];
    return "slots" in slot ? hashesUnder(slot, [...path, at]) : hashesListed(slot, [...path, at]);
  });
  if (path.length > 0) assert(under.length > MAX_LISTED, `a branch has more than a list would take: ${under}`);
  return under;
}

function hashesListed(list: readonly number[], path: readonly number[]): number[] {
  assert(list.length > 0, "no list is empty");
  assert(list.length <= MAX_LISTED, `a longer list would be a branch: ${list}`);
  for (const hash of list) {
    const levels = path.slice(0, FIRST_LEVELS);
    assert(levels.every((at, level) => (hash >>> level * 4 & 15) === at), `hash ${hash} is where it belongs`);
  }
  return [...list];
}
