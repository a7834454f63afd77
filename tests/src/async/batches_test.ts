import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { batchesOf } from "../../../src/async/batches.ts";

const lengths = (batches: Iterable<readonly unknown[]>) => Array.from(batches, (batch) => batch.length);

describe("batchesOf()", () => {
  it("makes batches of 1,024 items, whose last one may be shorter", () => {
    for (const count of [0, 1, 1_024, 1_025, 3_000]) {
      const expected = [...Array(Math.floor(count / 1_024)).fill(1_024), count % 1_024].filter((length) => length > 0);
      assertEquals(lengths(batchesOf(Array(count))), expected);
      assertEquals(lengths(batchesOf(Array(count), () => 0)), expected);
    }
  });

  it("gives an item that is more than a batch takes a batch of its own", () => {
    assertEquals([...batchesOf([3, 0.5, 3, 0.5, 0.5, 0.25], (share) => share)], [[3], [0.5], [3], [0.5, 0.5], [0.25]]);
  });

  it("keeps the order, and begins a batch only where the next item does not fit into the last one", () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 48 })), (items) => {
      const batches = [...batchesOf(items, (item) => item / 32)];
      assertEquals(batches.flat(), items);
      const taken = (batch: readonly number[]) => batch.reduce((sum, item) => sum + Math.max(item / 32, 1 / 1_024), 0);
      for (const [at, batch] of batches.entries()) {
        assertEquals(batch.length === 1 || taken(batch) <= 1, true);
        assertEquals(at === 0 || taken([...batches[at - 1]!, batch[0]!]) > 1, true);
      }
    }));
  });
});
