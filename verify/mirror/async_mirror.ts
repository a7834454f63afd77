import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { Clock } from "../../src/clock.ts";
import { StoreError } from "../../src/store_error.ts";
import type { IdentifiedKey } from "../pair/identified_key.ts";
import type { KeySeqlock } from "../pair/key_seqlock.ts";
import type { Side } from "../stages/stage.ts";
import { inTime } from "../work/in_time.ts";
import { nextTurn } from "../work/slices.ts";
import { CallbackError } from "./callback_error.ts";
import { Journal } from "./journal.ts";
import type { KeyCopies, Source } from "./key_copies.ts";

/** How often the journal is looked through, in milliseconds. */
const JOURNAL_MS = 500;

/** How many keys of the journal are copied at a time. */
const JOURNAL_BATCH = 64;

/** After so many failed copies in a row, writes go to the journal at once, until a copy from there succeeds. */
const BREAKER_FAILURES = 5;

/** The writes of one key that are under way at the side that answers. */
interface Overlap {
  writes: number;
  /** Whether another write may have been under way at the same time as one of them. */
  wasAny: boolean;
}

/** What an {@link AsyncMirror} works with. */
export interface AsyncMirrorSetting<K, V> {
  readonly copies: KeyCopies<K, V>;
  readonly seqlock: KeySeqlock;
  readonly clock: Clock;
  /** How many keys may wait for a copy, and how many may be in the journal. */
  readonly maxPending: number;
  /** How long a caller waits for the other side at most. */
  readonly mirrorTimeoutMs: number;
  /** For how long a write whose outcome is unknown may still take effect. */
  readonly unknownMs: number;
  /** Calls {@link AsyncMirror.refresh} as soon as that may be. */
  readonly refresh: (subject: IdentifiedKey<K>) => Promise<void>;
  /** A number from 0 to 1, random. */
  readonly random: () => number;
}

/**
 * Has every write copied to the other side once the side that answers for its key has answered. What was decided is copied,
 * never the question. A key whose copy fails, or whose write has an unknown outcome, goes to the journal and is copied from there
 * later, as often as it takes.
 */
export class AsyncMirror<K, V> {
  readonly #setting: AsyncMirrorSetting<K, V>;
  readonly #journal: Journal<K>;
  readonly #writing = new Map<unknown, Overlap>();
  #isTending = false;
  #failuresInRow = 0;
  /** How many copies failed. */
  errors = 0;
  /** How often there was no room for another key, so that a caller had to wait. */
  overruns = 0;

  constructor(setting: AsyncMirrorSetting<K, V>) {
    this.#setting = setting;
    this.#journal = new Journal(setting.maxPending, setting.random);
  }

  /** How many keys wait for their copy, those in the journal left out. */
  get pending(): number {
    return this.#setting.copies.pending;
  }

  get journal(): Pick<Journal<K>, "size" | "lost" | "has"> {
    return this.#journal;
  }

  /** Whether writes go to the journal at once, since the other side has failed too often. */
  get isBroken(): boolean {
    return this.#failuresInRow >= BREAKER_FAILURES;
  }

  /**
   * Makes a write on the side that answers, and has what it left copied.
   *
   * @param write Makes the write.
   * @param leftBy What the write left, from its answer; `undefined` if it wrote nothing.
   * @param isInline Whether to wait for the copy.
   * @returns What the write resolves to.
   */
  async write<A>(
    subject: IdentifiedKey<K>,
    write: () => Promise<A>,
    leftBy: (answer: A) => Source<V> | undefined,
    isInline: boolean,
  ): Promise<A> {
    const { seqlock, copies, clock, maxPending, mirrorTimeoutMs, unknownMs } = this.#setting;
    const overlap = this.#begin(subject);
    let copied: Promise<void> | undefined;
    let answer: A;
    try {
      answer = await write();
      const left = leftBy(answer);
      // Of writes that overlap, nobody knows which came last: then what is there must be read.
      const source = left !== undefined && overlap.wasAny ? { from: left.from } : left;
      copied = source && this.#copy(subject, source);
    } catch (error) {
      if (isUnknown(error)) this.#keep(subject, unknownMs);
      throw error;
    } finally {
      this.#end(subject);
      if (copied === undefined) seqlock.end(subject.hash);
      else copied.then(() => seqlock.end(subject.hash));
    }
    const isFull = this.pending > maxPending;
    if (isFull) this.overruns++;
    const awaited = isInline ? copied : isFull ? copies.oldest : undefined;
    if (awaited !== undefined) await inTime(awaited, clock, mirrorTimeoutMs);
    return answer;
  }

  /**
   * Makes a key on the other side what it is on the side `from`; `undefined` where only one side is written.
   *
   * @throws Whatever a side rejects with.
   */
  async refresh({ key, id, hash }: IdentifiedKey<K>, from: Side | undefined): Promise<void> {
    const { copies, seqlock, clock } = this.#setting;
    const begunAtMs = clock.monotonicMs();
    seqlock.begin(hash);
    try {
      if (from !== undefined) await copies.copy(key, id, { from });
      this.#journal.copied(id, begunAtMs);
    } finally {
      seqlock.end(hash);
    }
  }

  /** Resolves when every write that was answered by now is copied, or in the journal. */
  copied(): Promise<void> {
    return this.#setting.copies.allEnded();
  }

  /**
   * Clears the side in front, and then the other one, if both are written. No other write may be under way.
   *
   * @throws Whatever the side in front rejects with.
   */
  async clear(clearFront: () => Promise<void>, back: AsyncConcurrentMap<K, V> | undefined): Promise<void> {
    const { seqlock } = this.#setting;
    seqlock.beginAll();
    try {
      await clearFront();
      await back?.clear().catch(() => this.#lose());
    } catch (error) {
      if (isUnknown(error)) this.#lose();
      throw error;
    } finally {
      seqlock.endAll();
    }
  }

  /** The sides may differ on any key. */
  #lose(): void {
    this.errors++;
    this.#journal.lose();
  }

  #begin({ id, hash }: IdentifiedKey<K>): Overlap {
    this.#setting.seqlock.begin(hash);
    const overlap = this.#writing.get(id) ?? { writes: 0, wasAny: false };
    this.#writing.set(id, overlap);
    // A write of unknown outcome may be under way still, as long as its key is in the journal.
    if (overlap.writes++ > 0 || this.#journal.has(id)) overlap.wasAny = true;
    return overlap;
  }

  #end({ id }: IdentifiedKey<K>): void {
    const overlap = this.#writing.get(id) as Overlap;
    if (--overlap.writes === 0) this.#writing.delete(id);
  }

  /** Never rejects: a key whose copy fails goes to the journal. */
  async #copy(subject: IdentifiedKey<K>, source: Source<V>): Promise<void> {
    const { copies, maxPending, unknownMs } = this.#setting;
    if (this.isBroken || copies.pending >= 2 * maxPending) return this.#keep(subject, 0);
    try {
      await copies.copy(subject.key, subject.id, source);
      this.#failuresInRow = 0;
    } catch (error) {
      this.errors++;
      this.#failuresInRow++;
      this.#keep(subject, isUnknown(error) ? unknownMs : 0);
    }
  }

  #keep(subject: IdentifiedKey<K>, forMs: number): void {
    const nowMs = this.#setting.clock.monotonicMs();
    this.#journal.add(subject, nowMs, nowMs + forMs);
    if (!this.#isTending) this.#tend();
  }

  /** Copies keys from the journal, until it is empty. */
  async #tend(): Promise<void> {
    const { clock, refresh, unknownMs } = this.#setting;
    const retry = async (subject: IdentifiedKey<K>) => {
      try {
        await refresh(subject);
        this.#failuresInRow = 0;
      } catch (error) {
        this.#failuresInRow++;
        this.#keep(subject, isUnknown(error) ? unknownMs : 0);
      }
    };
    this.#isTending = true;
    while (this.#journal.size > 0) {
      await nextTurn(clock, JOURNAL_MS);
      // One key alone finds out whether a broken side answers again.
      await Promise.all(this.#journal.due(clock.monotonicMs(), this.isBroken ? 1 : JOURNAL_BATCH).map(retry));
    }
    this.#isTending = false;
  }
}

/** Whether a write that failed may have been applied, or may still be. A wrong argument is refused before. */
function isUnknown(error: unknown): boolean {
  if (error instanceof StoreError) return error.outcome === "unknown";
  return !(error instanceof TypeError || error instanceof RangeError || error instanceof CallbackError);
}
