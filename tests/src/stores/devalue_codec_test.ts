import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { devalue } from "@twinmap/twinmap/devalue";
import fc from "fast-check";
import { UndecodableError } from "../../../src/stores/codec.ts";
import { isDeepEqual } from "../../../src/equality/deep_equal.ts";
import { keepsOrRefuses, KEPT, LOST, withstands } from "./values.ts";

/** Texts that are nearly what devalue writes. */
const rows = (() => {
  const index = fc.integer({ min: -9, max: 5 });
  const tag = fc.constantFrom(
    ...[
      "Date",
      "Set",
      "Map",
      "RegExp",
      "Object",
      "BigInt",
      "null",
      "Uint8Array",
      "DataView",
      "ArrayBuffer",
      "URL",
      "constructor",
    ],
    ...["Function", "__proto__", "Temporal.Instant"],
  );
  const scalar = fc.oneof(index, fc.string(), fc.constantFrom(null, true, 2 ** 32 - 1, 1e9, 0.5, "__proto__", "AAAA"));
  const row = fc.oneof(
    scalar,
    fc.tuple(tag, scalar, scalar).map((row) => [...row]),
    fc.tuple(fc.constant(-7), fc.constantFrom(0, 3, 2 ** 16, 2 ** 16 + 1, 2 ** 32 - 1, -1, null), index, index),
    fc.array(index),
    fc.dictionary(fc.constantFrom("a", "constructor", "then", "toString"), index),
    fc.constant(JSON.parse('{"__proto__":1}')),
  );
  return fc.oneof(fc.array(row, { minLength: 1, maxLength: 6 }).map((rows) => JSON.stringify(rows)), fc.string());
})();

describe("devalue", () => {
  it("keeps more than JSON", () => {
    const more = [-0, [, 1, , 2], "\ud800", { "\udc00": 1 }, Object.assign(Object.create(null), { a: 1 }), [-0]];
    for (const value of [...KEPT, ...more, Object.assign([], { length: 2 ** 16 })]) {
      assert(isDeepEqual(devalue.decode(devalue.encode(value)), value), String(devalue.encode(value)).slice(0, 100));
    }
  });

  it("keeps it that several places refer to one object", () => {
    const shared = { a: 1 };
    const [first, second] = devalue.decode(devalue.encode([shared, shared])) as unknown[];
    assertStrictEquals(first, second);
  });

  it("refuses what it would lose, by name and path", () => {
    for (const [value, at, what] of LOST) {
      const message = `the value${at === "" ? "" : ` at ${at}`} is ${what}`;
      assertThrows(() => devalue.encode(value), TypeError, message);
    }
    const long = Object.assign([], { length: 2 ** 16 + 1 });
    assertThrows(
      () => devalue.encode({ long }),
      TypeError,
      "the value at .long is an array with holes, longer than 65536",
    );
  });

  it("refuses what changes while it is read", () => {
    let reads = 0;
    const value = {
      get a() {
        return reads++ === 0 ? 1 : () => {};
      },
    };
    assertThrows(() => devalue.encode(value), TypeError, "the value at .a is not what it was when it was checked");
  });

  it("keeps any value as it is, or refuses it", () => keepsOrRefuses(devalue));

  it("encodes the visible bytes of a view alone", () => {
    const secret = new TextEncoder().encode("visible, secret");
    assertEquals(devalue.encode(secret.subarray(0, 7)), devalue.encode(new TextEncoder().encode("visible")));
  });

  it("makes no long array of few bytes", () => {
    for (
      const text of [
        "[[-7,4294967295]]",
        "[[1,1],[-7,65537]]",
        "[[1,2],[-7,40000],[-7,40000]]",
        "[[-7,4294967295],[-7]]",
        "[[-7,4294967295],[-7,-1e10]]",
      ]
    ) {
      assertThrows(() => devalue.decode(text), UndecodableError, "longer than 65536");
    }
  });

  it("withstands what others have written", () => withstands(devalue, rows));

  it("withstands deep nesting", () => {
    const depth = 200_000;
    const text = JSON.stringify(Array.from({ length: depth }, (_, at) => at === depth - 1 ? 1 : [at + 1]));
    assertThrows(() => devalue.decode(text), UndecodableError, "devalue cannot decode it");
  });
});
