import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Traits } from "@twinmap/twinmap";
import { devalue } from "@twinmap/twinmap/devalue";
import type { Codec } from "../../../src/stores/codec.ts";
import { Acceptance } from "../../../verify/doctor/acceptance.ts";
import { declaring } from "./examined.ts";

const acceptance = (traits: Partial<Traits>, codec?: Codec<unknown>) => new Acceptance(declaring(traits, { codec }));

/** What is said of one entry. */
function complaints(key: unknown, value: unknown, traits: Partial<Traits>, codec?: Codec<unknown>): string[] {
  return acceptance(traits, codec).complaints(key, value).map(({ text }) => text.one);
}

/** A codec that stores text as it is, and reads it as `decode` says. */
const reading = (decode: (encoded: unknown) => unknown): Codec<unknown> => ({ encode: () => "", decode });

describe("Acceptance", () => {
  it("knows which keys a map takes by its trait", () => {
    const keys = [{}, 1.5, 2 ** 53, 1, "1", new Uint8Array(1)];
    const taken = (kind: Traits["keys"]) => keys.filter((key) => acceptance({ keys: kind }).takesKey(key));
    assertEquals(taken("any"), keys);
    assertEquals(taken("integers"), [1]);
    assertEquals(taken("strings and integers"), [1, "1"]);
    assertEquals(taken("strings, integers and bytes"), [1, "1", new Uint8Array(1)]);
    assertEquals(complaints(1.5, 1, { keys: "integers" }), [
      "key is not of the kind that the new map takes: integers only",
    ]);
  });

  it("measures keys as a store holds them", () => {
    const traits = { keys: "strings and integers", maxKeyBytes: 5 } as const;
    for (const key of ["abcd", "éé", 1_234]) assertEquals(complaints(key, 1, traits), []);
    for (const key of ["abcde", "ééa", 12_345]) {
      assertEquals(complaints(key, 1, traits), ["key is over 5 B, the most that the new map takes"]);
    }
  });

  it("measures values as the codec encodes them, text in UTF-8", () => {
    const bytes: Codec<unknown> = {
      form: "bytes",
      encode: (value) => new TextEncoder().encode(String(value)),
      decode: (encoded) => new TextDecoder().decode(encoded as Uint8Array),
    };
    const text: Codec<unknown> = { encode: String, decode: (encoded) => encoded };
    for (const codec of [bytes, text]) {
      for (const value of ["abcd", "éé"]) assertEquals(complaints(1, value, { maxValueBytes: 4 }, codec), []);
      for (const value of ["abcde", "ééé"]) {
        assertEquals(complaints(1, value, { maxValueBytes: 4 }, codec), [
          "value is over 4 B, the most that the new map takes",
        ]);
      }
    }
  });

  it("refuses what is no number for a map of numbers", () => {
    assertEquals(complaints(1, NaN, { values: "numbers" }), []);
    assertEquals(complaints(1, "1", { values: "numbers" }), ["value is no number, and the new map takes numbers only"]);
  });

  it("says what the codec refuses, whatever it throws, and where", () => {
    const [refused] = acceptance({}, devalue).complaints(1, { a: [() => {}] });
    assertEquals([refused?.text, refused?.path], [{
      one: "value holds a function, which the codec of the new map does not take",
      many: "values hold a function, which the codec of the new map does not take",
    }, ".a[0]"]);
    const refusing: Codec<unknown> = {
      encode: () => {
        throw new Error("secret");
      },
      decode: () => 1,
    };
    assertEquals(complaints(1, 1, {}, refusing), ["value is refused by the codec of the new map"]);
    const mute = reading(() => {
      throw new Error("secret");
    });
    assertEquals(complaints(1, 1, {}, mute), ["value cannot be decoded again by the codec of the new map"]);
  });

  it("says what comes back otherwise, and as what", () => {
    const how = (value: unknown, decoded: unknown) =>
      complaints(1, value, {}, reading(() => decoded))[0]?.replace("value does not come back as set: ", "");
    assertEquals(how([1], [1]), undefined);
    assertEquals(how({ a: -0 }, { a: 0 }), "-0 comes back as a number");
    assertEquals(how({ a: 1 }, {}), "a number comes back as nothing");
    assertEquals(how([new Date(0)], ["1970"]), "a Date comes back as a string");
    assertEquals(how([new Date(0)], [new Date(1)]), "a Date comes back changed");
    assertEquals(how(1, 2), "a number comes back changed");
  });

  it("knows nothing of a map that copies values by a codec that is not known", () => {
    assertEquals(acceptance({ values: "copy" }).isBlind, true);
    for (const known of [acceptance({ values: "copy" }, devalue), acceptance({ values: "reference" })]) {
      assertEquals(known.isBlind, false);
    }
    assertEquals(complaints(1, () => {}, { values: "copy" }), []);
  });

  it("complains of the key and of the value of one entry", () => {
    assertEquals(complaints(1.5, "a", { keys: "integers", values: "numbers" }).length, 2);
  });
});
