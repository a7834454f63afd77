import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncStore, StoreError, type StoreFailure } from "@twinmap/twinmap";
import { SteppedStore, StoreMap } from "./stepped_store.ts";

const REFUSED: StoreFailure = { outcome: "not applied", retryable: true, reason: "it is full" };

/** A map over a store that sets and removes up to four entries at once, and refuses batches with the value 0. */
function rig() {
  const store = new SteppedStore<number, number>("plain");
  const batches: number[][] = [];
  const many: Partial<AsyncStore<number, number>> = {
    setMany: (entries) => {
      if (entries.some(([, value]) => value === 0)) throw new Error("full");
      batches.push(entries.map(([key]) => key));
      for (const [key, value] of entries) store.rows.set(key, { value });
    },
    deleteMany: (keys) => {
      batches.push([...keys]);
      for (const key of keys) store.rows.delete(key);
    },
    shareOf: (_key, value) => value === undefined ? 1 / 2 : value / 4,
    failureOf: () => REFUSED,
  };
  return { store, batches, map: new StoreMap(Object.assign(store, many)) };
}

describe("setMany() and clear()", () => {
  it("give a store no more than it takes in one go", async () => {
    const { store, batches, map } = rig();
    await map.setMany([[1, 1], [2, 1], [3, 3], [4, 2], [5, 9], [6, 1]]);
    assertEquals(batches.splice(0), [[1, 2], [3], [4], [5], [6]]);
    await map.clear();
    assertEquals([batches, store.rows.size], [[[1, 2], [3, 4], [5, 6]], 0]);
  });

  it("say that the outcome is unknown once a part was set", async () => {
    const { store, map } = rig();
    const outcome = async (entries: [number, number][]) =>
      (await assertRejects(() => map.setMany(entries), StoreError)).outcome;
    assertEquals([await outcome([[1, 2], [2, 0], [3, 4]]), store.rows.size], ["not applied", 0]);
    assertEquals([await outcome([[1, 4], [2, 0], [3, 4]]), [...store.rows.keys()]], ["unknown", [1]]);
  });
});
