import type { Traits } from "../../src/concurrent_map.ts";

/** The scopes, the narrowest first. */
const SCOPES: readonly Traits["scope"][] = ["thread", "process", "store"];

/**
 * Whether a backfill from `source` to `target` may delete what only `target` has. If `target` is shared more widely, that may be
 * what others have put there.
 */
export function mayDelete(source: Traits, target: Traits): boolean {
  return SCOPES.indexOf(target.scope) <= SCOPES.indexOf(source.scope);
}
