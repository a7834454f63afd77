import type { Changed, Confirm } from "../pair/pair.ts";
import { isSameEntry } from "../pair/same_entry.ts";
import type { Side } from "../stages/stage.ts";
import { copyKeys, type CopySetting } from "./copy_keys.ts";

/**
 * Copies a key from the side `from` if the other side still holds what is read there. The caller sees to it that a key is copied once
 * at a time.
 *
 * @param deletes Whether to delete a key that the side `from` lacks. If not, it counts as equal.
 * @throws Whatever a side rejects with, or `confirm` throws.
 */
export async function repairKey<K, V>(
  setting: CopySetting<K, V>,
  key: K,
  from: Side,
  deletes: boolean,
  confirm: Confirm<K, V>,
): Promise<Changed<K, V>> {
  const { sides } = setting;
  const side = from === "old" ? "new" : "old";
  const [[after], [before]] = await Promise.all([sides[from].read([key]), sides[side].read([key])]);
  if (isSameEntry(after, before) || (after === undefined && !deletes)) return "equal";
  const change = { key, side, before, after } as const;
  if (!confirm(change)) return change;
  if (!await sides[side].replace(key, before, after)) return "written";
  // Looks back, and sets the time to live.
  await copyKeys(setting, [key], from, { comparesFirst: true, deletes: () => deletes });
  return change;
}
