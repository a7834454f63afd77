import { UndecodableError } from "./codec.ts";

const encoder = new TextEncoder();
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a lenient decoder makes of bytes that are not UTF-8. It is a character of its own, too. */
const REPLACEMENT = "\uFFFD";

/** The bytes of a text, which must have no lone surrogates. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * The text of these bytes.
 *
 * @param what What the bytes are, for the error.
 * @throws {UndecodableError} If they are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  // In Deno, a strict decoder takes several times as long.
  const text = lenient.decode(bytes);
  if (!text.includes(REPLACEMENT)) return text;
  try {
    return strict.decode(bytes);
  } catch {
    throw new UndecodableError("", `${what} is not UTF-8`);
  }
}
