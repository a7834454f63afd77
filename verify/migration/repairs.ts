import type { Clock } from "../../src/clock.ts";
import { ABSENT } from "../../src/equality/deep_equal.ts";
import { BOOLEAN, type Checked, checkOptions, type Rule, type Rules } from "../../src/options.ts";
import type { Changed, KeyChange, KeyRepairs, Maybe } from "../pair/pair.ts";
import type { Redactor } from "../report/redaction.ts";
import type { Side } from "../stages/stage.ts";
import type { DifferentKeys } from "../work/different_keys.ts";
import { nextTurn } from "../work/slices.ts";

/** How many keys are repaired side by side. */
const MAX_AT_ONCE = 16;

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
  readonly repairs: KeyRepairs<K>;
  readonly keys: DifferentKeys<K>;
  readonly redactor: Redactor;
  readonly clock: Clock;
}

/** What became of one key. */
type Outcome<K, V> = Changed<K, V> | "failed";

/** Refreshes the keys that were found different, and takes that back. */
export class Repairs<K, V> {
  readonly #setting: RepairsSetting<K>;

  constructor(setting: RepairsSetting<K>) {
    this.#setting = setting;
  }

  /** Refreshes the keys, some side by side. */
  async repair(isDryRun: boolean): Promise<Repair<K, V>> {
    const { repairs, keys } = this.#setting;
    const listed = [...keys];
    const outcomes: Outcome<K, V>[] = [];
    const waiting = listed.entries();
    const repairNext = async () => {
      for (const [at, key] of waiting) {
        const outcome = outcomes[at] = await this.#attempt(() => repairs.repair(key, () => !isDryRun));
        if (!isDryRun && isMade(outcome)) keys.delete(key);
      }
    };
    await Promise.all(Array.from({ length: MAX_AT_ONCE }, repairNext));
    return this.#summed(outcomes);
  }

  /** Takes changes back, the last one first. */
  async undo(changes: readonly KeyChange<K, V>[]): Promise<Repair<K, V>> {
    const { repairs, keys } = this.#setting;
    const outcomes: Outcome<K, V>[] = [];
    for (const { key, side, before, after } of changes.toReversed()) {
      const outcome = await this.#attempt(() => repairs.change({ key, side, before: after, after: before }));
      if (isMade(outcome)) keys.add(key);
      outcomes.push(outcome);
    }
    return this.#summed(outcomes);
  }

  async #attempt(change: () => Maybe<Changed<K>>): Promise<Outcome<K, V>> {
    try {
      const answer = change();
      // Maps that answer at once would hold the event loop.
      if (!(answer instanceof Promise)) await nextTurn(this.#setting.clock);
      return await answer as Changed<K, V>;
    } catch {
      return "failed";
    }
  }

  #summed(outcomes: readonly Outcome<K, V>[]): Repair<K, V> {
    const countOf = (outcome: Outcome<K, V>) => outcomes.filter((other) => other === outcome).length;
    const undo = outcomes.filter((outcome) => typeof outcome === "object");
    return {
      changes: undo.map((change) => this.#shown(change)),
      equal: countOf("equal"),
      written: countOf("written"),
      failed: countOf("failed"),
      lost: this.#setting.keys.lost,
      undo,
    };
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

/** Whether a key is now what it was to be. */
function isMade<K, V>(outcome: Outcome<K, V>): boolean {
  return outcome === "equal" || typeof outcome === "object";
}
