/** Tries all orders in which the steps of something can be made. */

/** A step that can be made now. */
export interface Step {
  readonly name: string;
  readonly make: () => void;
}

/** One run of what is explored, from its beginning. */
export interface Run {
  /** Resolves when nothing happens any more before the next step. */
  settled(): Promise<void>;
  /** The steps that can be made now, in an order that depends on the state alone. They are walked as far as is needed. */
  steps(): Generator<Step>;
  /** Stands for the state. Where it is the same, the same can follow. */
  state(): string;
  /** What is wrong; `undefined` if nothing is. To be asked when no step is left. */
  wrong(): unknown;
}

/** What {@link explored} found. */
export interface Explored {
  /** How many ends were reached. */
  readonly ends: number;
  /** How many ways were given up, since they were too long. */
  readonly givenUp: number;
  /** The steps to the first end at which something was wrong, and what was. */
  readonly counterexample?: { readonly way: readonly string[]; readonly wrong: unknown };
}

/** A longer way is given up: what goes on without end has no end to be checked. */
const MAX_STEPS = 40;

/** How many steps a state has, and which of them is made now. */
interface Choice {
  readonly count: number;
  made: number;
}

/**
 * Makes the steps in every order, each time from the beginning, and stops at the first end that is wrong. A state that was
 * reached before is not explored again.
 */
export async function explored(begin: () => Run): Promise<Explored> {
  const seen = new Set<string>();
  const choices: Choice[] = [];
  let ends = 0;
  let givenUp = 0;
  do {
    const run = begin();
    const way: string[] = [];
    for (;;) {
      await run.settled();
      if (way.length === choices.length) {
        const state = run.state();
        if (seen.has(state)) break;
        seen.add(state);
        const count = run.steps().toArray().length;
        if (count === 0) {
          ends++;
          const wrong = run.wrong();
          if (wrong !== undefined) return { ends, givenUp, counterexample: { way, wrong } };
          break;
        }
        if (way.length === MAX_STEPS) {
          givenUp++;
          break;
        }
        choices.push({ count, made: 0 });
      }
      const [step] = run.steps().drop((choices[way.length] as Choice).made).take(1).toArray() as [Step];
      way.push(step.name);
      step.make();
    }
  } while (toNext(choices));
  return { ends, givenUp };
}

/** Turns to the next choice that is left, from the last one back. Returns whether there is one. */
function toNext(choices: Choice[]): boolean {
  for (let last = choices.at(-1); last !== undefined; last = choices.at(-1)) {
    if (++last.made < last.count) return true;
    choices.pop();
  }
  return false;
}
