import { received } from "../received.ts";
import { storedKey } from "../keys/same_value_zero.ts";
import { type Codec, UnencodableError } from "../stores/codec.ts";
import { CODED, MAX_LENGTH, type WordBuffer } from "./word_buffer.ts";

/** What a codec made of a value. */
class Coded {
  readonly encoded: string | Uint8Array;

  constructor(encoded: string | Uint8Array) {
    this.encoded = encoded;
  }
}

/** What can be stored. */
export type Plain = string | number | boolean | null | undefined | Uint8Array | Coded;

/** Turns keys and values into what is stored, and back. */
export class Encoder<V> {
  readonly #name: string;
  readonly #codec: Codec<V>;

  /** For a map of this name. */
  constructor(name: string, codec: Codec<V>) {
    this.#name = name;
    this.#codec = codec;
  }

  /** What a value is stored as. The codec, which may use the map, encodes what is not stored as it is. */
  plainOf(value: V): Plain {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
    if (value === null || value === undefined || value instanceof Uint8Array) return value as Plain;
    const encoded = this.#encoded(value);
    if (typeof encoded === "string" || encoded instanceof Uint8Array) return new Coded(encoded);
    const must = "encode of the codec must return a string or bytes";
    throw new TypeError(`Cannot set a value of ${this.#name}: ${must}: ${received(encoded)}`);
  }

  /** The value that was stored as this. */
  decoded(stored: unknown, isCoded: boolean): V {
    return isCoded ? this.#codec.decode(stored as string | Uint8Array) : stored as V;
  }

  /** What a value that was read is stored as. */
  plainRead(buffer: WordBuffer): Plain {
    const content = buffer.value();
    return buffer.isCoded ? new Coded(content as string | Uint8Array) : content as Plain;
  }

  /** The value that is stored as this. It shares no bytes with it. */
  valueOf(plain: Plain): V {
    const isCoded = plain instanceof Coded;
    const content = isCoded ? plain.encoded : plain;
    return this.decoded(content instanceof Uint8Array ? content.slice() : content, isCoded);
  }

  /** Writes a key as words. */
  fillKey(buffer: WordBuffer, key: unknown): void {
    if (typeof key === "string") return buffer.setString(this.#checked(key, "key"));
    if (!Number.isSafeInteger(key)) {
      throw new TypeError(`Cannot use ${this.#name}: key must be a string or a safe integer: ${received(key)}`);
    }
    buffer.setNumber(storedKey(key as number));
  }

  /** Writes a value as words. */
  fill(buffer: WordBuffer, plain: Plain): void {
    if (typeof plain === "number") buffer.setNumber(plain);
    else if (typeof plain === "string") buffer.setString(this.#checked(plain, "value"));
    else if (plain instanceof Uint8Array) buffer.setBytes(this.#checked(plain, "value"));
    else if (!(plain instanceof Coded)) buffer.setConstant(plain);
    else if (typeof plain.encoded === "string") buffer.setString(this.#checked(plain.encoded, "value"), CODED);
    else buffer.setBytes(this.#checked(plain.encoded, "value"), CODED);
  }

  #encoded(value: V): unknown {
    try {
      return this.#codec.encode(value);
    } catch (error) {
      if (!(error instanceof UnencodableError)) throw error;
      throw new TypeError(`Cannot set a value of ${this.#name}: ${error.message}: ${received(value)}`);
    }
  }

  #checked<T extends string | Uint8Array>(content: T, what: string): T {
    if (content.length <= MAX_LENGTH) return content;
    const must = `${what} must be of length 2^27 - 1 at most`;
    throw new RangeError(`Cannot use ${this.#name}: ${must}: received ${content.length}`);
  }
}
