import { Deadlines } from "../../src/async/deadlines.ts";
import { inTime } from "../../src/async/in_time.ts";
import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { Clock } from "../../src/clock.ts";
import type { KeyHash } from "../../src/keys/key_hash.ts";
import type { IdentifiedKey } from "../pair/identified_key.ts";
import type { KeySeqlock } from "../pair/key_seqlock.ts";
import type { Changed, Confirm, KeyChange } from "../pair/pair.ts";
import type { Side } from "../stages/stage.ts";
import type { Journal } from "./journal.ts";
import type { AnyJournalMap } from "./journal_map.ts";
import { Breaker, type BreakerSetting } from "./breaker.ts";
import type { CopySetting } from "./copy_keys.ts";
import { type Copying, KeyCopies, type Source } from "./key_copies.ts";
import type { KeyWrite, RunCallback, WriteRoute } from "./key_write.ts";
import { sourceOf } from "./left.ts";
import { type Overlap, Overlaps, watched } from "./overlaps.ts";
import { Retries } from "./retries.ts";
import { isUnknown } from "./write_failure.ts";

/** What an {@link AsyncMirror} works with. */
export interface AsyncMirrorSetting<K, V> extends CopySetting<K, V>, Omit<BreakerSetting, "runningSinceMs"> {
  readonly clock: Clock;
  readonly seqlock: KeySeqlock;
  readonly hash: KeyHash;
  /** Whether a key that the old map lacks may be another instance's. */
  readonly isOldPrivate: boolean;
  /** How many keys may wait for a copy, and how many may be in the journal. */
  readonly maxPending: number;
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
  readonly #overlaps = new Overlaps();
  readonly #breaker: Breaker;
  #errors = 0;
  /** How often there was no room for another key, so that a caller had to wait. */
  overruns = 0;

  /** @throws {TypeError} If the map of the journal is one of the sides. */
  constructor(setting: AsyncMirrorSetting<K, V>) {
    const { sides, clock, mirrorTimeoutMs } = setting;
    this.#setting = setting;
    this.#patience = new Deadlines(clock, mirrorTimeoutMs);
    const copies = this.#copies = new KeyCopies({ ...setting, patience: this.#patience });
    this.#breaker = new Breaker({ ...setting, runningSinceMs: () => copies.runningSinceMs });
    this.#retries = new Retries({
      ...setting,
      maps: [sides.old.map, sides.new.map],
      isBroken: () => this.isBroken,
      failed: (subject, error) => this.#failed(subject, false, error),
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

  /** Whether the other side is away. */
  get isBroken(): boolean {
    return this.#breaker.isOpen;
  }

  /**
   * Makes a write on the side that answers, and has what it left copied. The removal of a key that a private old map did not hold is
   * not copied: it may be another instance's.
   *
   * @param run Runs functions of the caller's.
   * @returns What the write resolves to.
   */
  async write<A>(
    subject: IdentifiedKey<K>,
    { signal, make, leftBy, mayRemove = false }: KeyWrite<K, V, A>,
    { from, mirrors, isInline }: WriteRoute,
    run: RunCallback,
  ): Promise<A> {
    const { sides, seqlock, unknownMs, isOldPrivate } = this.#setting;
    seqlock.begin(subject.hash);
    // A write of unknown outcome may be under way still, as long as its key is in the journal.
    const overlap = this.#overlaps.begin(subject.id, this.journal.has(subject.id));
    const { map } = sides[from];
    let wasHeld = mayRemove;
    let copying: Copying | undefined;
    let answer: A;
    try {
      if (mayRemove && mirrors && isOldPrivate && from === "old") wasHeld = await sides.old.has(subject.key, signal);
      answer = await make(map, (callback) => watched(callback, run, overlap));
      let left = mirrors ? leftBy(answer) : "nothing";
      if (left === "absent by now" && !wasHeld && !overlap.isOwn) left = "still absent";
      const source = sourceOf(left, from, map.traits, isOldPrivate);
      copying = source && this.#copyWritten(subject, source, overlap);
    } catch (error) {
      const isCallbacks = overlap.thrown?.error === error;
      if (!isCallbacks) this.#setting.writeFailed(subject, error);
      if (!isCallbacks && isUnknown(error)) this.copyLater(subject, wasHeld || overlap.isOwn, unknownMs);
      throw error;
    } finally {
      this.#overlaps.end(subject.id);
      if (copying === undefined) seqlock.end(subject.hash);
      else copying.done.then(() => seqlock.end(subject.hash));
    }
    if (copying === undefined) return answer;
    if (copying.placed !== undefined) this.overruns++;
    if (!isInline) await copying.placed;
    else if (!await inTime(copying.done, this.#patience)) this.#breaker.open();
    return answer;
  }

  /**
   * Makes keys on the other side what they are on the side `from`, as {@link KeyCopies.copyMany} does; `undefined` where only one
   * side is written. If that fails, any of several may have been written, or may still be: they go to the journal. A key that a
   * private old map lacks is left as it is, unless it is known to be this twin's own.
   *
   * @returns The keys for which there was no room.
   * @throws Whatever a side rejects with.
   */
  async refreshMany(
    subjects: readonly IdentifiedKey<K>[],
    from: Side | undefined,
    comparesFirst: boolean,
  ): Promise<readonly IdentifiedKey<K>[]> {
    const { clock, isOldPrivate } = this.#setting;
    const begunAtMs = clock.monotonicMs();
    const deletes = ({ id }: IdentifiedKey<K>) => !(isOldPrivate && from === "old") || this.journal.isOwn(id);
    return await this.#beside(subjects, async () => {
      const left = from === undefined ? [] : await this.#copies.copyMany(subjects, from, comparesFirst, deletes);
      if (from !== undefined && left.length < subjects.length) this.#breaker.succeeded();
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
    confirm: Confirm<K, V>,
  ): Promise<Changed<K, V>> {
    return this.#beside([subject], () => this.#copies.repair(subject, from, deletes, confirm));
  }

  /** Makes a change, as {@link KeyCopies.change} does. @throws Whatever the side rejects with. */
  change(subject: IdentifiedKey<K>, change: KeyChange<K, V>): Promise<Changed<K, V>> {
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
        for (const subject of subjects) this.copyLater(subject, false, unknownMs);
      }
      throw error;
    } finally {
      for (const { hash } of subjects) seqlock.end(hash);
    }
  }

  /** Copies what is in the journal as long as the process goes on for other reasons. */
  close(): void {
    this.#retries.close();
  }

  /** Resolves when every write that was answered by now is copied, or in the journal. */
  copied(): Promise<void> {
    return this.#copies.allEnded();
  }

  /**
   * Clears the side that answers, and then the other one, if both are written.
   *
   * @param isAlone Whether no write is under way but for copies. If not, any key may be missing on the other side.
   * @throws Whatever the side that answers rejects with.
   */
  async clear(
    clearFront: () => Promise<void>,
    back: AsyncConcurrentMap<K, V> | undefined,
    isAlone: boolean,
  ): Promise<void> {
    const { seqlock } = this.#setting;
    seqlock.beginAll();
    try {
      await clearFront();
      if (back !== undefined && !await this.#clearBack(back) || !isAlone) this.journal.lose();
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
    this.#breaker.open();
    return false;
  }

  /**
   * Clears two sides that answer for some keys each.
   *
   * @param isAlone As for {@link clear}.
   * @throws Whatever a side rejects with.
   */
  async clearBoth(clear: (side: Side) => Promise<void>, isAlone: boolean): Promise<void> {
    const areCopied = await inTime(this.copied(), this.#patience);
    await this.clear(() => clear("old").then(() => clear("new")), undefined, isAlone && areCopied);
  }

  /** Has copied what a write left; `undefined` if that went to the journal. */
  #copyWritten(subject: IdentifiedKey<K>, source: Source<V>, overlap: Overlap): Copying | undefined {
    overlap.isOwn = true;
    if (!overlap.wasAny) return this.#copy(subject, source);
    this.journal.own(subject.id);
    // Of writes that overlap, nobody knows which came last: then what is there must be read.
    return this.#copy(subject, { from: source.from, deletes: true });
  }

  /** Has a key copied that is this twin's own; `undefined` if it went to the journal. */
  #copy(subject: IdentifiedKey<K>, source: Source<V>): Copying | undefined {
    if (this.isBroken) {
      this.copyLater(subject, true);
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
      if (hadRoom) this.#breaker.succeeded();
      else this.copyLater(subject, true);
      return hadRoom;
    } catch (error) {
      this.#errors++;
      this.#failed(subject, true, error);
      return true;
    }
  }

  #failed(subject: IdentifiedKey<K>, isOwn: boolean, error: unknown): void {
    this.#breaker.failed(error);
    this.copyLater(subject, isOwn, isUnknown(error) ? this.#setting.unknownMs : 0, true);
  }

  /** Has a key copied by way of the journal, when some time has passed. @param isOwn Whether it is known to be this twin's own. */
  copyLater(subject: IdentifiedKey<K>, isOwn: boolean, forMs = 0, hasFailed = false): void {
    this.#retries.add(subject, isOwn, forMs, hasFailed);
  }
}
