import type { Budget } from "./budget.ts";
import type { Entry, Part } from "./history.ts";
import type { Questions } from "./questions.ts";

/** Entries of a part that no order explains. */
export interface Counterexample {
  /** In the order of their calls. */
  readonly entries: readonly Entry[];
  /** Whether the part can only be in the first state at the first of their calls. */
  readonly isFromStart: boolean;
  /** Whether it is certain that none of them can be left out. */
  readonly isMinimal: boolean;
}

/** What is known about a part that may have a counterexample. */
export interface Suspicion {
  /** The event that no order has passed so far. */
  readonly reached: number;
  /** All possible states of the part, by their numbers, each with the first event at which it is possible. */
  readonly met: ReadonlyMap<number, number>;
  /** Whether it is certain that no order gets past `reached`. */
  readonly isCertain: boolean;
}

/** The share of the budget that one question may take, so that a hard one leaves some for the others. */
const SHARE = 1 / 4;

/**
 * Returns entries of a part that are bad by themselves and are all needed; `undefined` if it finds none.
 *
 * Entries are **bad by themselves** if no order explains them even though everything else is left open: at the first of
 * their calls the part may be in any state that was possible at a return before it, and every other entry may have
 * taken effect between its call and its return with any result, or not at all. This only adds orders. So if the whole
 * had an order, these entries would have one: there is no false alarm, and no need to look at the rest. That is why the
 * search for them can begin, and often ends, before it is known whether the whole has an order.
 *
 * **Each is needed**: if its result and whether it took effect are left open as well, there is an order. So no entry
 * can be left out. Another set of bad entries may have fewer of them.
 *
 * How: no order gets past the return at which the search ended, so it leaves out what was called later. Then it finds
 * the fewest last calls that are bad by themselves, by doubling their number and bisecting: a question about few
 * entries is easy. From these it leaves out runs, each time half as long, down to single entries, until none can be
 * left out. This takes O(k log n) questions for k of n entries, each through the events between the first call and the
 * last return of the entries in question.
 */
export function minimalCounterexample<State>(
  part: Part,
  questions: Questions<State>,
  { reached, met, isCertain }: Suspicion,
  budget: Budget,
): Counterexample | undefined {
  const due = part.events[reached] as Entry;
  const called = part.entries.filter((entry) => entry.call < reached && entry.return < Infinity);
  const atMost = Math.ceil(budget.steps * SHARE);
  let isSure = true;

  const statesBefore = (event: number) => [...met].filter(([, at]) => at < event).map(([state]) => state).reverse();
  const isBad = (entries: readonly Entry[]): boolean => {
    if (isCertain && entries.length === called.length) return true;
    const from = entries[0]?.call ?? 0;
    const to = entries.reduce((last, entry) => Math.max(last, entry.return), 0);
    const question = { from, to, states: statesBefore(from), required: new Set(entries) };
    const answer = budget.lend(atMost, (lent) => questions.answer(question, lent));
    if (answer === "unknown") isSure = false;
    return answer === "none";
  };

  const found = lastBad(called, called.indexOf(due), isBad);
  if (found === undefined) return undefined;
  let entries = found;
  for (let size = entries.length >> 1; size > 0 && !budget.isSpent;) {
    const before = entries.length;
    isSure = true;
    for (let at = 0; at < entries.length && !budget.isSpent;) {
      const left = [...entries.slice(0, at), ...entries.slice(at + size)];
      if (isBad(left)) entries = left;
      else at += size;
    }
    if (size > 1) size >>= 1;
    else if (entries.length === before) size = 0;
  }
  const isFromStart = statesBefore(entries[0]?.call ?? 0).length === 1;
  return { entries, isFromStart, isMinimal: entries.length === 1 || (isSure && !budget.isSpent) };
}

/**
 * The fewest last entries that are bad, at least those from `highest` on; `undefined` if all of them together are not
 * bad.
 */
function lastBad(
  entries: readonly Entry[],
  highest: number,
  isBad: (entries: readonly Entry[]) => boolean,
): readonly Entry[] | undefined {
  let good = highest + 1;
  let bad = highest;
  for (let step = 1; !isBad(entries.slice(bad)); step *= 2) {
    if (bad === 0) return undefined;
    good = bad;
    bad = Math.max(0, bad - step);
  }
  while (good - bad > 1) {
    const middle = (good + bad) >> 1;
    if (isBad(entries.slice(middle))) bad = middle;
    else good = middle;
  }
  return entries.slice(bad);
}
