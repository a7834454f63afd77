import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { halfSipHash, halfSipHashOfWord } from "../../../src/keys/half_sip_hash.ts";
import { anyCharacter } from "../../any_character.ts";

/** The key of the test vectors: the bytes 0, 1, …, 7. */
const KEY = [0x03020100, 0x07060504] as const;

/**
 * HalfSipHash-2-4 of the bytes 0, 1, 2, …: of the first 0, 2, 4, … of them, the lowest byte of each hash first. From
 * `vectors.h` in the reference repository, github.com/veorq/SipHash, where it stands for odd lengths too.
 */
const VECTORS = `
  a9359f5b fa62a603 2a6e4689 5863fc23 d0b8848f 94b07934 57f0872f d6fff87c d9b5ac84 465b8d9b e34d1045 70f367fe 27400c63
  4f567b5f b0644000 509e338b fee72112 6a434f8c e75cc6ec 63688b0f b6bc1840 2442fd2e 7705d548 b6d499c8 69e12ce3 369764c6
  3b85f3d4 1e692a3a a5c5b940 7dbc8140 d4e76c73 bd83997a
`.trim().split(/\s+/);

/** HalfSipHash with any number of rounds, word by word as its source defines it. `words` end in the padded last one. */
function reference(k0: number, k1: number, words: Iterable<number>, roundsAWord: number, lastRounds: number): number {
  const v = Int32Array.of(k0, k1, k0 ^ 0x6c796765, k1 ^ 0x74656462) as unknown as [number, number, number, number];
  const rotate = (word: number, bits: number) => word << bits | word >>> 32 - bits;
  const mix = (a: number, b: number, bits: number) => {
    v[a] = v[a] as number + (v[b] as number);
    v[b] = rotate(v[b] as number, bits) ^ v[a] as number;
  };
  const round = () => {
    mix(0, 1, 5);
    v[0] = rotate(v[0], 16);
    mix(2, 3, 8);
    mix(0, 3, 7);
    mix(2, 1, 13);
    v[2] = rotate(v[2], 16);
  };
  for (const word of words) {
    v[3] ^= word;
    for (let i = 0; i < roundsAWord; i++) round();
    v[0] ^= word;
  }
  v[2] ^= 0xff;
  for (let i = 0; i < lastRounds; i++) round();
  return v[1] ^ v[3];
}

/** The code units of a text, two to a word, the last word with the number of bytes in its highest byte. */
function wordsOf(text: string): number[] {
  const words = Array.from({ length: (text.length >> 1) + 1 }, (_, word) => {
    const [low, high] = [text.charCodeAt(2 * word), text.charCodeAt(2 * word + 1)];
    return (low || 0) | (high || 0) << 16;
  });
  words.push((words.pop() as number) | text.length << 25);
  return words;
}

/** The bytes 0, 1, 2, …, two to a code unit. */
const counting = (length: number): string =>
  String.fromCharCode(...Array.from({ length: length / 2 }, (_, at) => 2 * at | 2 * at + 1 << 8));

describe("halfSipHash()", () => {
  const words = fc.integer();
  const texts = fc.oneof(fc.string({ unit: anyCharacter }), fc.string({ maxLength: 40, size: "max" }));

  it("is HalfSipHash-1-3: what has the hashes of its authors with two rounds and four has the same with one and three", () => {
    const hashes = VECTORS.map((_, at) => {
      const bytes = new DataView(new ArrayBuffer(4));
      bytes.setInt32(0, reference(...KEY, wordsOf(counting(2 * at)), 2, 4), true);
      return bytes.getUint32(0).toString(16).padStart(8, "0");
    });
    assertEquals(hashes, VECTORS);
    fc.assert(fc.property(words, words, texts, (k0, k1, text) => {
      assertEquals(halfSipHash(k0, k1, text), reference(k0, k1, wordsOf(text), 1, 3));
    }));
  });

  it("tells a text from one with further zeros", () => {
    assertNotEquals(halfSipHash(...KEY, "a"), halfSipHash(...KEY, "a\0"));
    assertNotEquals(halfSipHash(...KEY, "ab"), halfSipHash(...KEY, "ab\0"));
  });

  it("halfSipHashOfWord() is the hash of one word", () => {
    fc.assert(fc.property(words, words, words, (k0, k1, word) => {
      assertEquals(halfSipHashOfWord(k0, k1, word), reference(k0, k1, [word], 1, 3));
    }));
  });
});
