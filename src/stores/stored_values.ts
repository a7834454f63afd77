import { received } from "../received.ts";
import { type Codec, InvalidValueError, UndecodableError, UnencodableError } from "./codec.ts";
import { decodeKey, type StoreKey } from "./key_codec.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/**
 * What a store holds for values: it asks the codec, checks its answers, and makes the errors of the map out of the codec's.
 *
 * @typeParam V The type of the values.
 */
export class StoredValues<V> {
  readonly #store: string;
  readonly #codec: Codec<V>;
  readonly #isText: boolean;

  /** For a map of this name. */
  constructor(store: string, codec: Codec<V>) {
    this.#store = store;
    this.#codec = codec;
    this.#isText = codec.form !== "bytes";
  }

  /**
   * A value as the codec encodes it: a string of whole characters, or bytes, as its `form` says.
   *
   * @throws {TypeError} If the codec refuses the value, or returns something else.
   */
  encode(value: V): string | Uint8Array {
    const encoded: unknown = this.#encoded(value);
    if (this.#isText ? typeof encoded === "string" && encoded.isWellFormed() : encoded instanceof Uint8Array) {
      return encoded instanceof Uint8Array && sharesMemory(value, encoded)
        ? new Uint8Array(encoded)
        : encoded as string;
    }
    const must = this.#isText
      ? 'encode of a codec must return a string without lone surrogates, or bytes if its form is "bytes"'
      : 'encode of a codec whose form is "bytes" must return a Uint8Array';
    throw new TypeError(`Cannot set a value of ${this.#store}: ${must}: ${received(encoded)}`);
  }

  /** A value as bytes, for a store that holds nothing else: of text, its UTF-8. */
  encodeAsBytes(value: V): Uint8Array {
    const encoded = this.encode(value);
    return typeof encoded === "string" ? encodeUtf8(encoded) : encoded;
  }

  /**
   * The value that `encode` or `encodeAsBytes` made this of.
   *
   * @param key The key, for the error, which shows its digest.
   * @throws {InvalidValueError} If the codec cannot decode it.
   */
  decode(encoded: string | Uint8Array, key: StoreKey): V {
    try {
      const content = this.#inForm(encoded);
      const value = this.#codec.decode(content);
      // The map, the client or the store may still need the bytes.
      return typeof content !== "string" && sharesMemory(value, content)
        ? this.#codec.decode(new Uint8Array(content))
        : value;
    } catch (error) {
      if (error instanceof UndecodableError) throw new InvalidValueError(this.#store, key, error.path, error.message);
      throw new InvalidValueError(this.#store, key, "", "the codec cannot decode it", error);
    }
  }

  /**
   * The key that `encodeKey` made these bytes of.
   *
   * @throws {InvalidValueError} If it did not make them.
   */
  decodeKey(bytes: Uint8Array): StoreKey {
    try {
      return decodeKey(bytes);
    } catch (error) {
      throw new InvalidValueError(this.#store, bytes, "", (error as UndecodableError).message);
    }
  }

  #encoded(value: V): unknown {
    try {
      return this.#codec.encode(value);
    } catch (error) {
      if (!(error instanceof UnencodableError)) throw error;
      throw new TypeError(`Cannot set a value of ${this.#store}: ${error.message}: ${received(value)}`);
    }
  }

  #inForm(encoded: string | Uint8Array): string | Uint8Array {
    if (this.#isText) return typeof encoded === "string" ? encoded : decodeUtf8(encoded, "it");
    if (typeof encoded === "string") throw new UndecodableError("", "it is text, and the codec takes bytes");
    return encoded;
  }
}

/** Whether bytes are the memory of a value itself, as if a codec only passes it on. */
function sharesMemory(value: unknown, { buffer }: Uint8Array): boolean {
  return (ArrayBuffer.isView(value) ? value.buffer : value) === buffer;
}
