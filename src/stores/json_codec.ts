/**
 * The codec JSON, which refuses what JSON would lose.
 *
 * @module
 */

import { type Codec, UndecodableError, UnencodableError } from "./codec.ts";
import { type Keeps, lossOf } from "./loss.ts";

export type { Codec } from "./codec.ts";

const KEEPS: Keeps = {
  primitive: () => false,
  loneSurrogates: true,
  protoProperties: true,
  identity: false,
  prototypes: new Set(),
  maxSparseLength: 0,
  maxDepth: Infinity,
};

/**
 * The codec JSON. It takes plain objects, arrays, strings, finite numbers, booleans and `null`, in any depth, and refuses
 * everything that JSON would change or leave out, with a `TypeError` that says where it is: `Map`, `Set`, `Date`, `undefined`,
 * `NaN`, `-0`, functions, instances of classes and the like.
 *
 * It is the default of `SharedMap` and `WasmMap`. In a store, it writes what other programs can read.
 *
 * @example
 * ```ts
 * import { SharedMap } from "@twinmap/twinmap/shared";
 * import { json } from "@twinmap/twinmap/json";
 * import { assertThrows } from "@std/assert";
 *
 * const posts = SharedMap.create<string, unknown>({ maxBytes: 2 ** 20, codec: json });
 * posts.set("a", { tags: ["new"] });
 * assertThrows(() => posts.set("b", { tags: new Set(["new"]) }), TypeError, "the value at .tags is a Set");
 * ```
 */
export const json: Codec<unknown> = {
  name: "json",
  form: "text",
  encode: (value) => {
    const loss = lossOf(value, KEEPS);
    if (loss === undefined) return JSON.stringify(value);
    throw new UnencodableError(
      loss.path,
      loss.what,
      "JSON would lose it: use a codec that takes it, such as devalue or structured",
    );
  },
  decode: (encoded) => {
    try {
      return JSON.parse(encoded as string);
    } catch {
      // The engine's message quotes the text.
      throw new UndecodableError("", "it is not JSON");
    }
  },
};
