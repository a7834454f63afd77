import { printable } from "../../src/inspection/printable.ts";
import { rendered } from "../../src/inspection/rendering.ts";
import { InputError } from "./input_error.ts";

/**
 * What the command writes to stderr when it fails: the message of an {@link InputError}, or the stack of any other
 * error. A user's map can throw anything, so all control characters but the line feed are written as text.
 */
export function complaint(error: unknown): string {
  const isFault = error instanceof Error && !(error instanceof InputError);
  const text = isFault ? textOf(() => error.stack, error) : reasonOf(error);
  return `twinmap: ${text.split("\n").map(printable).join("\n")}\n`;
}

/** The text of what was thrown, such as "Error: disk full"; of an {@link InputError} its message alone. */
export function reasonOf(error: unknown): string {
  return textOf(() => error instanceof InputError ? error.message : error, error);
}

/** The result of `read` as text, or a description of `error` if its own code throws. */
function textOf(read: () => unknown, error: unknown): string {
  try {
    return String(read() ?? error);
  } catch {
    return rendered(error);
  }
}
