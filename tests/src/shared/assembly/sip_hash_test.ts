/** Where keys lie: by SipHash-1-3, keyed with a secret of each map. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SharedMap } from "@twinmap/twinmap/shared";
import { COLLIDING } from "../../../../testing/colliding_keys.ts";

/** In words of 4 bytes: see `src/shared/assembly/layout.ts`. */
const SEED_AT = 2;
const EPOCH_AT = 16;
const SLOTS_AT = 1392;
const BLOCK_WORDS = 16;
const BLOCK_MASK = 2 ** 26 - 1;
const HASH = 1;
const NUMBER = 1;
const LATIN1 = 2;

type Key = string | number;

/** SipHash-c-d, as in the paper, of words for a key of four words. */
function sipHash(c: number, d: number, key: Int32Array, bytes: Uint8Array): bigint {
  const k = new BigUint64Array(key.slice().buffer) as unknown as [bigint, bigint];
  const add = (a: bigint, b: bigint) => BigInt.asUintN(64, a + b);
  const rotated = (x: bigint, by: bigint) => BigInt.asUintN(64, x << by) | x >> (64n - by);
  let v: [bigint, bigint, bigint, bigint] = [
    k[0] ^ 0x736f6d6570736575n,
    k[1] ^ 0x646f72616e646f6dn,
    k[0] ^ 0x6c7967656e657261n,
    k[1] ^ 0x7465646279746573n,
  ];
  const rounds = (count: number) => {
    for (let round = 0; round < count; round++) {
      let [a, b, c, d] = v;
      a = add(a, b);
      c = add(c, d);
      b = rotated(b, 13n) ^ a;
      d = rotated(d, 16n) ^ c;
      a = add(rotated(a, 32n), d);
      c = add(c, b);
      v = [a, rotated(b, 17n) ^ c, rotated(c, 32n), rotated(d, 21n) ^ a];
    }
  };
  const blocks = new Uint8Array(8 * (1 + (bytes.length >> 3)));
  blocks.set(bytes);
  blocks[blocks.length - 1] = bytes.length;
  for (const block of new BigUint64Array(blocks.buffer)) {
    v[3] ^= block;
    rounds(c);
    v[0] ^= block;
  }
  v[2] ^= 0xffn;
  rounds(d);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/** What a key is hashed as: its header and its words, or 0 if it has none. */
function messageOf(key: Key): Uint8Array {
  if (typeof key === "number") {
    return new Uint8Array([
      ...new Uint8Array(Int32Array.of(NUMBER).buffer),
      ...new Uint8Array(Float64Array.of(key).buffer),
    ]);
  }
  const bytes = new Uint8Array(4 * Math.max(2, 1 + (key.length + 3 >> 2)));
  bytes.set(new Uint8Array(Int32Array.of(key.length << 4 | LATIN1).buffer));
  for (let at = 0; at < key.length; at++) bytes[4 + at] = key.charCodeAt(at);
  return bytes;
}

/** The words of a memory, and where the heads of the entries of each slot are. */
function chainsOf<V>(map: SharedMap<Key, V>): { words: Int32Array; chains: number[][] } {
  const words = new Int32Array(map.handle.memory.buffer);
  const word = (at: number) => words[at] as number;
  const chains = Array.from({ length: 2 ** (word(EPOCH_AT) & 31) }, (_, slot) => {
    const heads: number[] = [];
    for (let link = word(SLOTS_AT + 2 * slot) & BLOCK_MASK; link !== 0; link = word(link * BLOCK_WORDS)) {
      heads.push(link * BLOCK_WORDS);
    }
    return heads;
  });
  return { words, chains };
}

const range = Uint8Array.from({ length: 64 }, (_, at) => at);
const reference = (c: number, d: number, length: number) =>
  sipHash(c, d, new Int32Array(range.slice(0, 16).buffer), range.subarray(0, length));

describe("The SipHash that the hash of a SharedMap is compared with", () => {
  it("has the results of the reference implementation", () => {
    // SipHash-2-4 and SipHash-1-3 of the bytes 0, 1, 2, … for the key 0, 1, 2, … 15.
    const of24 = [[0, 0x726fdb47dd0e0e31n], [1, 0x74f839c593dc67fdn], [8, 0x93f5f5799a932462n], [
      15,
      0xa129ca6149be45e5n,
    ]];
    for (const [length, hash] of of24) assertEquals(reference(2, 4, Number(length)), hash);
    assertEquals(reference(1, 3, 0), 0xabac0158050fc4dcn);
  });
});

describe("A SharedMap", () => {
  it("hashes keys by SipHash-1-3 with its own seed", () => {
    const map = SharedMap.create<Key, number>({ maxBytes: 2 ** 20 });
    const texts = Array.from(
      { length: 120 },
      (_, length) => "x".repeat(Math.max(0, length - 1)) + "y".slice(0, length),
    );
    const keys: Key[] = [...texts, 0, 1, -1, 2 ** 53 - 1];
    for (const key of keys) map.set(key, 1);
    const { words, chains } = chainsOf(map);
    const seed = words.slice(SEED_AT, SEED_AT + 4);
    const expected = keys.map((key) => Number(BigInt.asIntN(32, sipHash(1, 3, seed, messageOf(key)))));
    const hashes = chains.flat().map((head) => words[head + HASH] as number);
    assertEquals(new Set(hashes), new Set(expected));
    assertEquals(hashes.length, keys.length);
  });

  it("has a seed of its own, so that keys lie elsewhere in the next one", () => {
    const seeds = [1, 2, 3].map(() => {
      const map = SharedMap.create<Key, number>({ maxBytes: 2 ** 16 });
      return [...new Int32Array(map.handle.memory.buffer, 4 * SEED_AT, 4)];
    });
    assertNotEquals(seeds[0], seeds[1]);
    assertNotEquals(seeds[1], seeds[2]);
    for (const seed of seeds) assert(seed.some((word) => word !== 0));
  });

  it("spreads keys of many chunks that the hash before it had in one slot, whatever its seed", () => {
    const map = SharedMap.create<Key, number>({ maxBytes: 2 ** 21 });
    for (const key of COLLIDING) map.set(key, 1);
    const longest = Math.max(...chainsOf(map).chains.map((chain) => chain.length));
    assert(longest < 20, `a chain has ${longest} entries`);
  });
});
