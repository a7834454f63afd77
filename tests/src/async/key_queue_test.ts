import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { KeyQueue, type Turn } from "../../../src/async/key_queue.ts";

describe("KeyQueue", () => {
  it("lets each place have its turn when those before it, of the same keys, were left", async () => {
    const places = fc.array(
      fc.record({
        keys: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }),
        // Before its turn if it must, among the other leaves.
        leavesAt: fc.nat(100),
      }),
      { maxLength: 12 },
    );
    await fc.assert(fc.asyncProperty(places, async (places) => {
      const queue = new KeyQueue();
      const begun = new Set<number>();
      const turns = places.map(({ keys }, at): Turn => {
        const turn = queue.enter(keys);
        if (turn.ready === undefined) begun.add(at);
        else turn.ready.then(() => begun.add(at));
        return turn;
      });
      const left = new Set<number>();
      // One that was left is over only when all before it are: till then, it stands in the way of those after it.
      const isOver = (at: number): boolean => left.has(at) && isNext(at);
      const isNext = (at: number): boolean =>
        places.slice(0, at).every(({ keys }, before) =>
          isOver(before) || !keys.some((key) => places[at]!.keys.includes(key))
        );
      const check = async () => {
        await Promise.resolve();
        const all = [...places.keys()];
        const waited = all.filter((at) => begun.has(at) && !left.has(at));
        assertEquals(waited, all.filter((at) => isNext(at) && !left.has(at)));
        assertEquals(queue.length, all.filter((at) => !isOver(at)).length);
      };
      await check();
      const order = [...places.keys()].toSorted((a, b) => places[a]!.leavesAt - places[b]!.leavesAt);
      for (const at of order) {
        left.add(at);
        turns[at]!.leave();
        await check();
      }
      assertEquals([queue.length, queue.enter(["a", "b", "c"]).ready], [0, undefined]);
    }));
  });

  it("passes over any number of places that were left before their turn", () => {
    const queue = new KeyQueue();
    const first = queue.enter(["a"]);
    for (let place = 0; place < 100_000; place++) queue.enter(["a"]).leave();
    assertEquals(queue.length, 100_001);
    first.leave();
    assertEquals(queue.length, 0);
  });
});
