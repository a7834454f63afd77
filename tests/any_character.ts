import fc from "fast-check";

/** The halves of UTF-16's pairs are code points, but no characters. */
const FIRST_HALF = 0xd800;
const HALVES = 0x800;

/**
 * Any character, ASCII or not. The unit "binary" of fast-check draws as well, but fills a `Map` with all of them first,
 * which takes a second.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.oneof(fc.nat(0x7f), fc.nat(0x10ffff - HALVES))
  .map((at) => String.fromCodePoint(at < FIRST_HALF ? at : at + HALVES));
