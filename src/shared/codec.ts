import { lossByJson } from "./json_loss.ts";

/**
 * How a map stores values other than strings, numbers, booleans, `Uint8Array`, `null` and `undefined`. Both methods can use the
 * map.
 *
 * @example
 * ```ts
 * import { type Codec, SharedMap } from "@twinmap/twinmap/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const dates: Codec<Date> = {
 *   encode: (date) => date.toISOString(),
 *   decode: (encoded) => new Date(encoded as string),
 * };
 * const seen = SharedMap.create<string, Date>({ maxBytes: 2 ** 20, codec: dates });
 * seen.set("ann", new Date(0));
 * assertEquals(seen.get("ann"), new Date(0));
 * ```
 *
 * @typeParam V The type of those values.
 */
export interface Codec<V> {
  /** Returns the value as a string or as bytes. What it throws reaches the caller, and nothing is written then. */
  encode(value: V): string | Uint8Array;
  /**
   * Returns the value that `encode` made this of: a string if it returned one, else bytes. It is called each time the value is
   * read. What it throws reaches the caller, and the map stays as it was.
   */
  decode(encoded: string | Uint8Array): V;
}

/** A codec of this module does not take a value. The map adds its name to the message. */
export class UnencodableError extends TypeError {
  /** The class's name. */
  override readonly name: string = "TypeError";

  /** `path` leads from the value to the part of it that is refused, and is empty if that is the value itself. */
  constructor(path: string, what: string, allowed: string) {
    super(`the value${path === "" ? "" : ` at ${path}`} is ${what}, and ${allowed}`);
  }
}

/**
 * The default codec: JSON. It takes plain objects, arrays, strings, finite numbers, booleans and `null`, in any depth, and refuses
 * everything that JSON would change or leave out, with a `TypeError` that says where it is: `Map`, `Set`, `Date`, `undefined`,
 * `NaN`, `-0`, functions, instances of classes and the like.
 *
 * @example
 * ```ts
 * import { SharedMap } from "@twinmap/twinmap/shared";
 * import { assertThrows } from "@std/assert";
 *
 * const posts = SharedMap.create<string, unknown>({ maxBytes: 2 ** 20 });
 * posts.set("a", { tags: ["new"] });
 * assertThrows(() => posts.set("b", { tags: new Set(["new"]) }), TypeError, "the value at .tags is a Set");
 * ```
 */
export const json: Codec<unknown> = {
  encode: (value) => {
    const loss = lossByJson(value);
    if (loss === undefined) return JSON.stringify(value);
    throw new UnencodableError(loss.path, loss.what, "JSON would lose it: give the map a codec, such as structured");
  },
  decode: (encoded) => JSON.parse(encoded as string),
};
