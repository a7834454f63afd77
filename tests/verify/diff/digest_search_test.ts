import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { DigestSearch } from "../../../verify/diff/digest_search.ts";
import type { DiffProgress } from "../../../verify/diff/progress.ts";

function mapOf(keys: readonly number[], value: number): SqliteMap<number, number> {
  const map = new SqliteMap<number, number>(new DatabaseSync(":memory:"), { table: "entries" });
  for (const key of keys) map.set(key, value);
  return map;
}

function progress(): DiffProgress {
  return { entries: 0, method: "digests" };
}

describe("DigestSearch", () => {
  it("finds exactly the keys that differ, however many walks it takes", async () => {
    const keys = fc.uniqueArray(fc.nat(99), { maxLength: 60 });
    const changed = fc.uniqueArray(fc.nat(99), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(keys, changed, fc.integer({ min: 1, max: 3 }), async (all, some, bits) => {
        const [old, next] = [mapOf(all, 1), mapOf(all, 1)];
        for (const key of some) next.set(key, 2);
        const search = DigestSearch.over<number>(old, next, progress(), undefined, { bits, maxBits: 24, maxKeys: 4 });
        const found = await search!.find();
        if (found !== undefined) assertEquals(found.toSorted(), some.toSorted());
      }),
    );
  });

  it("divides the buckets that differ until few keys are left in them", async () => {
    const keys = Array.from({ length: 1_000 }, (_, key) => key);
    const [old, next] = [mapOf(keys, 1), mapOf(keys, 1)];
    next.set(7, 2);
    const read = progress();
    const search = DigestSearch.over<number>(old, next, read, undefined, { bits: 2, maxBits: 24, maxKeys: 20 })!;
    assertEquals(await search.find(), [7]);
    // 1,000, about 250 and 63 entries, and about 16 keys, on both sides.
    assertEquals(read.entries > 2_500 && read.entries < 2_900, true, `${read.entries}`);
  });

  it("gives up if most buckets differ, and if they cannot be divided any more", async () => {
    const keys = Array.from({ length: 100 }, (_, key) => key);
    const limits = { bits: 2, maxBits: 4, maxKeys: 1 };
    const differing = DigestSearch.over<number>(mapOf(keys, 1), mapOf(keys, 2), progress(), undefined, limits)!;
    assertEquals(await differing.find(), undefined);
    const next = mapOf(keys, 1).set(7, 2);
    assertEquals(
      await DigestSearch.over<number>(mapOf(keys, 1), next, progress(), undefined, limits)!.find(),
      undefined,
    );
  });

  it("needs digests of both maps, by the same hash, of the same codec", () => {
    const over = (old: object, next: object) =>
      DigestSearch.over<number>(old, next, progress(), undefined) !== undefined;
    const map = mapOf([], 1);
    const { codec, hashes } = map.entryDigests;
    const like = (digests: object) => ({ entryDigests: { sums() {}, digests() {}, codec, hashes, ...digests } });
    assertEquals(over(map, mapOf([], 1)), true);
    assertEquals(over(map, like({})), true);
    assertEquals(over(map, new Map()), false);
    assertEquals(over(map, like({ hashes: ["md5"] })), false);
    assertEquals(over(map, like({ codec: {} })), false);
    assertEquals(over(map, { entryDigests: {} }), false);
  });
});
