import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { devalue } from "@twinmap/twinmap/devalue";
import { json } from "@twinmap/twinmap/json";
import { msgpack } from "@twinmap/twinmap/msgpack";
import { type Codec, InvalidValueError } from "../../../src/stores/codec.ts";
import { encodeKey } from "../../../src/stores/key_codec.ts";
import { keyDigest } from "../../../src/keys/key_digest.ts";
import { StoredValues } from "../../../src/stores/stored_values.ts";

const key = "secret key";
const returning = (encoded: unknown, form?: "text" | "bytes"): Codec<unknown> => ({
  ...(form === undefined ? {} : { form }),
  encode: () => encoded as string,
  decode: (encoded) => encoded,
});

describe("StoredValues", () => {
  it("keeps values as text or as bytes, for stores that hold both and for those that hold bytes", () => {
    for (const codec of [devalue, json, msgpack]) {
      const values = new StoredValues("AMap", codec);
      const value = { a: ["é", 1, null] };
      assertEquals(values.decode(values.encode(value), key), value);
      assertEquals(values.decode(values.encodeAsBytes(value), key), value);
    }
  });

  it("hands to decode what encode returned", () => {
    const text = new StoredValues("AMap", returning("é"));
    assertEquals(text.decode(text.encodeAsBytes(1), key), "é");
    const bytes = new StoredValues("AMap", returning(new Uint8Array([255]), "bytes"));
    assertEquals(bytes.decode(bytes.encodeAsBytes(1), key), new Uint8Array([255]));
    assertThrows(() => bytes.decode("text", key), InvalidValueError, "it is text, and the codec takes bytes");
  });

  it("copies bytes that a codec only passes on, or shows a part of", () => {
    const whole: Codec<Uint8Array> = {
      form: "bytes",
      encode: (value) => value,
      decode: (encoded) => (encoded as Uint8Array).subarray(1),
    };
    const values = new StoredValues<Uint8Array>("AMap", whole);
    const value = Uint8Array.of(1, 2, 3);
    const encoded = values.encode(value);
    value.fill(0);
    assertEquals(encoded, Uint8Array.of(1, 2, 3));
    const decoded = values.decode(encoded, key);
    assertEquals(decoded, Uint8Array.of(2, 3));
    decoded.fill(0);
    assertEquals(encoded, Uint8Array.of(1, 2, 3));
  });

  it("refuses what a codec must not return", () => {
    const refused = [[1, "text"], ["\ud800", "text"], [new Uint8Array(), undefined], ["a", "bytes"], [
      [1],
      "bytes",
    ]] as const;
    for (const [encoded, form] of refused) {
      const values = new StoredValues("AMap", returning(encoded, form));
      assertThrows(() => values.encode(1), TypeError, "Cannot set a value of AMap: encode of a codec");
      assertThrows(() => values.encodeAsBytes(1), TypeError, "must return a");
    }
  });

  it("adds its name to what a codec refuses", () => {
    const values = new StoredValues("AMap", devalue);
    assertThrows(
      () => values.encode({ a: [() => {}] }),
      TypeError,
      "Cannot set a value of AMap: the value at .a[0] is a function, and the codec devalue does not take it: received an object",
    );
  });

  it("lets through what a codec of the user's own throws", () => {
    const mine = new RangeError("mine");
    const fail = () => {
      throw mine;
    };
    const values = new StoredValues<unknown>("AMap", { encode: fail, decode: fail });
    assertThrows(() => values.encode(1), RangeError, "mine");
    const error = assertThrows(() => values.decode("x", key), InvalidValueError, "the codec cannot decode it");
    assertEquals(error.cause, mine);
  });

  it("says of what cannot be decoded which key it was, by its digest, and shows neither key nor value", () => {
    const written = "secret value";
    for (const codec of [devalue, json, msgpack]) {
      for (const encoded of [written, new TextEncoder().encode(written), new Uint8Array([255, 254])]) {
        const values = new StoredValues("AMap", codec);
        const error = assertThrows(() => values.decode(encoded, key), InvalidValueError);
        assertMatch(error.message, /^Cannot read a value of AMap: .*: key [0-9a-f]{12}$/);
        assertEquals([error.name, error.store, error.path], ["InvalidValueError", "AMap", ""]);
        assertEquals([error.keyDigest, error.cause], [keyDigest(key), undefined]);
        assert(error.message.endsWith(error.keyDigest));
        assert(
          !/secret/.test(`${error.message}${JSON.stringify(error)}${error.stack}`.replaceAll(import.meta.url, "")),
        );
      }
    }
  });

  it("decodes keys, and says of others that they are not its own", () => {
    const values = new StoredValues("AMap", devalue);
    assertEquals(values.decodeKey(encodeKey("AMap", "a")), "a");
    const error = assertThrows(() => values.decodeKey(new Uint8Array([0])), InvalidValueError);
    assertEquals(
      error.message,
      `Cannot read a value of AMap: its key was not written by this module: key ${error.keyDigest}`,
    );
  });
});
