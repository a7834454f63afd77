/**
 * Interleaves clients in one thread: between any two accesses of a client to shared words, another one may do
 * operations, which may be interrupted in turn. This tries many more interleavings per second than threads do, but only
 * those in which an interrupting client finishes before the interrupted one continues.
 */
import { type Client, KEYS } from "./hammer.ts";
import { Died, interruptBy } from "./stop.ts";

const IN_A_ROW = 4;
/** More accesses than any correct step makes. */
const ENDLESS = 1_000_000;
/** The most looks of a client at a key for each step. */
export const LOOKS: number = IN_A_ROW;

/** Options for {@link interleave}. */
export interface Interleaving {
  /** The number of clients. */
  readonly clients: number;
  /** The number of steps that they do in all. */
  readonly steps: number;
  /** One access in this many is interrupted. */
  readonly oneIn: number;
  /**
   * In one step in this many, a row of accesses is interrupted instead, always on one key, which all clients look at.
   */
  readonly inARowOneIn: number;
  /** Whether the present access may be interrupted in such a row; by default any may. */
  readonly isInteresting?: () => boolean;
  /** The most steps of an interruption. */
  readonly maxSteps: number;
  /** The number of clients that die where they could be interrupted. New ones replace them. */
  readonly deaths: number;
}

/** Interleaves the steps of clients, and returns how many of them died. */
export function interleave(
  { clients, steps, oneIn, inARowOneIn, isInteresting, maxSteps, deaths }: Interleaving,
  attach: () => Client,
  random: (below: number) => number,
): number {
  const idle = Array.from({ length: clients }, attach);
  let left = steps;
  let died = 0;
  /** The number of accesses of the present step, and its row of interruptions. */
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
    if (at > ENDLESS) throw new Error(`A step has made more than ${ENDLESS} accesses`);
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
