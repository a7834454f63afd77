import { Deadlines } from "../../src/async/deadlines.ts";
import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { Clock } from "../../src/clock.ts";
import type { KeyHash } from "../../src/keys/key_hash.ts";
import { identified, type IdentifiedKey } from "../pair/identified_key.ts";
import { nextTurn } from "../work/slices.ts";
import { Journal } from "./journal.ts";
import { type AnyJournalMap, JournalMap } from "./journal_map.ts";

/** How often the journal is looked through, in milliseconds. */
const JOURNAL_MS = 500;

/** How many keys of the journal are copied at a time. */
const JOURNAL_BATCH = 64;

/** What {@link Retries} work with. */
export interface RetriesSetting<K> {
  readonly clock: Clock;
  readonly hash: KeyHash;
  /** How many keys may be in the journal. */
  readonly maxPending: number;
  /** For how long a write whose outcome is unknown may still take effect. */
  readonly unknownMs: number;
  /** Where the journal outlives the process; `null`: nowhere. */
  readonly journal: AnyJournalMap<K> | null;
  /** The maps that are copied, of which the journal can be none. */
  readonly maps: readonly AsyncConcurrentMap<K, unknown>[];
  /** A number from 0 to 1, random. */
  readonly random: () => number;
  /** Whether the other side is away. */
  readonly isBroken: () => boolean;
  /** Copies a key as soon as that may be; resolves to whether there was room for it. */
  readonly refresh: (subject: IdentifiedKey<K>) => Promise<boolean>;
  /** Called when that fails. */
  readonly failed: (subject: IdentifiedKey<K>, error: unknown) => void;
}

/** Has the keys in the journal copied, as often as it takes. While the other side is away, one key after the other is tried. */
export class Retries<K> {
  readonly #setting: RetriesSetting<K>;
  readonly journal: Journal<K>;
  #isTending = false;
  #isClosed = false;
  /** Resolves when the journal knows what it held when the process ended before, or that this cannot be read. */
  readonly ready: Promise<void>;

  /** @throws {TypeError} If the map of the journal is one of the two that are copied. */
  constructor(setting: RetriesSetting<K>) {
    const { clock, journal, maps, maxPending, random, unknownMs } = setting;
    this.#setting = setting;
    const kept = journal === null ? undefined : new JournalMap(journal, maps, {
      clock,
      patience: new Deadlines(clock, unknownMs),
      maxPending,
      failed: () => this.journal.lose(),
    });
    this.journal = new Journal({
      maxKeys: maxPending,
      random,
      changed: kept && ((subject, state) => kept.change(subject, state)),
    });
    this.ready = kept === undefined ? Promise.resolve() : this.#read(kept);
  }

  /** Has a key copied when some time has passed, and deleted only if it is known to be this twin's own. */
  add(subject: IdentifiedKey<K>, isOwn: boolean, forMs: number, hasFailed: boolean): void {
    const nowMs = this.#setting.clock.monotonicMs();
    this.journal.add(subject, isOwn, nowMs, nowMs + forMs, hasFailed);
    this.#tend();
  }

  /** From now on, no process is kept alive. */
  close(): void {
    this.#isClosed = true;
  }

  /** Reads what the journal held when the process ended before. The writes to those keys may still take effect. */
  async #read(kept: JournalMap<K>): Promise<void> {
    const { clock, hash, maxPending, unknownMs } = this.#setting;
    this.journal.isRead = false;
    await kept.read(maxPending, (key, isOwn) => {
      this.journal.restore(identified(key, hash), isOwn, clock.monotonicMs() + unknownMs);
    });
    this.journal.isRead = true;
    this.#tend();
  }

  /** Copies keys from the journal, until it is empty. */
  async #tend(): Promise<void> {
    if (this.#isTending) return;
    this.#isTending = true;
    const { clock, isBroken } = this.#setting;
    while (this.journal.size > 0) {
      // One key alone finds out whether the other side is back.
      const due = this.journal.due(clock.monotonicMs(), isBroken() ? 1 : JOURNAL_BATCH);
      await Promise.all(due.map((subject) => this.#retry(subject)));
      const isMoreDue = due.length === JOURNAL_BATCH && !isBroken();
      await nextTurn(clock, isMoreDue ? 0 : JOURNAL_MS, { unref: this.#isClosed });
    }
    this.#isTending = false;
  }

  async #retry(subject: IdentifiedKey<K>): Promise<void> {
    const { refresh, failed } = this.#setting;
    try {
      if (!await refresh(subject)) this.add(subject, false, 0, false);
    } catch (error) {
      failed(subject, error);
    }
  }
}
