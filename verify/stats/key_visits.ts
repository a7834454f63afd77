/** How long a visit lasts, in milliseconds: however often a key is compared within one such stretch of the clock, it counts once. */
const VISIT_MS = 60_000;

/**
 * The bits of the bitmap: few enough for the cache of a processor core, which halves the time of a visit, and enough for half a
 * million visits a minute, at which the gate has seen enough before its hold is over.
 */
const BITS = 2 ** 20;

/** How many keys with a finding are remembered exactly within a minute. */
const MAX_REMEMBERED = 4_096;

/** What a visit can come to, beside a match. */
export type Finding = "diffs" | "late";

/**
 * Counts key visits: one trial for each key and minute, however often the key is compared in it. A visit counts as a diff if
 * any comparison in it was a diff, and as late if any was late. These are the trials of the confidence sequence: ten comparisons
 * of one key in a burst find the same thing ten times, and as ten trials they would make its bound wrong.
 *
 * A bitmap remembers the keys of the minute by their hash, which must depend on a secret. Two keys that share a bit count as one
 * visit, so visits are never overcounted. Diffs and late keys are remembered one by one up to 4,096 a minute; beyond that
 * each counts as a new one, so findings are never undercounted. All methods O(1); the memory is fixed.
 */
export class KeyVisits {
  readonly #visited = new Uint32Array(BITS / 32);
  readonly #found: Record<Finding, Set<number>> = { diffs: new Set(), late: new Set() };
  /** The last minute that the clock has reached. */
  #minute = -Infinity;
  /** Whether the clock was set back to before that minute. */
  #isPast = false;
  #isClear = true;
  /** When the counting began, by the first {@link advance}. */
  #beganMs = NaN;
  /** How many visits there had been before the present minute, and before the one before it. */
  #before = 0;
  #beforePrevious = 0;
  #count = 0;
  #diffs = 0;
  #late = 0;

  /** How many visits there were. */
  get count(): number {
    return this.#count;
  }

  /** How many visits found a diff. */
  get diffs(): number {
    return this.#diffs;
  }

  /** How many visits found a key late. */
  get late(): number {
    return this.#late;
  }

  /**
   * Brings the clock to `nowMs`, in milliseconds since the Unix epoch: a new minute begins new visits. If the clock goes back, no
   * visit counts until it has reached the same minute again, and every finding does: keys may have been visited there before.
   */
  advance(nowMs: number): void {
    if (Number.isNaN(this.#beganMs)) this.#beganMs = nowMs;
    const minute = Math.floor(nowMs / VISIT_MS);
    this.#isPast = minute < this.#minute;
    if (minute <= this.#minute) return;
    this.#beforePrevious = minute === this.#minute + 1 ? this.#before : this.#count;
    this.#before = this.#count;
    this.#minute = minute;
    this.#forgetKeys();
  }

  /**
   * How many visits there were a second in the last whole minute of the clock: `undefined` before there was one. A part of a
   * minute would say too much, since it begins with each key's only visit of that minute.
   */
  perSecond(nowMs: number): number | undefined {
    this.advance(nowMs);
    if (this.#beganMs > (this.#minute - 1) * VISIT_MS) return undefined;
    return (this.#before - this.#beforePrevious) / (VISIT_MS / 1_000);
  }

  /** Counts a comparison of the key with this 32-bit hash. */
  visit(hash: number): void {
    if (this.#isPast) return;
    const bit = hash & (BITS - 1);
    const word = bit >>> 5;
    const before = this.#visited[word] as number;
    const after = before | (1 << (bit & 31));
    if (after >>> 0 === before) return;
    this.#visited[word] = after;
    this.#isClear = false;
    this.#count++;
  }

  /** Counts a comparison of the key with this hash that found it different, or late. */
  find(finding: Finding, hash: number): void {
    this.visit(hash);
    const found = this.#found[finding];
    if (!this.#isPast) {
      if (found.has(hash)) return;
      if (found.size < MAX_REMEMBERED) found.add(hash);
    }
    if (finding === "diffs") this.#diffs++;
    else this.#late++;
    this.#count = Math.max(this.#count, this.#diffs, this.#late);
  }

  /** Forgets all, and begins anew at `nowMs`. */
  restart(nowMs: number): void {
    this.#forgetKeys();
    this.#count =
      this.#diffs =
      this.#late =
      this.#before =
      this.#beforePrevious =
        0;
    this.#minute = -Infinity;
    this.#beganMs = NaN;
    this.advance(nowMs);
  }

  #forgetKeys(): void {
    if (!this.#isClear) this.#visited.fill(0);
    this.#isClear = true;
    this.#found.diffs.clear();
    this.#found.late.clear();
  }
}
