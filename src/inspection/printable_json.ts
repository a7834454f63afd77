/**
 * `value` as JSON in one line, without a character that a terminal obeys: `JSON.stringify` escapes U+0000 to U+001F
 * only. A parser reads the same value from it.
 */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}
