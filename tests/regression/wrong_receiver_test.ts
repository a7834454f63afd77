/** A method that is called on a wrong receiver throws at the call, not when its iterator is used. */
import { assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SUBJECTS } from "../conformance/subjects.ts";

for (const subject of SUBJECTS) {
  describe(`${subject.name}, its methods on another receiver,`, () => {
    it("throw a TypeError when they are called, not when they are iterated", () => {
      const map = subject.make();
      const methods = [map.entries, map.keys, map.values, map[Symbol.iterator], map.forEach, map.snapshot];
      for (const method of methods as ((callback: () => void) => unknown)[]) {
        for (const receiver of [undefined, {}, Object.create(map), new Map(), new Set()]) {
          assertThrows(() => method.call(receiver, () => {}), TypeError);
        }
      }
    });
  });
}
