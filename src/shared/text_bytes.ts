/** Bytes that can be read as text: a `Buffer`, or as much of one as is needed here. */
export interface TextBytes extends Uint8Array<ArrayBuffer> {
  /** The characters that the bytes from `start` to `end` stand for. */
  toString(encoding?: "latin1" | "utf16le", start?: number, end?: number): string;
}

// It is read rather than imported: a browser has none.
const platform = Reflect.get(globalThis, "Buffer") as { from(buffer: ArrayBuffer): TextBytes } | undefined;

/** The bytes of `buffer`, not copied. */
export function textBytes(buffer: ArrayBuffer): TextBytes {
  return platform === undefined ? new CodeUnits(buffer) : platform.from(buffer);
}

/** How many arguments a call may safely have. */
const CHUNK = 4_096;

/** `TextDecoder` takes "latin1" for Windows-1252, and changes lone surrogates: so the code units are read one by one. */
class CodeUnits extends Uint8Array<ArrayBuffer> implements TextBytes {
  override toString(encoding: "latin1" | "utf16le" = "latin1", start = 0, end: number = this.length): string {
    const at = this.byteOffset + start;
    const units = encoding === "latin1"
      ? new Uint8Array(this.buffer, at, end - start)
      : new Uint16Array(this.buffer, at, (end - start) / 2);
    let text = "";
    for (let i = 0; i < units.length; i += CHUNK) text += String.fromCharCode(...units.subarray(i, i + CHUNK));
    return text;
  }
}
