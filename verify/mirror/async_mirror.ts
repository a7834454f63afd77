import { Deadlines } from "../../src/async/deadlines.ts";
import { inTime } from "../../src/async/in_time.ts";
import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { Clock } from "../../src/clock.ts";
import type { KeyHash } from "../../src/keys/key_hash.ts";
import type { AsyncSide } from "../pair/async_side.ts";
import type { IdentifiedKey } from "../pair/identified_key.ts";
import type { KeySeqlock } from "../pair/key_seqlock.ts";
import type { KeyChange } from "../pair/pair.ts";
import type { Side } from "../stages/stage.ts";
import type { Journal } from "./journal.ts";
import type { AnyJournalMap } from "./journal_map.ts";
import { type Copying, KeyCopies, type Source } from "./key_copies.ts";
import { Retries } from "./retries.ts";
import { isOutage, isUnknown } from "./write_failure.ts";

/** After so many failed copies in a row, or one that got no answer, the other side is taken to be away. */
const MAX_FAILURES = 5;

/** The writes of one key that are under way at the side that answers. */
interface Overlap {
  writes: number;
  /** Whether another write may have been under way at the same time as one of them. */
  wasAny: boolean;
}

/** What an {@link AsyncMirror} works with. */
export interface AsyncMirrorSetting<K, V> {
  readonly sides: { readonly [side in Side]: AsyncSide<K, V> };
  readonly seqlock: KeySeqlock;
  readonly clock: Clock;
  readonly hash: KeyHash;
  /** Whether others than this twin write to the sides. */
  readonly looksBack: (key: K, from: Side) => boolean;
  /** How many keys may wait for a copy, and how many may be in the journal. */
  readonly maxPending: number;
  /** How long a caller waits for the other side at most. */
  readonly mirrorTimeoutMs: number;
  /** For how long a write whose outcome is unknown may still take effect. */
  readonly unknownMs: number;
  /** Where the journal outlives the process; `null`: nowhere. */
  readonly journal: AnyJournalMap<K> | null;
  /** A write failed on the side that answers for its key. */
  readonly writeFailed: (subject: IdentifiedKey<K>, error: unknown) => void;
  /** Calls {@link AsyncMirror.refresh} as soon as that may be. */
  readonly refresh: (subject: IdentifiedKey<K>) => Promise<boolean>;
  /** A number from 0 to 1, random. */
  readonly random: () => number;
}

/**
 * Has every write copied to the other side once the side that answers for its key has answered. What was decided is copied,
 * never the question. A key whose copy fails, or whose write has an unknown outcome, goes to the journal and is copied from there
 * later, as often as it takes.
 *
 * While the other side is away, writes go to the journal at once, until a copy succeeds.
 */
export class AsyncMirror<K, V> {
  readonly #setting: AsyncMirrorSetting<K, V>;
  readonly #copies: KeyCopies<K, V>;
  readonly #retries: Retries<K>;
  readonly #patience: Deadlines;
  readonly #writing = new Map<unknown, Overlap>();
  #failuresInRow = 0;
  #errors = 0;
  /** How often there was no room for another key, so that a caller had to wait. */
  overruns = 0;
  /** @throws {TypeError} If the map of the journal is one of the sides. */
  constructor(setting: AsyncMirrorSetting<K, V>) {
    const { sides, clock, mirrorTimeoutMs } = setting;
    this.#setting = setting;
    this.#patience = new Deadlines(clock, mirrorTimeoutMs);
    this.#copies = new KeyCopies({ ...setting, patience: this.#patience });
    this.#retries = new Retries({
      ...setting,
      maps: [sides.old.map, sides.new.map],
      isBroken: () => this.isBroken,
      failed: (subject, error) => this.#failed(subject, error),
    });
  }

  /** Resolves when the journal knows what it held when the process ended before, or that this cannot be read. */
  get ready(): Promise<void> {
    return this.#retries.ready;
  }

  /** How many keys wait for their copy, those in the journal left out. */
  get pending(): number {
    return this.#copies.pending;
  }

  /** How many copies of writes failed, and how often a key was lost. */
  get errors(): number {
    return this.#errors + this.journal.lost;
  }

  get journal(): Journal<K> {
    return this.#retries.journal;
  }

  /** Whether the other side is away: it has failed too often, or a copy has been waiting for an answer for too long. */
  get isBroken(): boolean {
    const { clock, mirrorTimeoutMs } = this.#setting;
    const { runningSinceMs } = this.#copies;
    if (runningSinceMs !== undefined && clock.monotonicMs() - runningSinceMs > mirrorTimeoutMs) this.#break();
    return this.#failuresInRow >= MAX_FAILURES;
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
    const { seqlock, unknownMs } = this.#setting;
    const overlap = this.#begin(subject);
    let copying: Copying | undefined;
    let answer: A;
    try {
      answer = await write();
      const left = leftBy(answer);
      // Of writes that overlap, nobody knows which came last: then what is there must be read.
      const source = left !== undefined && overlap.wasAny ? { from: left.from } : left;
      copying = source && this.#copy(subject, source);
    } catch (error) {
      this.#setting.writeFailed(subject, error);
      if (isUnknown(error)) this.copyLater(subject, unknownMs);
      throw error;
    } finally {
      this.#end(subject);
      if (copying === undefined) seqlock.end(subject.hash);
      else copying.done.then(() => seqlock.end(subject.hash));
    }
    if (copying === undefined) return answer;
    if (copying.placed !== undefined) this.overruns++;
    if (!isInline) await copying.placed;
    else if (!await inTime(copying.done, this.#patience)) this.#break();
    return answer;
  }

  /**
   * Makes keys on the other side what they are on the side `from`, as {@link KeyCopies.copyMany} does; `undefined` where only one
   * side is written. If that fails, any of several may have been written, or may still be: they go to the journal.
   *
   * @returns The keys for which there was no room.
   * @throws Whatever a side rejects with.
   */
  async refreshMany(
    subjects: readonly IdentifiedKey<K>[],
    from: Side | undefined,
    comparesFirst: boolean,
  ): Promise<readonly IdentifiedKey<K>[]> {
    const begunAtMs = this.#setting.clock.monotonicMs();
    return await this.#beside(subjects, async () => {
      const left = from === undefined ? [] : await this.#copies.copyMany(subjects, from, comparesFirst);
      if (from !== undefined && left.length < subjects.length) this.#failuresInRow = 0;
      const isLeft = new Set(left);
      for (const subject of subjects) if (!isLeft.has(subject)) this.journal.copied(subject.id, begunAtMs);
      return left;
    });
  }

  /** Refreshes a key, as {@link KeyCopies.repair} does. @throws Whatever a side rejects with. */
  repair(
    subject: IdentifiedKey<K>,
    from: Side,
    deletes: boolean,
    isDryRun: boolean,
  ): Promise<KeyChange<K, V> | "equal" | "written"> {
    return this.#beside([subject], () => this.#copies.repair(subject, from, deletes, isDryRun));
  }

  /** Makes a change if its side still holds what it did before. @throws Whatever the side rejects with. */
  change(subject: IdentifiedKey<K>, change: KeyChange<K, V>): Promise<boolean> {
    return this.#beside([subject], () => this.#copies.change(subject, change));
  }

  /** Does `work` on keys, of which no look is quiet meanwhile. */
  async #beside<R>(subjects: readonly IdentifiedKey<K>[], work: () => Promise<R>): Promise<R> {
    const { seqlock, unknownMs } = this.#setting;
    for (const { hash } of subjects) seqlock.begin(hash);
    try {
      return await work();
    } catch (error) {
      if (subjects.length > 1 || isUnknown(error)) {
        for (const subject of subjects) this.copyLater(subject, unknownMs);
      }
      throw error;
    } finally {
      for (const { hash } of subjects) seqlock.end(hash);
    }
  }

  /** Resolves when every write that was answered by now is copied, or in the journal. */
  copied(): Promise<void> {
    return this.#copies.allEnded();
  }

  /**
   * Clears the side in front, and then the other one, if both are written. No other write may be under way, but for copies.
   *
   * @throws Whatever the side in front rejects with.
   */
  async clear(clearFront: () => Promise<void>, back: AsyncConcurrentMap<K, V> | undefined): Promise<void> {
    const { seqlock } = this.#setting;
    seqlock.beginAll();
    try {
      await clearFront();
      if (back !== undefined && !await this.#clearBack(back)) this.journal.lose();
    } catch (error) {
      if (isUnknown(error)) this.journal.lose();
      throw error;
    } finally {
      seqlock.endAll();
    }
  }

  /** Returns whether the other side is sure to be cleared. */
  async #clearBack(back: AsyncConcurrentMap<K, V>): Promise<boolean> {
    if (this.isBroken) return false;
    const cleared = this.copied().then(() => back.clear()).then(() => true, () => false);
    if (await inTime(cleared, this.#patience)) return await cleared;
    this.#break();
    return false;
  }

  #begin({ id, hash }: IdentifiedKey<K>): Overlap {
    this.#setting.seqlock.begin(hash);
    const overlap = this.#writing.get(id) ?? { writes: 0, wasAny: false };
    this.#writing.set(id, overlap);
    // A write of unknown outcome may be under way still, as long as its key is in the journal.
    if (overlap.writes++ > 0 || this.journal.has(id)) overlap.wasAny = true;
    return overlap;
  }

  #end({ id }: IdentifiedKey<K>): void {
    const overlap = this.#writing.get(id) as Overlap;
    if (--overlap.writes === 0) this.#writing.delete(id);
  }

  /** Has a key copied; `undefined` if it went to the journal. */
  #copy(subject: IdentifiedKey<K>, source: Source<V>): Copying | undefined {
    if (this.isBroken) {
      this.copyLater(subject);
      return undefined;
    }
    const copying = this.#copies.copy(subject, source);
    // Of writes that wait for the same copy, only the first counts how it ends.
    copying.settled ??= this.#settled(subject, copying.done);
    return { placed: copying.placed, done: copying.settled };
  }

  /** Never rejects: a key whose copy fails, or that got no room in time, goes to the journal. */
  async #settled(subject: IdentifiedKey<K>, copied: Promise<boolean>): Promise<boolean> {
    try {
      const hadRoom = await copied;
      if (hadRoom) this.#failuresInRow = 0;
      else this.copyLater(subject);
      return hadRoom;
    } catch (error) {
      this.#errors++;
      this.#failed(subject, error);
      return true;
    }
  }

  #failed(subject: IdentifiedKey<K>, error: unknown): void {
    if (isOutage(error)) this.#failuresInRow++;
    this.copyLater(subject, isUnknown(error) ? this.#setting.unknownMs : 0, true);
  }

  /** Only a copy that succeeds mends it. */
  #break(): void {
    this.#failuresInRow = MAX_FAILURES;
  }

  /** Has a key copied by way of the journal, when some time has passed. */
  copyLater(subject: IdentifiedKey<K>, forMs = 0, hasFailed = false): void {
    this.#retries.add(subject, forMs, hasFailed);
  }
}
