/**
 * `text` with what is no printing character written as its code, such as `\u{1b}`: a trace can hold anything, also what
 * a terminal would take for a command.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}
