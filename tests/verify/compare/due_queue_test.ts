import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { DueQueue } from "../../../verify/compare/due_queue.ts";

describe("DueQueue", () => {
  it("gives out subjects, operations and hashes in order, and takes no more than its largest length", () => {
    const runs = fc.array(fc.record({ pushes: fc.nat(150), shifts: fc.nat(150), clears: fc.boolean() }), {
      maxLength: 20,
    });
    fc.assert(fc.property(runs, fc.integer({ min: 1, max: 400 }), (runs, maxLength) => {
      const queue = new DueQueue<number>(maxLength);
      let model: number[] = [];
      let next = 0;
      for (const { pushes, shifts, clears } of runs) {
        for (let i = 0; i < pushes; i++, next++) {
          const hasRoom = model.length < maxLength;
          assertEquals(queue.push(next, `operation ${next}`, next % 7), hasRoom);
          if (hasRoom) model.push(next);
        }
        for (let i = 0; i < shifts && model.length > 0; i++, queue.shift()) {
          const first = model.shift();
          assertEquals([queue.subject, queue.operation, queue.hash], [
            first,
            `operation ${first}`,
            (first as number) % 7,
          ]);
        }
        if (clears && shifts > 100) {
          queue.clear();
          model = [];
        }
        assertEquals(queue.length, model.length);
      }
    }));
  });
});
