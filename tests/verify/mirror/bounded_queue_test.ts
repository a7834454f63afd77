import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { BoundedQueue } from "../../../verify/mirror/bounded_queue.ts";

describe("BoundedQueue", () => {
  it("gives out what was put in, in order, and takes no more than its largest length", () => {
    const runs = fc.array(fc.record({ pushes: fc.nat(40), shifts: fc.nat(40) }), { maxLength: 20 });
    fc.assert(fc.property(runs, fc.integer({ min: 1, max: 100 }), (runs, maxLength) => {
      const queue = new BoundedQueue<number>(maxLength);
      const model: number[] = [];
      let next = 0;
      for (const { pushes, shifts } of runs) {
        for (let i = 0; i < pushes; i++, next++) {
          const hasRoom = model.length < maxLength;
          assertEquals(queue.push(next), hasRoom);
          if (hasRoom) model.push(next);
        }
        for (let i = 0; i < shifts; i++) assertEquals(queue.shift(), model.shift());
        assertEquals(queue.length, model.length);
      }
    }));
  });
});
