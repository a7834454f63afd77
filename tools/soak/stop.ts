/**
 * Makes a thread stop, or die, between the steps of an operation on a map: an edited map calls `stop` before every
 * access to a shared word. To the others, a thread that throws there and never uses its table again looks like a
 * terminated one.
 */

/** How a thread is made to stop. */
export interface Stops {
  /** It stops before one access in this many; 0: never. */
  readonly oneIn: number;
  /** It sleeps for at most this long. */
  readonly maxMs: number;
  /** It dies before the access with this number. */
  readonly diesAt?: number;
}

/** A thread throws this to die. */
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

/** Calls `interruption` wherever the thread may stop; no function if none is given. */
export function interruptBy(interruption?: () => void): void {
  interrupt = interruption;
}

/** May stop this thread for a while, or for good. */
export function stop(): void {
  if (interrupt !== undefined) return interrupt();
  if (stops.diesAt !== undefined && ++accesses >= stops.diesAt) throw new Died();
  if (stops.oneIn === 0 || drawn() % stops.oneIn !== 0) return;
  if (drawn() % 4 > 0) Atomics.wait(nobodyWakes, 0, 0, drawn() / 2 ** 32 * stops.maxMs);
  else for (let spins = drawn() % 5_000; spins > 0; spins--) state ^= spins;
  if (state === 0) state = 1;
}

/** Returns the next 32-bit number of Marsaglia's xorshift. */
function drawn(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}
