import type { KeyHash } from "../../src/keys/key_hash.ts";
import { keyIdentity } from "../../src/stores/key_identity.ts";

/** A key of two stores, and what it is found by. */
export interface IdentifiedKey<K> {
  readonly key: K;
  /** Stands for the key: the same for equal keys, and only for them. */
  readonly id: unknown;
  /** The hash of {@link id}. */
  readonly hash: number;
}

/** Identifies `key`. */
export function identified<K>(key: K, hashOf: KeyHash): IdentifiedKey<K> {
  const id = idOf(key);
  return { key, id, hash: hashOf(id) };
}

/** What stands for `key`. Bytes are equal if their content is; other objects only to themselves. */
export function idOf(key: unknown): unknown {
  return key instanceof Uint8Array ? keyIdentity("the twin", key) : key;
}
