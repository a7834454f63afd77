import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import type { KeyVersions } from "./key_versions.ts";
import type { Maybe } from "./pair.ts";

/** What the walks over two synchronous maps as wholes work with. */
export interface WholeSetting<K, V> {
  readonly oldMap: ConcurrentMap<K, V>;
  readonly newMap: ConcurrentMap<K, V>;
  readonly versions: KeyVersions;
  readonly operations: OperationSampler;
  /** Whether a key is never compared; `undefined` if all are. */
  readonly ignores?: ((key: K) => boolean) | undefined;
  /** Whether two values are equal; `undefined` if values are not compared. */
  readonly equals?: ((oldValue: V, newValue: V, key: K) => Maybe<boolean>) | undefined;
}
