import { StoreError, type WriteOutcome } from "../../store_error.ts";

/** What an error of SQLite means. */
interface Meaning {
  /** The name of its code, after `SQLITE_`. */
  readonly name: string;
  readonly reason: string;
  /** Whether the same call may succeed later. Default: no. */
  readonly retryable?: boolean;
  /** A failed statement leaves nothing behind, and so does a failed commit, unless the disk failed. */
  readonly outcome?: WriteOutcome;
}

/** The codes of SQLite that tell their reason. Extended codes have these as their lowest 8 bits. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [5, { name: "BUSY", reason: "another connection keeps the database locked", retryable: true }],
  [6, { name: "LOCKED", reason: "another statement keeps the table locked", retryable: true }],
  [7, { name: "NOMEM", reason: "there is no memory left", retryable: true }],
  [8, { name: "READONLY", reason: "the database is read-only" }],
  [10, { name: "IOERR", reason: "the disk could not be read or written", outcome: "unknown" }],
  [11, { name: "CORRUPT", reason: "the file is corrupt" }],
  [13, { name: "FULL", reason: "the disk or the database is full", retryable: true }],
  [14, { name: "CANTOPEN", reason: "the file cannot be opened" }],
  [26, { name: "NOTADB", reason: "the file is not a database" }],
]);

const TOOBIG = 18;

const UNKNOWN: Meaning = { name: "", reason: "SQLite refused it" };

/**
 * The error of the map for an error of the handle.
 *
 * @param operation The method that failed.
 * @param key The key that it was about, or `undefined`.
 */
export function failureOf(operation: string, key: unknown, error: unknown): StoreError | RangeError {
  const code = codeOf(error);
  if (code === TOOBIG) {
    return new RangeError(`Cannot ${operation} in SqliteMap: key and value must be as short as SQLite allows`, {
      cause: error,
    });
  }
  const { reason, retryable = false, outcome = "not applied" } = MEANINGS.get(code) ?? UNKNOWN;
  const about = key === undefined ? {} : { key };
  return new StoreError(reason, { store: "SqliteMap", operation, outcome, retryable, cause: error, ...about });
}

/** The error of a call of the map itself, such as one that finds the table of a later version. */
export function refusal(operation: string, reason: string): StoreError {
  return new StoreError(reason, { store: "SqliteMap", operation, outcome: "not applied", retryable: false });
}

/** The code of an error: a number in `node:sqlite` (`errcode`) and `bun:sqlite` (`errno`), a name in `better-sqlite3`. */
function codeOf(error: unknown): number {
  const { errcode, errno, code } = (error ?? {}) as { errcode?: unknown; errno?: unknown; code?: unknown };
  const number = typeof errcode === "number" ? errcode : errno;
  if (typeof number === "number") return number & 0xff;
  const [, name] = /^SQLITE_([A-Z]+)/.exec(String(code)) ?? [];
  if (name === "TOOBIG") return TOOBIG;
  for (const [number, meaning] of MEANINGS) if (meaning.name === name) return number;
  return 0;
}
