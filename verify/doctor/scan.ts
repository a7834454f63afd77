import { type Clock, systemClock } from "../../src/clock.ts";
import { StoreError } from "../../src/store_error.ts";
import { InvalidValueError } from "../../src/stores/codec.ts";
import { Acceptance } from "./acceptance.ts";
import type { ExaminedMap } from "./examined_map.ts";
import { type Finding, finding } from "./finding.ts";
import { Reading, type Visit } from "./reading.ts";
import { Tally } from "./tally.ts";

const MAX_SAMPLES = 50;

/**
 * Reads all entries of both maps. It finds values that cannot be read, and entries of the old map that the new one would refuse or
 * change. It writes nothing.
 */
export class Scan {
  readonly #old: Reading;
  readonly #new: Reading;
  readonly #newMap: ExaminedMap;
  readonly #acceptance: Acceptance;
  readonly #reveal: boolean;
  #tally: Tally;
  #samples: unknown[] = [];
  #failure: Finding | undefined;

  /** @param reveal Whether findings may show keys. */
  constructor(oldMap: ExaminedMap, newMap: ExaminedMap, reveal: boolean, clock: Clock = systemClock) {
    this.#old = new Reading("old", oldMap, reveal, clock);
    this.#new = new Reading("new", newMap, reveal, clock);
    this.#newMap = newMap;
    this.#acceptance = new Acceptance(newMap);
    this.#reveal = reveal;
    this.#tally = new Tally(reveal);
  }

  /** How many entries of the old map were read so far. */
  get entries(): number {
    return this.#old.entries;
  }

  /** How many entries of the new map were read so far. */
  get newEntries(): number {
    return this.#new.entries;
  }

  /** Whether all entries of the old map were read. */
  get isComplete(): boolean {
    return this.#failure === undefined;
  }

  /** Some keys of the old map, whose values can be read. */
  get samples(): readonly unknown[] {
    return this.#samples;
  }

  /**
   * Reads the entries.
   *
   * @throws What a map throws, unless it is that the store of the old one fails or a key of it cannot be decoded; or the reason of the
   * signal.
   */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#old.run(() => this.#begin(), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof InvalidValueError) && !(error instanceof StoreError)) throw error;
      const text = `The old map cannot be read to its end: ${error.message}.`;
      this.#failure = finding("entries", "problem", text, "Repair or remove the entry, and run the doctor again.");
    }
    if (this.#newMap.exists) await this.#new.run(() => () => {}, signal);
  }

  /** What was found. */
  findings(): Finding[] {
    const { maxEntries } = this.#newMap.map.traits;
    return [
      ...this.#old.findings(),
      ...this.#new.findings(),
      ...this.#tally.findings(),
      ...this.#failure === undefined ? [] : [this.#failure],
      ...this.entries > maxEntries ? [tooMany(this.entries, maxEntries)] : [],
      ...this.#acceptance.isBlind ? [UNCHECKED] : [],
    ];
  }

  #begin(): Visit {
    const tally = this.#tally = new Tally(this.#reveal);
    const samples: unknown[] = this.#samples = [];
    return (key, value) => {
      for (const complaint of this.#acceptance.complaints(key, value)) tally.add(complaint, key);
      if (samples.length < MAX_SAMPLES) samples.push(key);
    };
  }
}

function tooMany(entries: number, maxEntries: number): Finding {
  const text = `The old map has ${entries.toLocaleString("en")} entries, and the new one holds ` +
    `${maxEntries.toLocaleString("en")} at most.`;
  return finding("entries", "problem", text, "Choose a larger map, or divide the entries among several.");
}

const UNCHECKED: Finding = finding(
  "values",
  "note",
  "It is not known how the new map stores values, so they were not checked.",
  "Have its module export the codec as codec, beside the map.",
);
