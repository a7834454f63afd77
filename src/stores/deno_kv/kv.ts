/** The key of an entry: the prefix, the key of the map, and the number of a part. */
export type DenoKvKey = readonly (string | number | Uint8Array)[];

/** An entry as Deno KV answers with it. The `versionstamp` of an absent one is `null`. */
export interface DenoKvEntry {
  readonly key: readonly unknown[];
  readonly value: unknown;
  readonly versionstamp: string | null;
}

/** Writes that Deno KV carries out in one step, or not at all. */
export interface DenoKvAtomic {
  /** Carries them out only if this entry still has this version. */
  check(check: { readonly key: DenoKvKey; readonly versionstamp: string | null }): unknown;
  set(key: DenoKvKey, value: Uint8Array, options?: { readonly expireIn?: number }): unknown;
  delete(key: DenoKvKey): unknown;
  commit(): Promise<{ readonly ok: boolean }>;
}

/** A database of Deno KV, as `Deno.openKv` opens it, or `openKv` of the package `@deno/kv`: what a `DenoKvMap` needs of it. */
export interface DenoKvDatabase {
  get(key: DenoKvKey): Promise<DenoKvEntry>;
  getMany(keys: readonly DenoKvKey[]): Promise<DenoKvEntry[]>;
  list(range: { readonly start: DenoKvKey; readonly end: DenoKvKey }): AsyncIterable<DenoKvEntry>;
  atomic(): DenoKvAtomic;
}
