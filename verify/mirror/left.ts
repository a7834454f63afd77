import type { Traits } from "../../src/concurrent_map.ts";
import type { Side } from "../stages/stage.ts";
import type { Source } from "./key_copies.ts";

/**
 * What a write left under its key:
 *
 * - `absent`: it removed the key; `still absent`: the key was absent before, too; `absent by now`: one of the two;
 * - `unread`: it set the key to a value that is not known;
 * - `nothing`: it wrote nothing.
 */
export type Left<V> = { readonly value: V } | "absent" | "still absent" | "absent by now" | "unread" | "nothing";

/**
 * What is to be copied of what a write left. An object may be changed by its owner as soon as a map has a copy of it, so it is read
 * again.
 *
 * @param traits Those of the map that was written.
 * @param isOldPrivate Whether a key that the old map lacks may be another instance's.
 */
export function sourceOf<V>(left: Left<V>, from: Side, traits: Traits, isOldPrivate: boolean): Source<V> | undefined {
  if (left === "nothing" || (left === "still absent" && isOldPrivate && from === "old")) return undefined;
  if (typeof left === "string" && left !== "unread") return { from, entry: null, deletes: true };
  const { expires, values } = traits;
  const isKnown = left !== "unread" && expires === "never" &&
    (values === "reference" || Object(left.value) !== left.value);
  return isKnown ? { from, entry: { value: left.value }, deletes: true } : { from, deletes: true };
}
