import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";
import { traitOf } from "../pair/traits.ts";

/** The scopes, the narrowest first. */
const SCOPES: readonly Traits["scope"][] = ["thread", "process", "store"];

/**
 * Whether a backfill from `source` to `target` may delete what only `target` has. If `target` is shared more widely, that may be
 * what others have put there.
 */
export function mayDelete<K, V>(source: ConcurrentMap<K, V>, target: ConcurrentMap<K, V>): boolean {
  return SCOPES.indexOf(traitOf(target, "scope")) <= SCOPES.indexOf(traitOf(source, "scope"));
}
