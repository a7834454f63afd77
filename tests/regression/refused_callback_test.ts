/** What is no function is refused as ECMAScript refuses it: by the call, whatever the map holds. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { SUBJECTS } from "../conformance/subjects.ts";

const WRONG: readonly unknown[] = [undefined, null, 5, {}, "f"];

for (const subject of SUBJECTS) {
  describe(`${subject.name}, given a callback that is no function,`, () => {
    const [key] = fc.sample(subject.keys, 1);
    const [value] = fc.sample(subject.values, 1);

    it("throws a TypeError by forEach, even when it is empty", () => {
      const map = subject.make();
      for (const wrong of WRONG) assertThrows(() => map.forEach(wrong as never), TypeError);
    });

    it("throws a TypeError by getOrInsertComputed, even if the key is present", () => {
      const map = subject.make();
      for (const wrong of WRONG) assertThrows(() => map.getOrInsertComputed(key, wrong as never), TypeError);
      assertEquals(map.has(key), false);
      map.set(key, value);
      for (const wrong of WRONG) assertThrows(() => map.getOrInsertComputed(key, wrong as never), TypeError);
      assertEquals(new Map(map), new Map([[key, value]]));
    });

    it("throws a TypeError by update, and changes nothing", () => {
      const map = subject.make().set(key, value);
      for (const wrong of WRONG) assertThrows(() => map.update(key, wrong as never), TypeError);
      assertEquals(new Map(map), new Map([[key, value]]));
    });
  });

  describe(`${subject.name}, its methods on another receiver,`, () => {
    it("throw a TypeError when they are called, not when they are iterated", () => {
      const map = subject.make();
      const methods = [map.entries, map.keys, map.values, map[Symbol.iterator], map.forEach, map.snapshot];
      for (const method of methods as ((callback: () => void) => unknown)[]) {
        for (const receiver of [undefined, {}, Object.create(map)]) {
          assertThrows(() => method.call(receiver, () => {}), TypeError);
        }
      }
    });
  });
}
