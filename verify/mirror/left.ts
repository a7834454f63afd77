import type { Traits } from "../../src/concurrent_map.ts";
import type { Side } from "../stages/stage.ts";
import type { Source } from "./key_copies.ts";

/**
 * What a write left under its key; `still absent` if the key was absent before, too; `nothing` if it wrote nothing, `unread` if that
 * is not known.
 */
export type Left<V> = { readonly value: V } | "absent" | "still absent" | "unread" | "nothing";

/**
 * What is to be copied of what a write left. An object may be changed by its owner as soon as a map has a copy of it, so it is read
 * again.
 *
 * @param traits Those of the map that was written.
 * @param isOldPrivate Whether a key that the old map lacks may be another instance's.
 */
export function sourceOf<V>(left: Left<V>, from: Side, traits: Traits, isOldPrivate: boolean): Source<V> | undefined {
  if (left === "nothing" || (left === "still absent" && isOldPrivate)) return undefined;
  if (left === "absent" || left === "still absent") return { from, entry: null };
  const { expires, values } = traits;
  const isKnown = left !== "unread" && expires === "never" &&
    (values === "reference" || Object(left.value) !== left.value);
  return isKnown ? { from, entry: { value: left.value } } : { from };
}
