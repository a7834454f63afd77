import { received } from "../received.ts";
import { storedKey } from "../same_value_zero.ts";
import type { Codec } from "./codec.ts";
import { CODED, MAX_LENGTH, type WordBuffer } from "./word_buffer.ts";

/** Stands for no value where a value could be `undefined`. */
export const NOTHING: unique symbol = Symbol("nothing");

/** What a codec made of a value. */
export class Coded {
  readonly encoded: string | Uint8Array;

  constructor(encoded: string | Uint8Array) {
    this.encoded = encoded;
  }
}

/** What can be stored. */
export type Plain = string | number | boolean | null | undefined | Uint8Array | Coded;

/** What a value is stored as. The codec is asked for what is not stored as it is; it may use the map. */
export function plainOf<V>(value: V, codec: Codec<V>): Plain {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (value === null || value === undefined || value instanceof Uint8Array) return value as Plain;
  const encoded = codec.encode(value);
  if (typeof encoded === "string" || encoded instanceof Uint8Array) return new Coded(encoded);
  const must = "value must be one that the codec makes a string or bytes of";
  throw new TypeError(`Cannot write to SharedMap: ${must}: ${received(value)}`);
}

/** The value that was stored as this. */
export function decoded<V>(stored: unknown, isCoded: boolean, codec: Codec<V>): V {
  return isCoded ? codec.decode(stored as string | Uint8Array) : stored as V;
}

/** Writes a key as words. */
export function fillKey(buffer: WordBuffer, key: unknown): void {
  if (typeof key === "string") return buffer.setString(checked(key, "key"));
  if (!Number.isSafeInteger(key)) {
    throw new TypeError(`Cannot use SharedMap: key must be a string or a safe integer: ${received(key)}`);
  }
  buffer.setNumber(storedKey(key as number));
}

/** Writes a value as words. */
export function fill(buffer: WordBuffer, plain: Plain): void {
  if (typeof plain === "number") buffer.setNumber(plain);
  else if (typeof plain === "string") buffer.setString(checked(plain, "value"));
  else if (plain instanceof Uint8Array) buffer.setBytes(checked(plain, "value"));
  else if (!(plain instanceof Coded)) buffer.setConstant(plain);
  else if (typeof plain.encoded === "string") buffer.setString(checked(plain.encoded, "value"), CODED);
  else buffer.setBytes(checked(plain.encoded, "value"), CODED);
}

function checked<T extends string | Uint8Array>(content: T, what: string): T {
  if (content.length <= MAX_LENGTH) return content;
  throw new RangeError(`Cannot use SharedMap: ${what} must be of length 2^27 - 1 at most: received ${content.length}`);
}
