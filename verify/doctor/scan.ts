import { type Clock, systemClock } from "../../src/clock.ts";
import { StoreError } from "../../src/store_error.ts";
import { InvalidValueError } from "../../src/stores/codec.ts";
import { Acceptance } from "./acceptance.ts";
import type { ExaminedMap } from "./examined_map.ts";
import { type Finding, finding } from "./finding.ts";
import { Tally } from "./tally.ts";

/** After so many entries, others get their turn. */
const TURN = 1_000;
const MAX_SAMPLES = 50;

/** Reads all entries of the old map, and finds those that the new one would refuse or change. It writes nothing. */
export class Scan {
  readonly #old: ExaminedMap;
  readonly #new: ExaminedMap;
  readonly #tally: Tally;
  readonly #clock: Clock;
  readonly #samples: unknown[] = [];
  #entries = 0;
  #failure: Finding | undefined;

  /** @param reveal Whether findings may show keys. */
  constructor(oldMap: ExaminedMap, newMap: ExaminedMap, reveal: boolean, clock: Clock = systemClock) {
    this.#old = oldMap;
    this.#new = newMap;
    this.#tally = new Tally(reveal);
    this.#clock = clock;
  }

  /** How many entries were read so far. */
  get entries(): number {
    return this.#entries;
  }

  /** Whether all entries could be read. */
  get isComplete(): boolean {
    return this.#failure === undefined;
  }

  /** Some keys of the old map. */
  get samples(): readonly unknown[] {
    return this.#samples;
  }

  /**
   * Reads the entries.
   *
   * @throws What the old map throws, unless it is that a value cannot be decoded, or the reason of the signal.
   */
  async run(signal: AbortSignal): Promise<void> {
    const acceptance = new Acceptance(this.#new);
    try {
      for await (const [key, value] of this.#old.map.entries({ signal })) {
        for (const complaint of acceptance.complaints(key, value)) this.#tally.add(complaint, key);
        if (this.#samples.length < MAX_SAMPLES) this.#samples.push(key);
        if (++this.#entries % TURN === 0) await this.#turn(signal);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof InvalidValueError) && !(error instanceof StoreError)) throw error;
      const text = `The old map cannot be read to its end: ${error.message}.`;
      this.#failure = finding("entries", "problem", text, "Repair or remove the entry, and run the doctor again.");
    }
  }

  /** What was found. */
  findings(): Finding[] {
    const found = this.#tally.findings();
    const { maxEntries } = this.#new.map.traits;
    if (this.#failure !== undefined) found.push(this.#failure);
    if (this.#entries > maxEntries) found.push(tooMany(this.#entries, maxEntries));
    if (new Acceptance(this.#new).isBlind) found.push(UNCHECKED);
    return found;
  }

  async #turn(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => void this.#clock.schedule(resolve, 0));
    signal.throwIfAborted();
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
