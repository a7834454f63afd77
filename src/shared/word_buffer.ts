import { sameValueZero } from "../keys/same_value_zero.ts";
import { textBytes } from "./text_bytes.ts";

/** What a header says the words behind it are, in its lowest 4 bits. Above them is the length: of a string in UTF-16 units. */
const CONSTANT = 0;
const NUMBER = 1;
const LATIN1 = 2;
const UTF16 = 3;
const BYTES = 4;
/** Added to the kind of a string or of bytes that a codec made. */
export const CODED = 8;

const KIND_MASK = 15;
const KIND_BITS = 4;
/** The greatest length: 2^27 - 1. */
export const MAX_LENGTH: number = 2 ** 27 - 1;

/** The values that their header tells: it has the place here for a length. */
const CONSTANTS: readonly unknown[] = [undefined, null, false, true];

/** Up to here a string is put together from its characters, which takes less time than to ask the platform. */
const SHORT = 16;

/** How many words there are behind a header. */
export function wordsOf(header: number): number {
  const length = header >>> KIND_BITS;
  switch (header & ~CODED & KIND_MASK) {
    case CONSTANT:
      return 0;
    case NUMBER:
      return 2;
    case UTF16:
      return length + 1 >>> 1;
    default:
      return length + 3 >>> 2;
  }
}

/** A key or a value as words, and the way from and to them. */
export class WordBuffer {
  words: Int32Array<ArrayBuffer> = new Int32Array(64);
  /** How many of the words are meant. */
  count = 0;
  /** What they are. */
  header = 0;
  #bytes = textBytes(this.words.buffer);
  #doubles = new Float64Array(this.words.buffer);

  /** Takes the header of words that are then written to `words`. */
  expect(header: number): void {
    this.header = header;
    this.count = wordsOf(header);
    this.#reserve(this.count);
  }

  /** Takes `undefined`, `null` or a boolean. */
  setConstant(value: null | undefined | boolean): void {
    this.header = CONSTANTS.indexOf(value) << KIND_BITS | CONSTANT;
    this.count = 0;
  }

  /** Takes a number. */
  setNumber(value: number): void {
    this.#doubles[0] = value;
    this.header = NUMBER;
    this.count = 2;
  }

  /** Takes a string; `coded` is `CODED` if a codec made it. */
  setString(text: string, coded = 0): void {
    const { length } = text;
    const { words } = this.#reserve(length + 3 >>> 2);
    let count = 0;
    let all = 0;
    let at = 0;
    for (; at + 3 < length; at += 4) {
      const a = text.charCodeAt(at),
        b = text.charCodeAt(at + 1),
        c = text.charCodeAt(at + 2),
        d = text.charCodeAt(at + 3);
      all |= a | b | c | d;
      words[count++] = a | b << 8 | c << 16 | d << 24;
    }
    let last = 0;
    for (let shift = 0; at < length; at++, shift += 8) {
      const unit = text.charCodeAt(at);
      all |= unit;
      last |= unit << shift;
    }
    if ((length & 3) !== 0) words[count++] = last;
    if (all > 255) return this.#setUtf16(text, coded);
    this.header = length << KIND_BITS | LATIN1 | coded;
    this.count = count;
  }

  /** Takes bytes. */
  setBytes(bytes: Uint8Array, coded = 0): void {
    const { length } = bytes;
    const count = length + 3 >>> 2;
    const { words } = this.#reserve(count);
    if (count > 0) words[count - 1] = 0;
    this.#bytes.set(bytes);
    this.header = length << KIND_BITS | BYTES | coded;
    this.count = count;
  }

  /** What was taken, unless a codec has to be asked. */
  value(): unknown {
    const length = this.header >>> KIND_BITS;
    switch (this.header & ~CODED & KIND_MASK) {
      case CONSTANT:
        return CONSTANTS[length];
      case NUMBER:
        return this.#doubles[0];
      case LATIN1:
        return length <= SHORT ? this.#shortText(length) : this.#bytes.toString("latin1", 0, length);
      case UTF16:
        return this.#bytes.toString("utf16le", 0, 2 * length);
      default:
        return Uint8Array.from(this.#bytes.subarray(0, length));
    }
  }

  /** Whether what was taken is a primitive. */
  get isPrimitive(): boolean {
    return (this.header & KIND_MASK) < BYTES;
  }

  /** Whether a codec made what was taken. */
  get isCoded(): boolean {
    return (this.header & CODED) !== 0;
  }

  /** Whether both hold the same: for numbers, as `Map` compares keys. */
  equals(other: WordBuffer): boolean {
    const { header, count, words } = this;
    if (header !== other.header) return false;
    if (header === NUMBER) return sameValueZero(this.value(), other.value());
    for (let at = 0; at < count; at++) {
      if (words[at] !== other.words[at]) return false;
    }
    return true;
  }

  #setUtf16(text: string, coded: number): void {
    const { length } = text;
    const count = length + 1 >>> 1;
    const { words } = this.#reserve(count);
    // What lies beyond the end of a string is NaN, and 0 as a word.
    for (let at = 0; at < count; at++) words[at] = text.charCodeAt(2 * at) | text.charCodeAt(2 * at + 1) << 16;
    this.header = length << KIND_BITS | UTF16 | coded;
    this.count = count;
  }

  #shortText(length: number): string {
    let text = "";
    for (let at = 0; at < length; at++) {
      text += String.fromCharCode((this.words[at >> 2] as number) >>> (at << 3) & 255);
    }
    return text;
  }

  #reserve(count: number): this {
    if (count <= this.words.length) return this;
    this.words = new Int32Array(2 ** Math.ceil(Math.log2(count)));
    this.#bytes = textBytes(this.words.buffer);
    this.#doubles = new Float64Array(this.words.buffer);
    return this;
  }
}
