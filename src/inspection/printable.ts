/**
 * `text` with every character that does not print written as its code, such as `\u{1b}`. A trace can hold anything, even
 * commands to the terminal.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}
