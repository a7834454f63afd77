/** What text begins with that stands for bytes. */
const MARK = "b";
/** How many arguments a call takes on every runtime. */
const MAX_ARGUMENTS = 2 ** 12;

/** Bytes as text: a letter, and base64. */
export function textOf(bytes: Uint8Array): string {
  let units = "";
  for (let at = 0; at < bytes.length; at += MAX_ARGUMENTS) {
    units += String.fromCharCode(...bytes.subarray(at, at + MAX_ARGUMENTS));
  }
  return MARK + btoa(units);
}

/** The bytes that `textOf` made this text of; the text itself if it did not. */
export function contentOf(text: string): string | Uint8Array {
  if (!text.startsWith(MARK)) return text;
  try {
    return Uint8Array.from(atob(text.slice(MARK.length)), (unit) => unit.charCodeAt(0));
  } catch {
    return text;
  }
}
