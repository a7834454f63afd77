import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { NativeMap } from "@twinmap/twinmap";
import { orderDifference } from "../../../verify/pair/order_difference.ts";

const entries = fc.shuffledSubarray([0, 1, 2, 3, NaN, "a", "1"]);

function mapOf(keys: Iterable<unknown>): NativeMap<unknown, boolean> {
  return new NativeMap([...keys].map((key) => [key, true]));
}

describe("orderDifference()", () => {
  it("finds the first two keys of both that are visited in another order, and none only if there are none", () => {
    fc.assert(fc.property(entries, entries, (oldKeys, newKeys) => {
      const inBoth = (keys: readonly unknown[], others: readonly unknown[]) =>
        keys.filter((key) => others.includes(key));
      const [oldOrder, newOrder] = [inBoth(oldKeys, newKeys), inBoth(newKeys, oldKeys)];
      const at = oldOrder.findIndex((key, index) => !Object.is(key, newOrder[index]));
      const found = orderDifference(mapOf(oldKeys), mapOf(newKeys));
      assertEquals(found?.keys, at < 0 ? undefined : [oldOrder[at], newOrder[at]]);
    }));
  });

  it("leaves out keys that are ignored", () => {
    const ignores = (key: unknown) => key === 1;
    assertEquals(orderDifference(mapOf([1, 2, 3]), mapOf([2, 3, 1]), ignores), undefined);
    assertEquals(orderDifference(mapOf([1, 2, 3]), mapOf([3, 2, 1]), ignores)?.keys, [2, 3]);
  });

  it("looks at the beginning of large maps only, and takes the rest as it is", () => {
    const keys = Array.from({ length: 3_000 }, (_, i) => i);
    const swapped = (at: number) => mapOf(keys.with(at, keys[at + 1] ?? 0).with(at + 1, keys[at] ?? 0));
    assertEquals(orderDifference(mapOf(keys), swapped(990))?.keys, [990, 991]);
    assertEquals(orderDifference(mapOf(keys), swapped(2_000)), undefined);
  });
});
