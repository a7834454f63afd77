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

/** What an error says: its message alone. */
export function reasonOf(error: unknown): string {
  return textOf(() => messageOf(error), error);
}

/** What an error of somebody's own code says, such as "disk full"; if it is a mistake in it, "TypeError: x is not a function". */
export function namedReasonOf(error: unknown): string {
  return textOf(() => error instanceof Error && !MISTAKES.has(error.name) ? messageOf(error) : error, error);
}

const MISTAKES: ReadonlySet<string> = new Set(["TypeError", "RangeError", "ReferenceError", "SyntaxError"]);

/** Some errors, such as those of several attempts to connect, have no message but a code. */
function messageOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return error.message || (error as { code?: unknown }).code || error;
}

/** The result of `read` as text, or a description of `error` if its own code throws. */
function textOf(read: () => unknown, error: unknown): string {
  try {
    return String(read() ?? error);
  } catch {
    return rendered(error);
  }
}
