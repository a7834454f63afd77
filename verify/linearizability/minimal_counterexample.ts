import type { Entry, Part } from "./history.ts";
import type { Budget, Findings, Question, Search } from "./search.ts";

/** A part of a history that is bad by itself. */
export interface MinimalCounterexample {
  /** In the order of their calls. */
  readonly entries: readonly Entry[];
  /** Whether it holds only from the first state on, since nothing before it can have led to another one. */
  readonly isFromStart: boolean;
  /** Whether it is known that none of them can be left out. */
  readonly isMinimal: boolean;
}

/**
 * Entries of a bad part that are bad by themselves, and of which each is needed.
 *
 * **Bad by themselves** are entries that no order explains though everything else is left open: at the first of their
 * calls the part may be in any state that the search met at a return before it, which are all that it can be in with what
 * took effect just in time; every other entry may have taken effect between its call and its return, with whatever
 * result, or not at all. Each of these only adds orders. So if the whole had an order, these entries would have one: no
 * false alarm, and no need to look at the rest.
 *
 * **Each is needed**: once its result and its having taken effect are left open as well, there is an order. So no entry
 * can be left out; there may be another bad part, with fewer entries.
 *
 * How: no order gets past the return at which the search ended, so what was called later is left out. Then the last
 * calls that are bad by themselves are found by doubling their number and bisecting, and of these, runs are left out that
 * are half as long each time, down to one by one, until none can be. O(k log n) searches for k of n entries, each
 * through the events between the first call and the last return of what is tried.
 */
export function minimalCounterexample<State>(
  part: Part,
  search: Search<State>,
  { reached, met }: Findings,
  budget: Budget,
): MinimalCounterexample {
  const called = part.entries.filter((entry) => entry.call < reached && entry.return < Infinity);
  const due = part.events[reached] as Entry;

  const questionOf = (entries: readonly Entry[]): Question => {
    const from = entries[0]?.call ?? 0;
    return {
      from,
      to: entries.reduce((last, entry) => Math.max(last, entry.return), 0),
      states: [...met].filter(([, event]) => event < from).map(([state]) => state),
      required: new Set(entries),
    };
  };
  const isBad = (entries: readonly Entry[]) => search.answer(questionOf(entries), budget).order === "none";

  let entries = called.slice(lastBadStart(called, called.indexOf(due), isBad));
  for (let size = entries.length >> 1; size > 0 && budget.steps >= 0;) {
    const before = entries.length;
    for (let at = 0; at < entries.length && budget.steps >= 0;) {
      const left = [...entries.slice(0, at), ...entries.slice(at + size)];
      if (isBad(left)) entries = left;
      else at += size;
    }
    if (size > 1) size >>= 1;
    else if (entries.length === before) size = 0;
  }
  return { entries, isFromStart: questionOf(entries).states.length === 1, isMinimal: budget.steps >= 0 };
}

/** How many of the entries can be left out at the beginning; all of them together are known to be bad. */
function lastBadStart(
  entries: readonly Entry[],
  highest: number,
  isBad: (entries: readonly Entry[]) => boolean,
): number {
  let good = highest + 1;
  let bad = highest;
  for (let step = 1; bad > 0 && !isBad(entries.slice(bad)); step *= 2) {
    good = bad;
    bad = Math.max(0, bad - step);
  }
  while (good - bad > 1) {
    const middle = (good + bad) >> 1;
    if (isBad(entries.slice(middle))) bad = middle;
    else good = middle;
  }
  return bad;
}
