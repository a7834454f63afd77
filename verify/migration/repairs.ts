import type { Clock } from "../../src/clock.ts";
import { ABSENT } from "../../src/equality/deep_equal.ts";
import { BOOLEAN, type Checked, checkOptions, type Rule, type Rules } from "../../src/options.ts";
import type { Changed, Confirm, KeyChange, Maybe } from "../pair/pair.ts";
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

/** What a repair works with. */
export interface RepairSetting {
  readonly redactor: Redactor;
  readonly clock: Clock;
}

/** What became of one key. */
type Outcome<K, V> = Changed<K, V> | "failed";

/**
 * Refreshes keys that were found different, some side by side. Those that are equal then are removed from `keys`.
 *
 * @param repair Refreshes one of them.
 * @param isDryRun Whether nothing is written.
 */
export async function repairKeys<K, V>(
  keys: DifferentKeys<K>,
  repair: (key: K, confirm: Confirm<K, V>) => Maybe<Changed<K, V>>,
  isDryRun: boolean,
  setting: RepairSetting,
): Promise<Repair<K, V>> {
  const outcomes = await allOutcomes([...keys], async (key) => {
    const outcome = await outcomeOf(() => repair(key, () => !isDryRun), setting);
    if (!isDryRun && (outcome === "equal" || typeof outcome === "object")) keys.delete(key);
    return outcome;
  });
  return summed(outcomes, keys.lost, setting);
}

/**
 * Takes changes back, some side by side. Those of one key are begun in turn, the last one first.
 *
 * @param change Makes one change.
 */
export async function undoChanges<K, V>(
  changes: readonly KeyChange<K, V>[],
  change: (change: KeyChange<K, V>) => Maybe<Changed<K, V>>,
  setting: RepairSetting,
): Promise<Repair<K, V>> {
  const outcomes = await allOutcomes(
    changes.toReversed(),
    ({ key, side, before, after }) => outcomeOf(() => change({ key, side, before: after, after: before }), setting),
  );
  return summed(outcomes, 0, setting);
}

/** The outcome of each of `items`, in their order. */
async function allOutcomes<T, K, V>(
  items: readonly T[],
  outcomeOf: (item: T) => Promise<Outcome<K, V>>,
): Promise<Outcome<K, V>[]> {
  const outcomes: Outcome<K, V>[] = [];
  const waiting = items.entries();
  const takeNext = async () => {
    for (const [at, item] of waiting) outcomes[at] = await outcomeOf(item);
  };
  await Promise.all(Array.from({ length: MAX_AT_ONCE }, takeNext));
  return outcomes;
}

async function outcomeOf<K, V>(change: () => Maybe<Changed<K, V>>, { clock }: RepairSetting): Promise<Outcome<K, V>> {
  try {
    return await change();
  } catch {
    return "failed";
  } finally {
    // Maps that answer at once, or by promises alone, would hold the event loop.
    await nextTurn(clock);
  }
}

function summed<K, V>(
  outcomes: readonly Outcome<K, V>[],
  lost: number,
  { redactor }: RepairSetting,
): Repair<K, V> {
  const countOf = (outcome: Outcome<K, V>) => outcomes.filter((other) => other === outcome).length;
  const undo = outcomes.filter((outcome) => typeof outcome === "object");
  return {
    changes: undo.map((change) => reported(change, redactor)),
    equal: countOf("equal"),
    written: countOf("written"),
    failed: countOf("failed"),
    lost,
    undo,
  };
}

function reported<K, V>({ key, side, before, after }: KeyChange<K, V>, redactor: Redactor): ReportedChange {
  const { old: shownBefore, new: shownAfter } = redactor.values(
    before === undefined ? ABSENT : before.value,
    after === undefined ? ABSENT : after.value,
  );
  return { key: redactor.key(key), side, before: shownBefore, after: shownAfter };
}
