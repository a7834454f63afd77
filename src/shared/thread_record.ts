/**
 * What a thread that writes to a map shows to the others: whether it is within a write, and whether it still lives.
 *
 * Invariants
 *
 * - The memory has 64 records. A thread takes one before its first write. It counts its writes there before it takes a block, and
 *   again when it holds none any more: in the lowest 16 bits of a pair of words its tables that are within a write, in the others
 *   the writes that were ended. So no block has moved if nobody was within a write before and after, and no count has changed.
 * - A sign of life is a pending `Atomics.waitAsync`. The engine drops those of a thread that has ended, so that `Atomics.notify`
 *   wakes nobody. A living thread has at least as many pending as its record says: it waits before it writes their number, and
 *   whoever uses up one has the record alone (`BUSY`) until there is one less in it. So if none is woken, the thread has ended,
 *   and none of its instructions will follow.
 * - A thread renews its signs when it is woken and when it writes. Since a thread that is being terminated does neither and can
 *   still be woken for a while, it is asked at the first look, the 4th, the 16th and so on, at most 12 times. If it was woken each
 *   time, it counts as alive from then on.
 * - When its last table of the map is gone, a thread drops its signs itself: its record looks as if it had ended.
 * - Only the one that has found that its thread has ended frees a record.
 */
import {
  ALL_SIGNS,
  DEATHS_AT,
  LOOKS,
  RECORD_WORDS,
  RECORDS,
  RECORDS_AT,
  SEED_AT,
  SEED_WORDS,
  SIGNS,
  UNKNOWN_AT,
  WAITS,
  WRITES,
} from "./layout.ts";

/** What the word of the signs is if nobody has the record, or one has it alone; else it is their number, plus 1. */
const FREE = 0;
const BUSY = -1;
const NO_SIGNS = 1;

/** The bits that count the tables within a write. */
const WITHIN = 0xffffn;

const END = RECORDS_AT + RECORDS * RECORD_WORDS;

/** The records of this thread, by the seeds of the maps. */
const records = new Map<string, ThreadRecord>();
const abandoned = new FinalizationRegistry<ThreadRecord>((record) => record.leave());

export class ThreadRecord {
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #map: string;
  #tables = 0;

  private constructor(words: Int32Array, at: number, map: string) {
    this.#words = words;
    this.#at = at;
    this.#map = map;
  }

  /** The record of this thread, for a table until that leaves or is garbage. */
  static of(words: Int32Array, table: object): ThreadRecord {
    const map = words.subarray(SEED_AT, SEED_AT + SEED_WORDS).join();
    const record = records.get(map) ?? new ThreadRecord(words, takenRecord(words), map);
    records.set(map, record);
    record.#tables++;
    abandoned.register(table, record, table);
    return record;
  }

  /** Sees to it that the record shows all signs of life, and returns its address. */
  renewed(): number {
    const [words, at] = [this.#words, this.#at];
    const signs = Atomics.load(words, at + SIGNS);
    if (signs !== BUSY) {
      Atomics.store(words, at + LOOKS, 0);
      for (let sign = signs; sign < ALL_SIGNS; sign++) {
        Promise.resolve(Atomics.waitAsync(words, at + WAITS, 0).value).then(() => {
          if (this.#tables > 0) this.renewed();
        });
      }
      Atomics.compareExchange(words, at + SIGNS, signs, ALL_SIGNS);
    }
    return 4 * at;
  }

  /** A table will not write any more. */
  leave(table?: object): void {
    if (table !== undefined) abandoned.unregister(table);
    if (--this.#tables > 0) return;
    records.delete(this.#map);
    Atomics.notify(this.#words, this.#at + WAITS);
  }
}

/** A record that nobody had, or whose thread has ended; if there is none, the one that is not looked at. */
function takenRecord(words: Int32Array): number {
  for (let at = RECORDS_AT; at < END && Atomics.waitAsync !== undefined; at += RECORD_WORDS) {
    if (Atomics.load(words, at + SIGNS) !== FREE && !isFreed(words, at)) continue;
    if (Atomics.compareExchange(words, at + SIGNS, FREE, NO_SIGNS) === FREE) return at;
  }
  Atomics.store(words, UNKNOWN_AT, 1);
  Atomics.store(words, END + SIGNS, ALL_SIGNS);
  return END;
}

/** The counts of writes of all threads; `undefined` if one of them is within a write, or may be. */
export function writesAtRest(words: Int32Array): bigint[] | undefined {
  if (Atomics.load(words, UNKNOWN_AT) !== 0) return undefined;
  const all: bigint[] = [];
  for (let at = RECORDS_AT; at < END; at += RECORD_WORDS) {
    const writes = writesOf(words, at);
    if ((Atomics.load(writes, 0) & WITHIN) !== 0n && !isFreed(words, at)) return undefined;
    all.push(Atomics.load(writes, 0));
  }
  return all;
}

/** Frees a record if its thread has ended, and tells whether it did. */
function isFreed(words: Int32Array, at: number): boolean {
  const signs = Atomics.load(words, at + SIGNS);
  if (Atomics.add(words, at + LOOKS, 1) + 1 < 4 ** (ALL_SIGNS - signs)) return false;
  if (signs <= NO_SIGNS || Atomics.compareExchange(words, at + SIGNS, signs, BUSY) !== signs) return false;
  if (Atomics.notify(words, at + WAITS, 1) > 0) {
    Atomics.store(words, at + SIGNS, signs - 1);
    return false;
  }
  const writes = writesOf(words, at);
  const count = Atomics.load(writes, 0);
  if ((count & WITHIN) !== 0n) {
    Atomics.add(words, DEATHS_AT, 1);
    Atomics.store(writes, 0, (count | WITHIN) + 1n);
  }
  Atomics.store(words, at + SIGNS, FREE);
  return true;
}

function writesOf({ buffer }: Int32Array, at: number): BigInt64Array {
  return new BigInt64Array(buffer, 4 * (at + WRITES), 1);
}
