/**
 * Makes a thread stop between the steps of what it does in a map, or die there: an edited map calls `stop` before every access to
 * a shared word. To the others a thread that throws there, and never uses this table again, is one that was terminated.
 */

/** How a thread is made to stop. */
export interface Stops {
  /** It stops before one access in so many; 0: it never does. */
  readonly oneIn: number;
  /** It sleeps for so long at most. */
  readonly maxMs: number;
  /** It dies before the access with this number, if it comes to that. */
  readonly diesAt?: number;
}

/** What a thread that dies throws. */
export class Died extends Error {}

const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
let stops: Stops = { oneIn: 0, maxMs: 0 };
let state = 1;
let accesses = 0;
let interrupt: (() => void) | undefined;

/** Makes this thread stop from now on. */
export function stopFromNowOn(seed: number, how: Stops): void {
  state = seed | 1;
  stops = how;
  accesses = 0;
}

/** Calls a function wherever the thread may stop; none if none is given. */
export function interruptBy(interruption?: () => void): void {
  interrupt = interruption;
}

/** Perhaps stops this thread for a while, or for good. */
export function stop(): void {
  if (interrupt !== undefined) return interrupt();
  if (stops.diesAt !== undefined && ++accesses >= stops.diesAt) throw new Died();
  if (stops.oneIn === 0 || drawn() % stops.oneIn !== 0) return;
  if (drawn() % 4 > 0) Atomics.wait(nobodyWakes, 0, 0, drawn() / 2 ** 32 * stops.maxMs);
  else for (let spins = drawn() % 5_000; spins > 0; spins--) state ^= spins;
  if (state === 0) state = 1;
}

/** The next number of Marsaglia's xorshift: 32 bits. */
function drawn(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}
