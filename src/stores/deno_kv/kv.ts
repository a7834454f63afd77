import { received } from "../../received.ts";

/** The key of an entry: the prefix, the key of the map, and the number of a part. */
export type DenoKvKey = readonly (string | number | Uint8Array)[];

/** An entry as Deno KV answers with it. The `versionstamp` of an absent one is `null`. */
export interface DenoKvEntry {
  /** Its key. */
  readonly key: readonly unknown[];
  /** Its value; `null` if it is absent. */
  readonly value: unknown;
  /** The version of the write that set it; `null` if it is absent. */
  readonly versionstamp: string | null;
}

/** Writes that Deno KV carries out in one step, or not at all. */
export interface DenoKvAtomic {
  /** Carries them out only if this entry still has this version. */
  check(check: { readonly key: DenoKvKey; readonly versionstamp: string | null }): unknown;
  /** Sets an entry. */
  set(key: DenoKvKey, value: Uint8Array, options?: { readonly expireIn?: number }): unknown;
  /** Removes an entry. */
  delete(key: DenoKvKey): unknown;
  /** Carries the writes out, and resolves to whether the checks held. */
  commit(): Promise<{ readonly ok: boolean }>;
}

/** A database of Deno KV, as `Deno.openKv` opens it, or `openKv` of the package `@deno/kv`: what a `DenoKvMap` needs of it. */
export interface DenoKvDatabase {
  /** Reads an entry. */
  get(key: DenoKvKey): Promise<DenoKvEntry>;
  /** Reads up to 10 entries. */
  getMany(keys: readonly DenoKvKey[]): Promise<DenoKvEntry[]>;
  /** Walks over the entries from `start` to before `end`. */
  list(range: { readonly start: DenoKvKey; readonly end: DenoKvKey }): AsyncIterable<DenoKvEntry>;
  /** Begins a commit. */
  atomic(): DenoKvAtomic;
  /** How often `@deno/kv` sends a command again to a database behind a URL. Others do not say. */
  readonly maxRetries?: unknown;
}

/**
 * Refuses a database that sends a commit again when it has lost the answer: the second one would find the key changed by the first.
 *
 * @throws {TypeError} If it says so.
 */
export function checkSendsOnce({ maxRetries = 0 }: DenoKvDatabase): void {
  if (maxRetries === 0) return;
  throw new TypeError(
    "Cannot create DenoKvMap: the database's option maxRetries must be 0: else it sends a write again when it has lost " +
      `the answer: ${received(maxRetries)}`,
  );
}
