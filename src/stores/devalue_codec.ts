/**
 * The codec over the package `devalue`, the default of every store.
 *
 * @module
 */

import { DevalueError, stringify, unflatten } from "devalue";
import { type Codec, UndecodableError, UnencodableError } from "./codec.ts";
import { BUILT_INS, type Keeps, lossOf } from "./loss.ts";

export type { Codec } from "./codec.ts";

const KEEPS: Keeps = {
  primitive: (value) => typeof value !== "symbol" && typeof value !== "function",
  loneSurrogates: true,
  protoProperties: false,
  identity: true,
  prototypes: new Set([...BUILT_INS, null]),
  maxSparseLength: 2 ** 16,
  maxDepth: 500,
};

/** How devalue begins an array with holes; its length follows. */
const SPARSE = -7;

/**
 * The codec over the package `devalue`: readable text. It takes what JSON takes, and `undefined`, `NaN`, infinities, `-0`, bigints,
 * `Map`, `Set`, `Date`, `RegExp`, `ArrayBuffer`, typed arrays, arrays with holes, objects without a prototype, objects that several
 * places refer to, and objects that contain themselves.
 *
 * It refuses everything else, with a `TypeError` that says where it is: functions, symbols, promises, errors, instances of other
 * classes, properties called `__proto__`, properties of arrays, objects nested more than 500 deep, and arrays with holes that are
 * longer than 65,536 together.
 *
 * What it decodes runs no code and changes no prototype, whatever the text. Of a typed array, only the visible bytes are
 * encoded, not the rest of its buffer.
 *
 * @example
 * ```ts
 * import { devalue } from "@twinmap/twinmap/devalue";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const session = { since: new Date(0), roles: new Set(["admin"]) };
 * assertEquals(devalue.decode(devalue.encode(session)), session);
 * assertThrows(() => devalue.encode({ log: console.log }), TypeError, "the value at .log is a function");
 * ```
 */
export const devalue: Codec<unknown> = {
  name: "devalue",
  form: "text",
  encode: (value) => {
    const loss = lossOf(value, KEEPS);
    if (loss !== undefined) throw new UnencodableError(loss.path, loss.what, "the codec devalue does not take it");
    try {
      return stringify(value, undefined, { operations: { viewInfo } });
    } catch (error) {
      // A getter or a proxy has answered otherwise than before.
      if (!(error instanceof DevalueError)) throw error;
      throw new UnencodableError(
        error.path,
        "not what it was when it was checked",
        "the codec devalue does not take it",
      );
    }
  },
  decode: (encoded) => {
    try {
      const rows: unknown = JSON.parse(encoded as string);
      checkLengths(rows);
      return unflatten(rows as number | unknown[]);
    } catch (error) {
      // The messages of the engine and of devalue may quote the text.
      throw error instanceof UndecodableError ? error : new UndecodableError("", "devalue cannot decode it");
    }
  },
};

/** Refuses arrays that are longer than those that `encode` takes: a few bytes could ask for an array of length 2^32 - 1. */
function checkLengths(rows: unknown): void {
  if (!Array.isArray(rows)) return;
  let sparseLength = 0;
  for (const row of rows) if (Array.isArray(row) && row[0] === SPARSE) sparseLength += Math.abs(Number(row[1]));
  // Not the other way round: one that is not a number makes the sum `NaN`.
  if (!(sparseLength <= KEEPS.maxSparseLength)) {
    throw new UndecodableError("", `it has arrays with holes, longer than ${KEEPS.maxSparseLength}`);
  }
}

/** The bytes that a view shows, in a buffer of their own unless it shows all of its buffer. */
function viewInfo(view: ArrayBufferView & { readonly length: number }): {
  buffer: ArrayBufferLike;
  byteOffset: number;
  byteLength: number;
  length: number;
  bufferByteLength: number;
} {
  const { byteLength, length } = view;
  const isWhole = byteLength === view.buffer.byteLength;
  const buffer = isWhole ? view.buffer : view.buffer.slice(view.byteOffset, view.byteOffset + byteLength);
  return { buffer, byteOffset: 0, byteLength, length, bufferByteLength: byteLength };
}
