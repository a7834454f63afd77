import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";
import { traitsOf } from "../pair/traits.ts";

/** The scopes, the narrowest first. */
const SCOPES: readonly Traits["scope"][] = ["thread", "process", "store"];

/**
 * Whether a backfill from `source` to `target` may delete what only `target` has. If `target` is shared more widely, that may be
 * what others have put there.
 */
export function mayDelete<K, V>(source: ConcurrentMap<K, V>, target: ConcurrentMap<K, V>): boolean {
  return SCOPES.indexOf(traitsOf(target).scope) <= SCOPES.indexOf(traitsOf(source).scope);
}
