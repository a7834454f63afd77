/** Runs the conformance suite over the maps of this package. */
import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { conformance } from "@twinmap/twinmap/testing";
import { SUBJECTS } from "./subjects.ts";

for (const subject of SUBJECTS) {
  describe(`${subject.name}, as a ConcurrentMap,`, () => {
    const { name, ...options } = subject;
    conformance(it, options);

    it("is named after its class", () => {
      const [className] = name.split(" ");
      assert(Object.prototype.toString.call(subject.make()).includes(className as string));
    });
  });
}
