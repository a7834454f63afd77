import type { StoreFailure } from "../../async/async_store.ts";

/** The driver did not do what it was asked, and did not say why. */
export class SilentFailureError extends Error {}

/** Codes of the file system for what failed before a file was changed. */
const REFUSED: { readonly [code: string]: string } = {
  EACCES: "the file system gives no permission",
  EPERM: "the file system gives no permission",
  EROFS: "the file system is read-only",
  ENAMETOOLONG: "the file system does not take so long a name",
  ENOTDIR: "the folder is not a folder",
  EISDIR: "the file is a folder",
};
/** The same, of what may succeed later. */
const BUSY: { readonly [code: string]: string } = {
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
};

/** What is known of a command that a driver failed. Each of dozens of drivers has errors of its own: of most of them, nothing is. */
export function failureOf(error: unknown): StoreFailure {
  const { code } = Object(error) as { readonly code?: unknown };
  if (typeof code === "string" && Object.hasOwn(REFUSED, code)) return refused(REFUSED[code]!, false);
  if (typeof code === "string" && Object.hasOwn(BUSY, code)) return refused(BUSY[code]!, true);
  const reason = error instanceof SilentFailureError ? error.message : "the driver failed";
  return { outcome: "unknown", retryable: false, reason };
}

function refused(reason: string, retryable: boolean): StoreFailure {
  return { outcome: "not applied", retryable, reason };
}
