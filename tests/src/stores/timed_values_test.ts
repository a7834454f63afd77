import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { devalue } from "@twinmap/twinmap/devalue";
import { msgpack } from "@twinmap/twinmap/msgpack";
import fc from "fast-check";
import { InvalidValueError } from "../../../src/stores/codec.ts";
import { MAX_HEAD_BYTES, TimedValues } from "../../../src/stores/timed_values.ts";

const time = fc.oneof(fc.constant(Infinity), fc.double({ min: 0, max: 1e308, noNaN: true }), fc.nat());

describe("TimedValues", () => {
  for (const codec of [devalue, msgpack]) {
    const values = new TimedValues<unknown>("SomeMap", codec);

    it(`joins a value and its time, and splits them again, in ${codec.form}`, () => {
      fc.assert(
        fc.property(fc.anything({ maxDepth: 1 }).filter((value) => typeof value === "string"), time, (value, at) => {
          for (const encoded of [values.encode(value), values.encodeAsBytes(value)]) {
            const joined = values.join(encoded, at);
            assertEquals(joined.length <= encoded.length + MAX_HEAD_BYTES, true);
            assertEquals(values.split(joined, "k"), { value, expiresAt: at });
            assertEquals(values.expiresAt(joined), at);
          }
        }),
      );
    });

    it(`refuses what it did not join, in ${codec.form}`, () => {
      const refused = (joined: string | Uint8Array) => {
        assertThrows(() => values.split(joined, "k"), InvalidValueError, "Cannot read a value of SomeMap: ");
        values.expiresAt(joined);
      };
      const foreign = ["", "1", "x\n[1]", "1e3\n[1]", "01\n[1]", " 1\n[1]", "NaN\n[", `${"1".repeat(40)}\n[1]`];
      for (const text of foreign) {
        refused(text);
        refused(new TextEncoder().encode(text));
      }
      for (const other of [null, 1, {}, []]) refused(other as never);
    });
  }

  it("writes text that can be read", () => {
    const values = new TimedValues<unknown>("SomeMap", devalue);
    assertEquals(values.join(values.encode(1), Infinity), "\n[1]");
    assertEquals(values.join(values.encode(1), 1_700_000_000_000.5), "1700000000000.5\n[1]");
  });
});
