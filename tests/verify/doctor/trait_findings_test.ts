import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AbstractAsyncMap, type Traits } from "@twinmap/twinmap";
import { traitFindings } from "../../../verify/doctor/trait_findings.ts";

class DeclaringMap extends AbstractAsyncMap<unknown, unknown> {
  readonly #traits: Partial<Traits>;

  constructor(traits: Partial<Traits>) {
    super({ get: () => undefined, set: () => {}, delete: () => false, entries: async function* () {} });
    this.#traits = traits;
  }

  override get traits(): Traits {
    return { ...super.traits, ...this.#traits };
  }
}

/** The levels of what is found where two maps differ in some traits. */
function levels(old: Partial<Traits>, next: Partial<Traits>): string[] {
  const examined = (traits: Partial<Traits>) => {
    return { name: "DeclaringMap", map: new DeclaringMap(traits), isSynchronous: false, exists: true };
  };
  return traitFindings(examined(old), examined(next)).map(({ level }) => level);
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
      [{ expires: "never" }, { expires: "entry" }],
      [{ order: "none" }, { order: "insertion" }],
      [{ values: "copy" }, { values: "reference" }],
    ];
    for (const [old, next] of pairs) assertEquals(levels(old, next), [], JSON.stringify([old, next]));
  });
});
