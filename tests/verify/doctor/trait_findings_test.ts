import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Traits } from "@twinmap/twinmap";
import type { Finding } from "../../../verify/doctor/finding.ts";
import { traitFindings } from "../../../verify/doctor/trait_findings.ts";
import { declaring } from "./examined.ts";

/** The levels of what is found where two maps differ in some traits. */
function levels(old: Partial<Traits>, next: Partial<Traits>): string[] {
  return traitFindings(declaring(old), declaring(next)).map(({ level }) => level);
}

describe("traitFindings()", () => {
  it("finds nothing between maps of the same traits", () => {
    assertEquals(levels({}, {}), []);
    assertEquals(levels({ expires: "entry", evicts: true }, { expires: "entry", evicts: true }), []);
  });

  it("finds a problem where the new map does less", () => {
    const pairs: [Partial<Traits>, Partial<Traits>][] = [
      [{ scope: "store" }, { scope: "process" }],
      [{ atomic: "store" }, { atomic: "process" }],
      [{ atomic: "process" }, { atomic: "none" }],
      [{ evicts: false }, { evicts: true }],
      [{ expires: "entry" }, { expires: "never" }],
      [{ expires: "map" }, { expires: "never" }],
      [{ expires: "entry" }, { expires: "map" }],
      [{ expires: "never" }, { expires: "map" }],
    ];
    for (const [old, next] of pairs) assertEquals(levels(old, next), ["problem"], JSON.stringify([old, next]));
  });

  it("notes where the new map behaves otherwise", () => {
    const pairs: [Partial<Traits>, Partial<Traits>][] = [
      [{ scope: "thread" }, { scope: "store" }],
      [{ evicts: true }, { evicts: false }],
      [{ expires: "entry" }, { expires: "entry", expiryPrecisionMs: 60_000 }],
      [{ expires: "never" }, { expires: "entry" }],
      [{ order: "insertion" }, { order: "none" }],
      [{ iteration: "live" }, { iteration: "weak" }],
      [{ snapshot: "linear" }, { snapshot: "none" }],
      [{ values: "reference" }, { values: "copy" }],
    ];
    for (const [old, next] of pairs) assertEquals(levels(old, next), ["note"], JSON.stringify([old, next]));
  });

  it("finds nothing where the new map does more", () => {
    const pairs: [Partial<Traits>, Partial<Traits>][] = [
      [{ atomic: "process" }, { atomic: "store" }],
      [{ order: "none" }, { order: "insertion" }],
      [{ values: "copy" }, { values: "reference" }],
      [{ expires: "entry", expiryPrecisionMs: 60_000 }, { expires: "entry", expiryPrecisionMs: 60_000 }],
      [{ expires: "entry" }, { expires: "entry", expiryPrecisionMs: 1_000 }],
    ];
    for (const [old, next] of pairs) assertEquals(levels(old, next), [], JSON.stringify([old, next]));
  });

  it("does not ask whether the methods of a map of one thread are one step", () => {
    assertEquals(levels({ scope: "thread" }, { scope: "thread", atomic: "none" }), []);
  });

  it("notes that a map will answer with promises that has answered at once", () => {
    const notes = (isOldSynchronous: boolean, isNewSynchronous: boolean) =>
      traitFindings(
        declaring({}, { isSynchronous: isOldSynchronous }),
        declaring({}, { isSynchronous: isNewSynchronous }),
      ).map(({ level, text }) => `${level}: ${text}`);
    assertEquals(notes(true, false), ["note: The old map answers at once, the new one with promises."]);
    const [{ advice }] = traitFindings(declaring({}, { isSynchronous: true }), declaring({})) as [Finding];
    assertEquals(
      advice,
      "Give twin() both as they are. Its own methods answer at once up to the stage shadow: before the stage live, have all callers " +
        "await those of its promised.",
    );
    for (const [old, next] of [[true, true], [false, true], [false, false]] as const) {
      assertEquals(notes(old, next), []);
    }
  });
});
