import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { highOf, IntHash } from "../../../src/int/int_hash.ts";
import { seededRandom } from "../../../testing/seeded_random.ts";

const keys = fc.oneof(fc.integer(), fc.maxSafeInteger());

function seeded(words?: () => ArrayLike<number>): IntHash {
  const hash = new IntHash();
  hash.seed(words);
  return hash;
}

describe("IntHash", () => {
  it("returns signed 32-bit integers that, with the upper part, give the key back", () => {
    fc.assert(fc.property(keys, (key) => {
      const ints = seeded();
      const hash = ints.of(key | 0, highOf(key));
      assertEquals(hash, hash | 0);
      assertEquals(ints.keyOf(hash, highOf(key)), key);
    }));
  });

  it("returns a different hash for each key of 32 bits", () => {
    const ints = seeded();
    fc.assert(fc.property(fc.integer(), fc.integer(), (a, b) => {
      assertEquals(ints.of(a, 0) === ints.of(b, 0), a === b);
    }));
  });

  it("returns different hashes for the same keys in each map, and the same ones within a map", () => {
    const someKeys = [0, 1, 2, 3];
    const ints = seeded();
    const hashes = someKeys.map((key) => ints.of(key, 0));
    ints.seed();
    assertEquals(someKeys.map((key) => ints.of(key, 0)), hashes);
    assertNotEquals(someKeys.map((key) => seeded().of(key, 0)), hashes);
  });

  /** Keys with a pattern that survives weak hashes, as `[low, high]`. */
  const patterns: Record<string, (at: number) => readonly [number, number]> = {
    "that follow each other": (at) => [at, 0],
    "that follow each other at a distance of 2^16": (at) => [at << 16, 0],
    "that differ in the highest bits": (at) => [at << 20, 0],
    "that differ in the lowest and the highest bits": (at) => [(at & 63) | at >>> 6 << 26, 0],
    "that differ in pairs of bits 16 apart": (at) => [at | at << 16, 0],
    "that differ in pairs of bits 15 apart": (at) => [at | at << 15, 0],
    "that are multiples of the golden ratio": (at) => [Math.imul(at, 0x9e3779b1), 0],
    "that an unseeded hash makes adjacent": (at) => [unmixed(at), 0],
    "that differ in the upper part": (at) => [7, at + 1],
    "that differ in the highest bits of the upper part": (at) => [7, (at << 9) + 1],
    "that differ in both parts alike": (at) => [at, at + 1],
    "that differ in both parts by powers of two": (at) => [at << 20, (at << 9) + 1],
  };
  for (const [kind, keyAt] of Object.entries(patterns)) {
    it(`keeps probes short for keys ${kind}, under any seed`, () => {
      const random = seededRandom(7);
      for (let round = 0; round < 40; round++) {
        const ints = seeded(() => Array.from({ length: 5 }, () => Math.floor(random() * 2 ** 32) | 0));
        const probes = longestProbe(Array.from({ length: 4_096 }, (_, at) => ints.of(...keyAt(at))));
        assert(probes < LONGEST_PROBE, `${probes} slots under seed ${round}`);
      }
    });
  }
});

/** Of 40 times 4,096 random hashes, 11 to 16; of adjacent hashes, 1,433. */
const LONGEST_PROBE = 40;

/**
 * The most slots between a key and its home, if 0.65 of the homes are taken in the order of the hashes.
 */
function longestProbe(hashes: number[]): number {
  const homes = hashes.length / 0.65;
  let longest = 0;
  let free = 0;
  for (const hash of hashes.map((hash) => hash >>> 0).sort((a, b) => a - b)) {
    const home = Math.floor(hash / 2 ** 32 * homes);
    free = Math.max(free, home);
    longest = Math.max(longest, free - home);
    free++;
  }
  return longest;
}

/** The key whose hash was `hash` when the hash of every map was MurmurHash3's finalizer. */
function unmixed(mixed: number): number {
  let hash = mixed ^ (mixed >>> 16);
  hash = Math.imul(hash, 0x7ed1b41d);
  hash = Math.imul(hash ^ (hash >>> 13) ^ (hash >>> 26), 0xa5cb9243);
  return hash ^ (hash >>> 16) ^ 0x2545f491;
}

describe("highOf()", () => {
  it("is 0 for whole numbers of 32 bits only", () => {
    fc.assert(fc.property(keys, (key) => assertEquals(highOf(key) === 0, key === (key | 0))));
    for (const key of [2 ** 31, -(2 ** 31) - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      assertEquals(Number.isSafeInteger(highOf(key)) && highOf(key) !== 0, true);
    }
  });
});
