import { ABSENT } from "./absent.ts";
import type { Collection } from "./collections.ts";
import { structuralHash } from "./structural_hash.ts";
import type { Ongoing, Work } from "./work.ts";

/** More objects than this are matched by hash. */
const FEW_OBJECTS = 8;

/** How many steps the hash of an object takes. */
const STEPS_A_HASH = 32;

const NONE: Set<object> = new Set();

/**
 * Compares two `Map`s, or two `Set`s. A key that is on both sides is matched with itself; then the objects that only one
 * side has are paired up by their entries.
 */
export function* compareCollections(ongoing: Ongoing, a: object, b: object, collection: Collection): Work {
  const { kind, size, keys, has, get } = collection;
  if (!ongoing.locates && size(a) !== size(b)) return void ongoing.compare(size(a), size(b), kind, undefined);
  const onlyInA: object[] = [];
  const onlyInB: object[] = [];
  for (const key of keys(a)) {
    if (has(b, key)) ongoing.compare(get(a, key), get(b, key), kind, key);
    else if (typeof key === "object" && key !== null) onlyInA.push(key);
    else ongoing.compare(get(a, key), ABSENT, kind, key);
    if (ongoing.isEnded) return;
    if (--ongoing.left <= 0) yield;
  }
  // As many keys that are all on both sides are the same keys.
  if (!ongoing.locates && onlyInA.length === 0) return;
  for (const key of keys(b)) {
    if (!has(a, key)) {
      if (typeof key === "object" && key !== null) onlyInB.push(key);
      else ongoing.compare(ABSENT, get(b, key), kind, key);
    }
    if (ongoing.isEnded) return;
    if (--ongoing.left <= 0) yield;
  }
  return match(ongoing, a, b, onlyInA, onlyInB, collection);
}

/** Pairs up the keys whose entries are equal, and reports the others. */
function* match(
  ongoing: Ongoing,
  a: object,
  b: object,
  aKeys: readonly object[],
  bKeys: readonly object[],
  { kind, get, entry }: Collection,
): Work {
  if (!ongoing.locates && aKeys.length === 1) {
    // There is no choice, so the two can wait in the queue.
    return ongoing.compare(entry(a, aKeys[0]!), entry(b, bKeys[0]!), kind, undefined);
  }
  const isHashed = Math.max(aKeys.length, bKeys.length) > FEW_OBJECTS;
  const hashOf = (collection: object, key: object) => {
    if (!isHashed) return 0;
    ongoing.left -= STEPS_A_HASH;
    return structuralHash(entry(collection, key));
  };
  const free = new Map<number, Set<object>>();
  for (const key of bKeys) {
    const hash = hashOf(b, key);
    const alike = free.get(hash);
    if (alike === undefined) free.set(hash, new Set([key]));
    else alike.add(key);
    if (ongoing.left <= 0) yield;
  }
  for (const key of aKeys) {
    const alike = free.get(hashOf(a, key)) ?? NONE;
    let isMatched = false;
    for (const candidate of alike) {
      isMatched = yield [entry(a, key), entry(b, candidate)];
      if (!isMatched) continue;
      alike.delete(candidate);
      break;
    }
    if (!isMatched) ongoing.compare(get(a, key), ABSENT, kind, key);
    if (ongoing.isEnded) return;
    if (ongoing.left <= 0) yield;
  }
  for (const alike of free.values()) {
    for (const key of alike) ongoing.compare(ABSENT, get(b, key), kind, key);
  }
}
