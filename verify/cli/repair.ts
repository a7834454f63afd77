import { systemClock } from "../../src/clock.ts";
import type { MapDifference } from "../diff/map_difference.ts";
import { repairKeys } from "../migration/repairs.ts";
import { mayDelete } from "../migration/scope.ts";
import { repairKey } from "../mirror/repair_key.ts";
import { AsyncSide } from "../pair/async_side.ts";
import type { Redactor } from "../report/redaction.ts";
import { DifferentKeys } from "../work/different_keys.ts";
import { ANSWER_LIMIT_MS } from "./answered.ts";
import type { ChangeTally } from "./made_changes.ts";
import { counted } from "./numbers.ts";
import type { OpenMap } from "./open_map.ts";
import type { UndoFile } from "./undo_file.ts";

/** How many keys a repair remembers. */
const MAX_KEYS = 2 ** 20;

/** How many keys are repaired before the signal is looked at, with what both maps hold for them in memory. */
const BATCH = 256;

/** Makes a new map what the old one is, at the keys that were found different. What was inconclusive is left alone. */
export class MapRepair {
  readonly #old: OpenMap;
  readonly #new: OpenMap;
  readonly #deletes: boolean;
  readonly #keys = new DifferentKeys<unknown>(MAX_KEYS);
  #copies = 0;
  #deletions = 0;
  /** How many keys only the new map has, where nothing may be deleted. */
  left = 0;

  constructor(oldMap: OpenMap, newMap: OpenMap) {
    this.#old = oldMap;
    this.#new = newMap;
    this.#deletes = mayDelete(oldMap.map.traits, newMap.map.traits);
  }

  /** Adds a key that was found different. */
  add({ kind, key }: MapDifference<unknown, unknown>): void {
    if (kind === "inconclusive") return;
    if (kind === "extra" && !this.#deletes) {
      this.left++;
      return;
    }
    if (kind === "extra") this.#deletions++;
    else this.#copies++;
    this.#keys.add(key);
  }

  /** How many keys are to be repaired. */
  get size(): number {
    return this.#copies + this.#deletions;
  }

  /** How many more there are than were remembered. */
  get lost(): number {
    return this.#keys.lost;
  }

  /** What the repair is to do, as a question. */
  question(oldMap: string, newMap: string): string {
    const copy = this.#copies > 0 ? `copy ${counted(this.#copies, "key")} from ${oldMap} to ${newMap}` : "";
    const remove = this.#deletions > 0 ? `delete ${counted(this.#deletions, "key")} that only ${newMap} has` : "";
    const question = [copy, remove].filter((part) => part !== "").join(", and ");
    return `${question.charAt(0).toUpperCase()}${question.slice(1)}?`;
  }

  /**
   * Repairs the keys, each by compare-and-set against what was read.
   *
   * @param tally Gets what became of them.
   * @param undo Gets each change before it is made.
   * @throws As {@link ChangeTally.add}.
   */
  async run(tally: ChangeTally, undo: UndoFile | undefined, redactor: Redactor): Promise<void> {
    const sides = {
      old: new AsyncSide(this.#old.map, systemClock, ANSWER_LIMIT_MS),
      new: new AsyncSide(this.#new.map, systemClock, ANSWER_LIMIT_MS),
    };
    const setting = { sides, clock: systemClock, looksBack: () => true };
    const repair = (key: unknown) =>
      tally.attempt(() =>
        repairKey(setting, key, "old", this.#deletes, (change) => {
          undo?.add(change);
          return true;
        })
      );
    const keys = [...this.#keys];
    for (let at = 0; at < keys.length; at += BATCH) {
      const batch = new DifferentKeys<unknown>(BATCH);
      for (const key of keys.slice(at, at + BATCH)) batch.add(key);
      tally.add(await repairKeys(batch, repair, false, { redactor, clock: systemClock }));
    }
  }
}
