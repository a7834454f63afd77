/**
 * Interleaves clients in one thread: between any two accesses of a client to shared words another one may do operations, which
 * may be interrupted in turn. That tries many more interleavings a second than threads do: all those in which the client that
 * interrupts is done before the interrupted one goes on.
 */
import { type Client, KEYS } from "./hammer.ts";
import { Died, interruptBy } from "./stop.ts";

const IN_A_ROW = 4;
/** No step takes as many accesses. */
const ENDLESS = 1_000_000;
/** A client looks at a key at most so many times for each step. */
export const LOOKS: number = IN_A_ROW;

/** What is interleaved, and how. */
export interface Interleaving {
  /** How many clients there are. */
  readonly clients: number;
  /** How many steps they do in all. */
  readonly steps: number;
  /** There is an interruption at one access in so many. */
  readonly oneIn: number;
  /** In one step in so many the interruptions follow one another instead, all on one key, which all clients look at. */
  readonly inARowOneIn: number;
  /** Where those may be; anywhere if it is not given. */
  readonly isInteresting?: () => boolean;
  /** An interruption lasts for at most so many steps. */
  readonly maxSteps: number;
  /** How many clients die where they could be interrupted. Others replace them. */
  readonly deaths: number;
}

/** Does it, and returns how many clients died. */
export function interleave(
  { clients, steps, oneIn, inARowOneIn, isInteresting, maxSteps, deaths }: Interleaving,
  attach: () => Client,
  random: (below: number) => number,
): number {
  const idle = Array.from({ length: clients }, attach);
  let left = steps;
  let died = 0;
  /** The accesses of the step that is being done, and where it is interrupted in a row. */
  let now = { access: 0, from: Infinity, inARow: 0, key: 0, isOnly: false };
  const step = (key?: number, isLook = false) => {
    const before = now;
    const [next] = idle.splice(isLook ? 0 : random(idle.length), 1);
    const from = random(inARowOneIn) > 0 ? Infinity : isInteresting === undefined ? random(60) : 0;
    now = { access: 0, from, inARow: 0, key: random(KEYS.length), isOnly: key !== undefined };
    if (!isLook) left--;
    try {
      next?.step(key, isLook);
      if (next !== undefined) idle.push(next);
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      idle.push(attach());
    } finally {
      now = before;
    }
  };
  interruptBy(() => {
    if (died < deaths && random(10 * steps) === 0) {
      died++;
      throw new Died();
    }
    const at = now.access++;
    if (at > ENDLESS) throw new Error("It goes round in circles");
    const isInARow = at >= now.from && now.inARow < IN_A_ROW && (isInteresting?.() ?? true);
    if (now.isOnly || !isInARow && (now.from < Infinity || random(oneIn) > 0)) return;
    if (isInARow) {
      now.inARow++;
      if (random(2) === 0 && idle.length > 0) step(now.key);
      for (let more = idle.length; more > 0; more--) step(now.key, true);
      return;
    }
    for (let more = 1 + random(maxSteps); more > 0 && left > 0 && idle.length > 0; more--) step();
  });
  try {
    while (left > 0) step();
  } finally {
    interruptBy();
  }
  return died;
}
