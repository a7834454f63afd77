import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { makeKeyHash } from "../../../src/keys/key_hash.ts";

const SECRET = "a secret of this fleet";

describe("makeKeyHash()", () => {
  it("makes signed 32-bit integers", () => {
    const hash = makeKeyHash();
    fc.assert(fc.property(fc.anything(), (key) => assertEquals(hash(key), hash(key) | 0)));
  });

  it("makes the same of keys that Map takes for the same", () => {
    const hash = makeKeyHash();
    const otherNaN = new Float64Array(new BigInt64Array([-1n]).buffer)[0];
    assertEquals(hash(otherNaN), hash(NaN));
    assertEquals(hash(-0), hash(0));
    assertEquals(hash(["a", "b"].join("")), hash("ab"));
    for (const key of [{}, () => {}, Symbol(), Symbol.iterator]) assertEquals(hash(key), hash(key));
  });

  it("makes something else of each of a thousand keys, whatever their type", () => {
    const hash = makeKeyHash();
    const kinds: ((at: number) => unknown)[] = [
      (at) => at,
      (at) => String(at),
      (at) => BigInt(at),
      (at) => at + 0.5,
      (at) => at * 2 ** 32,
      (at) => at * Number.MIN_VALUE,
      (at) => ({ at }),
      () => Symbol(),
      () => Symbol("same"),
      (at) => Symbol.for(`test ${at}`),
    ];
    const keys = [true, false, null, undefined, NaN, Infinity, -Infinity, Symbol.iterator, Symbol.asyncIterator];
    for (const kind of kinds) for (let at = 1; at <= 1_000; at++) keys.push(kind(at) as never);
    const hashes = new Set(keys.map(hash));
    // Of ten thousand random hashes, two are the same with a chance of 1 in 86; three pairs, never.
    assert(hashes.size > keys.length - 3, `${hashes.size} hashes of ${keys.length} keys`);
  });

  it("spreads every bit, of keys that differ in any", () => {
    const hash = makeKeyHash();
    const keys: unknown[] = [];
    for (let bit = 0; bit < 31; bit++) keys.push(2 ** bit, -(2 ** bit), 2 ** -bit, `${2 ** bit}`, BigInt(2 ** bit));
    for (let at = 0; at < 5_000; at++) keys.push(at, `key ${at}`);
    for (let bit = 0; bit < 32; bit++) {
      const set = keys.filter((key) => hash(key) >>> bit & 1).length;
      assert(Math.abs(set / keys.length - 0.5) < 0.03, `bit ${bit} is set in ${set} of ${keys.length}`);
    }
  });

  it("makes something else of a key each time, without a secret", () => {
    const hashes = Array.from({ length: 4 }, () => makeKeyHash());
    for (const key of ["a", 1, 1.5, 1n, true, null, {}]) {
      assert(new Set(hashes.map((hash) => hash(key))).size > 1, `always the same of ${String(key)}`);
    }
  });

  it("makes the same of a key under the same secret, in every process and on every runtime", () => {
    const keys = ["", "a", "user:1234567", "ä€𝄞", 0, 1, -1, 1.5, 2 ** 40, NaN, 7n, true, false, null, undefined];
    assertEquals([...keys, Symbol.for("a")].map(makeKeyHash(SECRET)), HASHES);
    assertNotEquals(keys.map(makeKeyHash("another secret of 1")), HASHES.slice(0, -1));
  });

  it("takes bytes for a secret, and depends on each of them", () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, at) => at);
    const hashes = Array.from(bytes, (_, at) => makeKeyHash(bytes.with(at, 99))("a"));
    assertEquals(makeKeyHash(bytes)("a"), makeKeyHash(bytes.slice())("a"));
    assertEquals(new Set([...hashes, makeKeyHash(bytes)("a")]).size, 17);
    const hash = makeKeyHash(bytes);
    bytes.fill(0);
    assertEquals(hash("b"), makeKeyHash(Uint8Array.from({ length: 16 }, (_, at) => at))("b"));
  });
});

/** What the keys above are hashed to under `SECRET`. */
const HASHES = [
  -418704427,
  1290254929,
  -565109225,
  -1729226006,
  620980681,
  -45422190,
  1293206124,
  2115170157,
  1487382510,
  -902782602,
  -487193637,
  -2062701690,
  1416702563,
  -458339020,
  1918954117,
  1856917696,
];
