import type { Traits } from "../../src/concurrent_map.ts";

/** Who uses a map at the same time. */
export type Scope = Traits["scope"];

/** The scopes, the narrowest first. */
export const SCOPES: readonly Scope[] = ["thread", "process", "store"];

/**
 * Whether a backfill from `source` to `target` may delete what only `target` has. If `target` is shared more widely, that may be
 * what others have put there.
 */
export function mayDelete(source: Traits, target: Traits): boolean {
  return SCOPES.indexOf(target.scope) <= SCOPES.indexOf(source.scope);
}

/** Whether others share the new map that do not share the old one. */
export function isOldPrivate(oldMap: Traits, newMap: Traits): boolean {
  return !mayDelete(oldMap, newMap);
}

/** The traits of a map, with the scope that its owner names. */
export function scoped(traits: Traits, scope: Scope | undefined): Traits {
  return scope === undefined ? traits : { ...traits, scope };
}
