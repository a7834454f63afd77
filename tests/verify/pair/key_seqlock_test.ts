import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { KeySeqlock } from "../../../verify/pair/key_seqlock.ts";

describe("KeySeqlock", () => {
  it("has no version while a write to the key is under way, and another one afterwards", () => {
    const seqlock = new KeySeqlock();
    const before = seqlock.version(1);
    seqlock.begin(1);
    seqlock.begin(1);
    seqlock.end(1);
    assertEquals(seqlock.version(1), undefined);
    seqlock.end(1);
    assertNotEquals(seqlock.version(1), before);
  });

  it("keeps the version of a key as long as it is not written", () => {
    const seqlock = new KeySeqlock();
    const before = seqlock.version(1);
    seqlock.begin(2);
    assertEquals(seqlock.version(1), before);
  });

  it("takes a write to all keys for a write to each", () => {
    const seqlock = new KeySeqlock();
    const before = seqlock.version(1);
    seqlock.beginAll();
    assertEquals([seqlock.version(1), seqlock.version(2)], [undefined, undefined]);
    seqlock.endAll();
    assertNotEquals(seqlock.version(1), before);
  });

  it("tells apart keys whose hashes differ in the last 15 bits, and never misses a write to one that shares them", () => {
    const seqlock = new KeySeqlock();
    seqlock.begin(2 ** 15 - 1);
    assertEquals(seqlock.version(-1), undefined);
    assertNotEquals(seqlock.version(-2), undefined);
  });

  it("does not count writes to other keys of the stripe of a key that was asked for", () => {
    const seqlock = new KeySeqlock();
    const [key, neighbour] = [1, 1 + 2 ** 15];
    const before = seqlock.watchedVersion(key);
    seqlock.begin(neighbour);
    assertEquals([seqlock.watchedVersion(key), seqlock.version(key)], [before, undefined]);
    seqlock.end(neighbour);
    assertEquals(seqlock.watchedVersion(key), before);
    seqlock.begin(key);
    assertEquals(seqlock.watchedVersion(key), undefined);
    seqlock.end(key);
    assertNotEquals(seqlock.watchedVersion(key), before);
    const written = seqlock.watchedVersion(key);
    seqlock.beginAll();
    assertEquals(seqlock.watchedVersion(key), undefined);
    seqlock.endAll();
    assertNotEquals(seqlock.watchedVersion(key), written);
  });

  it("watches the last 16,384 keys: of the others, a write to the stripe counts", () => {
    const seqlock = new KeySeqlock();
    const before = seqlock.watchedVersion(1);
    for (let key = 2; key < 2 + 2 ** 14; key++) seqlock.watchedVersion(key);
    seqlock.begin(1 + 2 ** 15);
    seqlock.end(1 + 2 ** 15);
    assertNotEquals(seqlock.watchedVersion(1), before);
  });

  it("has the highest version of all seqlocks once a write to the key has ended", () => {
    const [first, second] = [new KeySeqlock(), new KeySeqlock()];
    for (let round = 0; round < 3; round++) {
      for (const seqlock of [first, second]) {
        const before = Math.max(Number(first.version(1)), Number(second.version(1)));
        seqlock.begin(1);
        seqlock.end(1);
        assertEquals(Number(seqlock.version(1)) > before, true);
      }
    }
  });
});
