/** The reads of a key between two writes. */
interface Reads {
  /** How many are under way, or wait. */
  running: number;
  /** Settles when the write before them is over; `undefined` if it is. */
  after: Promise<void> | undefined;
  /** Called when they are over. */
  over: () => void;
}

/**
 * Lets the reads of a key run side by side, and each write alone, in the order in which they come: for a store whose reads show a half
 * of a write that is under way, as files do.
 */
export class ReadWriteTurns {
  readonly #latest = new Map<string, Reads>();

  /** Runs a read when the writes that came before it are over. */
  read<T>(key: string, begin: () => Promise<T>): Promise<T> {
    let reads = this.#latest.get(key);
    if (reads === undefined) this.#latest.set(key, reads = { running: 0, after: undefined, over: nothing });
    return this.#run(key, reads, begin);
  }

  /** Runs a write when the reads and writes that came before it are over. */
  write<T>(key: string, begin: () => Promise<T>): Promise<T> {
    const before = this.#latest.get(key);
    const ready = before === undefined || before.running === 0 ? before?.after : over(before);
    const answer = ready === undefined ? begin() : ready.then(begin);
    const reads: Reads = { running: 0, after: answer.then(nothing, nothing), over: nothing };
    this.#latest.set(key, reads);
    reads.after!.then(() => {
      reads.after = undefined;
      this.#forget(key, reads);
    });
    return answer;
  }

  #run<T>(key: string, reads: Reads, begin: () => Promise<T>): Promise<T> {
    reads.running++;
    const answer = reads.after === undefined ? begin() : reads.after.then(begin);
    const leave = () => {
      reads.running--;
      if (reads.running > 0) return;
      reads.over();
      this.#forget(key, reads);
    };
    answer.then(leave, leave);
    return answer;
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

function nothing(): void {}
