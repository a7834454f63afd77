/**
 * The codec over the package `msgpackr`, the compact one.
 *
 * @module
 */

// @ts-types="msgpackr"
import { Packr } from "msgpackr/index-no-eval";
import { type Codec, UndecodableError, UnencodableError } from "./codec.ts";
import { BUILT_INS, type Keeps, lossOf } from "./loss.ts";

export type { Codec } from "./codec.ts";

const KEEPS: Keeps = {
  primitive: (value) =>
    value === undefined || typeof value === "bigint" || typeof value === "number" && !Object.is(value, -0),
  loneSurrogates: false,
  protoProperties: false,
  identity: true,
  prototypes: BUILT_INS,
  maxSparseLength: 0,
  maxDepth: 500,
};

const packr = new Packr({ structuredClone: true, moreTypes: true, copyBuffers: true });

/**
 * The codec over the package `msgpackr`: MessagePack, in about half the bytes of text. It takes what JSON takes, and `undefined`,
 * `NaN`, infinities, bigints, `Map`, `Set`, `Date`, `RegExp`, `ArrayBuffer`, typed arrays, objects that several places refer to, and
 * objects that contain themselves.
 *
 * It refuses everything else, with a `TypeError` that says where it is: what the codec devalue refuses, and `-0`, strings with
 * lone surrogates, arrays with holes, and objects without a prototype.
 *
 * What it decodes runs no code and changes no prototype, whatever the bytes.
 *
 * @example
 * ```ts
 * import { msgpack } from "@twinmap/twinmap/msgpack";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const session = { since: new Date(0), roles: new Set(["admin"]) };
 * assertEquals(msgpack.encode(session).length, 32);
 * assertEquals(msgpack.decode(msgpack.encode(session)), session);
 * assertThrows(() => msgpack.encode({ change: -0 }), TypeError, "the value at .change is -0");
 * ```
 */
export const msgpack: Codec<unknown> = {
  name: "msgpack",
  form: "bytes",
  encode: (value) => {
    const loss = lossOf(value, KEEPS);
    if (loss === undefined) return packr.pack(value);
    throw new UnencodableError(loss.path, loss.what, "the codec msgpack does not take it");
  },
  decode: (encoded) => {
    try {
      return packr.unpack(encoded as Uint8Array);
    } catch {
      // The message may quote the value.
      throw new UndecodableError("", "msgpackr cannot decode it");
    }
  },
};
