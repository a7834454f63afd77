import { type Deadlines, Limited } from "../../async/deadlines.ts";

/** The reads of a key between two writes. */
interface Reads {
  /** How many are under way, or wait. */
  running: number;
  /** Settles when the write before them is over; `undefined` if it is. */
  after: Promise<void> | undefined;
  /** Called when they are over. */
  over: () => void;
}

/** A read or a write, which is over once it has settled, or its time is up. */
class Turn extends Limited {
  #end: () => void;

  /** `end` is called when it is over. */
  constructor(end: () => void) {
    super();
    this.#end = end;
  }

  expire(): void {
    const end = this.#end;
    this.#end = nothing;
    end();
  }
}

/**
 * Lets the reads of a key run side by side, and each write alone, in the order in which they come: for a store whose reads show a half
 * of a write that is under way, as files do.
 *
 * What has not settled within the time limit counts as over, a read since it came, a write since it began: a store that never answers must
 * not keep a key from its later users.
 */
export class ReadWriteTurns {
  readonly #latest = new Map<string, Reads>();
  readonly #deadlines: Deadlines;

  /** `deadlines` has the time limit. */
  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  /** Runs a read when the writes that came before it are over. `use` makes the result of what it resolves to. */
  read<T, R>(key: string, begin: () => Promise<T>, use: (answer: T) => R): Promise<R> {
    const reads = this.#latest.get(key) ?? this.#begun(key);
    reads.running++;
    const turn = this.#started(() => this.#leave(key, reads));
    const answer = reads.after === undefined ? attempt(begin) : reads.after.then(begin);
    // One promise for both: most calls are reads.
    return answer.then((answer) => {
      this.#end(turn);
      return use(answer);
    }, (error) => {
      this.#end(turn);
      throw error;
    });
  }

  /** Runs a write when the reads and writes that came before it are over. */
  write<T>(key: string, begin: () => Promise<T>): Promise<T> {
    const before = this.#latest.get(key);
    const ready = before === undefined || before.running === 0 ? before?.after : over(before);
    const answer = ready === undefined ? attempt(begin) : ready.then(begin);
    const reads = this.#begun(key);
    const end = () => {
      reads.after = undefined;
      this.#forget(key, reads);
    };
    reads.after = ready === undefined ? this.#within(answer, end) : ready.then(() => this.#within(answer, end));
    return answer;
  }

  /** Resolves when `work` has settled, or its time is up; `end` is called then. */
  #within(work: Promise<unknown>, end: () => void): Promise<void> {
    return new Promise((resolve) => {
      const turn = this.#started(() => {
        end();
        resolve();
      });
      const settled = () => this.#end(turn);
      work.then(settled, settled);
    });
  }

  #started(end: () => void): Turn {
    const turn = new Turn(end);
    this.#deadlines.start(turn);
    return turn;
  }

  #end(turn: Turn): void {
    this.#deadlines.stop(turn);
    turn.expire();
  }

  #begun(key: string): Reads {
    const reads: Reads = { running: 0, after: undefined, over: nothing };
    this.#latest.set(key, reads);
    return reads;
  }

  #leave(key: string, reads: Reads): void {
    reads.running--;
    if (reads.running > 0) return;
    reads.over();
    this.#forget(key, reads);
  }

  /** A key that nobody uses has no place. */
  #forget(key: string, reads: Reads): void {
    const isIdle = reads.running === 0 && reads.after === undefined;
    if (isIdle && this.#latest.get(key) === reads) this.#latest.delete(key);
  }
}

function over(reads: Reads): Promise<void> {
  return new Promise((resolve) => reads.over = resolve);
}

/** What throws at once has failed, as what rejects; what answers at once has answered. */
function attempt<T>(begin: () => Promise<T>): Promise<T> {
  try {
    return Promise.resolve(begin());
  } catch (error) {
    return Promise.reject(error);
  }
}

function nothing(): void {}
