/**
 * Keys of stores as bytes, and as text for stores that take no bytes.
 *
 * The first byte says what the key is, so that `1`, `"1"` and the byte `0x31` are three keys.
 *
 * @module
 */

import { storedKey } from "../keys/same_value_zero.ts";
import { received } from "../received.ts";
import { UndecodableError } from "./codec.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** What a store takes as a key. Bytes are compared by their content. */
export type StoreKey = string | number | Uint8Array;

/** A string in UTF-8. */
const TEXT = 0x73;
/** A string with lone surrogates, which UTF-8 has no bytes for: two bytes for each UTF-16 code unit, the high one first. */
const UTF16 = 0x75;
/** A safe integer, in decimal digits. */
const INTEGER = 0x69;
/** Bytes, as they are. */
const BYTES = 0x62;

/** Up to this length, it takes less time to write ASCII here than to call the encoder. */
const MAX_SHORT = 32;

/**
 * The bytes of a key: different ones for different keys. O(length).
 *
 * @param store The name of the map, for the error.
 * @throws {TypeError} If `key` is neither a string, nor a safe integer, nor a `Uint8Array`.
 */
export function encodeKey(store: string, key: unknown): Uint8Array {
  if (typeof key === "string") return shortAscii(TEXT, key) ?? encodedText(key);
  if (Number.isSafeInteger(key)) return shortAscii(INTEGER, String(storedKey(key))) as Uint8Array;
  if (key instanceof Uint8Array) return tagged(BYTES, key);
  throw new TypeError(
    `Cannot use ${store}: key must be a string, a safe integer or a Uint8Array: ${received(key)}`,
  );
}

/**
 * The bytes of a key, or text that has these bytes in UTF-8: many clients send text faster. O(length).
 *
 * @param store The name of the map, for the error.
 * @throws {TypeError} As `encodeKey`.
 */
export function encodeKeyAsTextOrBytes(store: string, key: unknown): string | Uint8Array {
  if (typeof key === "string" && key.isWellFormed()) return `${String.fromCharCode(TEXT)}${key}`;
  if (Number.isSafeInteger(key)) return `${String.fromCharCode(INTEGER)}${storedKey(key)}`;
  return encodeKey(store, key);
}

/**
 * The key that `encodeKey` made these bytes of. O(length).
 *
 * @throws {UndecodableError} If it did not make them.
 */
export function decodeKey(bytes: Uint8Array): StoreKey {
  const content = bytes.subarray(1);
  switch (bytes[0]) {
    case TEXT:
      return decodeUtf8(content, "its key");
    case UTF16:
      return decodedUnits(content);
    case INTEGER:
      return decodedInteger(content);
    case BYTES:
      return Uint8Array.from(content);
    default:
      throw new UndecodableError("", "its key was not written by this module");
  }
}

/**
 * A key as text that any store keeps: lower-case letters and digits only, two for each byte. O(length).
 *
 * @param store The name of the map, for the error.
 * @throws {TypeError} As `encodeKey`.
 */
export function encodeKeyAsText(store: string, key: unknown): string {
  const ascii = typeof key === "string" ? asciiAsText(key) : undefined;
  if (ascii !== undefined) return ascii;
  let text = "";
  for (const byte of encodeKey(store, key)) text += HEX[byte];
  return text;
}

/**
 * The key that `encodeKeyAsText` made this text of. O(length).
 *
 * @throws {UndecodableError} If it did not make it.
 */
export function decodeKeyFromText(text: string): StoreKey {
  if (text.length % 2 !== 0 || /[^0-9a-f]/.test(text)) {
    throw new UndecodableError("", "its key was not written by this module");
  }
  return decodeKey(
    Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16)),
  );
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The text of a string of ASCII characters only. Its bytes need not be made: they are its code units. */
function asciiAsText(key: string): string | undefined {
  let text = HEX[TEXT]!;
  for (let at = 0; at < key.length; at++) {
    const unit = key.charCodeAt(at);
    if (unit > 0x7f) return undefined;
    text += HEX[unit];
  }
  return text;
}

/** The bytes of a string that is short and of ASCII characters only. */
function shortAscii(tag: number, text: string): Uint8Array | undefined {
  if (text.length > MAX_SHORT) return undefined;
  const bytes = new Uint8Array(1 + text.length);
  bytes[0] = tag;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) return undefined;
    bytes[at + 1] = unit;
  }
  return bytes;
}

function encodedText(text: string): Uint8Array {
  return text.isWellFormed() ? tagged(TEXT, encodeUtf8(text)) : encodedUnits(text);
}

function encodedUnits(text: string): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * text.length);
  bytes[0] = UTF16;
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at++) view.setUint16(1 + 2 * at, text.charCodeAt(at));
  return bytes;
}

function tagged(tag: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + content.length);
  bytes[0] = tag;
  bytes.set(content, 1);
  return bytes;
}

function decodedUnits(content: Uint8Array): string {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let text = "";
  for (let at = 0; at + 1 < content.length; at += 2) text += String.fromCharCode(view.getUint16(at));
  // A string without lone surrogates has another form: two forms of one key would be two keys.
  if (content.length % 2 === 0 && !text.isWellFormed()) return text;
  throw new UndecodableError("", "its key is not UTF-16 with a lone surrogate");
}

function decodedInteger(content: Uint8Array): number {
  const digits = decodeUtf8(content, "its key");
  const key = Number(digits);
  if (Number.isSafeInteger(key) && String(key) === digits) return key;
  throw new UndecodableError("", "its key is not a safe integer");
}
