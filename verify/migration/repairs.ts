import { ABSENT } from "../../src/equality/deep_equal.ts";
import { BOOLEAN, type Checked, checkOptions, type Rule, type Rules } from "../../src/options.ts";
import type { KeyChange, Pair } from "../pair/pair.ts";
import type { Redactor } from "../report/redaction.ts";
import type { Side } from "../stages/stage.ts";
import type { DifferentKeys } from "../work/different_keys.ts";

const CHANGES: Rule = { must: "be the undo of a repair", isOfType: Array.isArray };

/** Options for a repair. */
export interface RepairOptions<K, V> {
  /**
   * Whether nothing is written: the answer tells what would be.
   * @default {false}
   */
  readonly dryRun?: boolean;
  /** What an earlier repair answered as its `undo`: it is taken back, instead of anything being repaired. */
  readonly undo?: readonly KeyChange<K, V>[];
}

const DEFAULTS = { dryRun: false };

/**
 * Checks the options of a repair, and fills in the defaults.
 *
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function checkRepair<K, V>(options: RepairOptions<K, V>): Checked<RepairOptions<K, V>, typeof DEFAULTS> {
  const rules: Rules<RepairOptions<K, V>> = { dryRun: BOOLEAN, undo: CHANGES };
  return checkOptions("repair", options, rules, DEFAULTS);
}

/** A change of one key, made by a repair. Without `reveal`, the key is a digest and a value its type and size. */
export interface ReportedChange {
  /** The key. */
  key: string;
  /** The side that was changed. */
  side: Side;
  /** What it held before. */
  before: string;
  /** What it holds now. */
  after: string;
}

/** What became of a repair. */
export interface Repair<K, V> {
  /** What was changed, or with `dryRun` would be. */
  changes: ReportedChange[];
  /** Keys that were found equal when they were looked at again. */
  equal: number;
  /** Keys that were written meanwhile, and that were left as they are. */
  written: number;
  /** Keys at which a side failed. They are tried again by the next repair. */
  failed: number;
  /** How often a key was found different and not remembered, since there were too many: a further sweep finds it again. */
  lost: number;
  /** What `repair({ undo })` takes back. It holds keys and values as they are, even without `reveal`. */
  undo: KeyChange<K, V>[];
}

/** What {@link Repairs} work with. */
export interface RepairsSetting<K> {
  readonly pair: Pair<K>;
  readonly keys: DifferentKeys<K>;
  readonly redactor: Redactor;
}

/** Refreshes the keys that were found different, and takes that back. */
export class Repairs<K, V> {
  readonly #setting: RepairsSetting<K>;

  constructor(setting: RepairsSetting<K>) {
    this.#setting = setting;
  }

  /** Refreshes one key after the other. */
  async repair(isDryRun: boolean): Promise<Repair<K, V>> {
    const { pair, keys } = this.#setting;
    const made = this.#nothing();
    for (const key of keys) {
      await this.#count(
        made,
        async () => await pair.repair!(key, isDryRun) as KeyChange<K, V> | "equal" | "written",
        () => {
          if (!isDryRun) keys.delete(key);
        },
      );
    }
    return made;
  }

  /** Takes changes back, the last one first. */
  async undo(changes: readonly KeyChange<K, V>[]): Promise<Repair<K, V>> {
    const { pair, keys } = this.#setting;
    const made = this.#nothing();
    for (const { key, side, before, after } of changes.toReversed()) {
      const back = { key, side, before: after, after: before };
      await this.#count(made, async () => await pair.change!(back) ? back : "written", () => keys.add(key));
    }
    return made;
  }

  async #count(
    made: Repair<K, V>,
    change: () => Promise<KeyChange<K, V> | "equal" | "written">,
    ended: () => void,
  ): Promise<void> {
    try {
      const changed = await change();
      if (changed === "written") return void made.written++;
      if (changed === "equal") made.equal++;
      else {
        made.changes.push(this.#shown(changed));
        made.undo.push(changed);
      }
      ended();
    } catch {
      made.failed++;
    }
  }

  #nothing(): Repair<K, V> {
    return { changes: [], equal: 0, written: 0, failed: 0, lost: this.#setting.keys.lost, undo: [] };
  }

  #shown({ key, side, before, after }: KeyChange<K, V>): ReportedChange {
    const { redactor } = this.#setting;
    const { old: shownBefore, new: shownAfter } = redactor.values(
      before === undefined ? ABSENT : before.value,
      after === undefined ? ABSENT : after.value,
    );
    return { key: redactor.key(key), side, before: shownBefore, after: shownAfter };
  }
}
