import { type Clock, systemClock } from "../../src/clock.ts";
import { rendered } from "../../src/inspection/rendering.ts";
import { InvalidValueError } from "../../src/stores/codec.ts";
import type { ExaminedMap } from "./examined_map.ts";
import type { Finding } from "./finding.ts";

/** What is done with an entry. */
export type Visit = (key: unknown, value: unknown) => void;

/** After so many entries, others get their turn. */
const TURN = 1_000;
/** So many values are read at the same time if each is read by itself. */
const AT_ONCE = 100;
const MAX_EXAMPLES = 3;

/** Stands for a value that the codec of the map cannot decode. */
const UNREADABLE = Symbol();

/** Reads all entries of one map, and counts the values that its codec cannot decode. */
export class Reading {
  readonly #side: "old" | "new";
  readonly #examined: ExaminedMap;
  readonly #reveal: boolean;
  readonly #clock: Clock;
  #entries = 0;
  #unreadable = 0;
  #examples: string[] = [];

  /** @param reveal Whether findings may show keys. */
  constructor(side: "old" | "new", examined: ExaminedMap, reveal: boolean, clock: Clock = systemClock) {
    this.#side = side;
    this.#examined = examined;
    this.#reveal = reveal;
    this.#clock = clock;
  }

  /** How many entries were read so far. */
  get entries(): number {
    return this.#entries;
  }

  /**
   * Reads the entries. A walk over them ends at the first value that cannot be decoded: then it begins anew, and reads each value by
   * itself.
   *
   * @param begin Returns what is done with each entry whose value can be decoded. It is called again if the reading begins anew.
   * @throws {InvalidValueError} If a key cannot be decoded.
   * @throws What the map throws, or the reason of the signal.
   */
  async run(begin: () => Visit, signal: AbortSignal): Promise<void> {
    const { map } = this.#examined;
    try {
      await this.#visitAll(map.entries({ signal }), begin(), signal);
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      await this.#visitAll(oneByOne(map, signal), begin(), signal);
    }
  }

  /** What was found: nothing, if all values can be decoded. */
  findings(): Finding[] {
    if (this.#unreadable === 0) return [];
    const [unreadable, entries] = [this.#unreadable, this.#entries].map((count) => count.toLocaleString("en"));
    const values = this.#entries === 1 ? "value" : "values";
    const { name } = this.#examined.codec ?? {};
    const codec = name === undefined ? "its codec" : `its codec ${name}`;
    return [{
      check: "values",
      level: "problem",
      text: `${unreadable} of ${entries} ${values} of the ${this.#side} map cannot be read with ${codec}.`,
      advice: "If another codec wrote them, name a module whose map has that codec. Else repair or remove them.",
      examples: this.#examples,
    }];
  }

  async #visitAll(entries: AsyncIterable<readonly [unknown, unknown]>, visit: Visit, signal: AbortSignal) {
    this.#entries = 0;
    for await (const [key, value] of entries) {
      this.#entries++;
      if (value === UNREADABLE) this.#addUnreadable(key);
      else visit(key, value);
      if (this.#entries % TURN !== 0) continue;
      await new Promise<void>((resolve) => void this.#clock.schedule(resolve, 0));
      signal.throwIfAborted();
    }
  }

  #addUnreadable(key: unknown): void {
    this.#unreadable++;
    if (this.#reveal && this.#examples.length < MAX_EXAMPLES) this.#examples.push(rendered(key));
  }
}

async function* oneByOne(map: ExaminedMap["map"], signal: AbortSignal): AsyncGenerator<readonly [unknown, unknown]> {
  let keys: unknown[] = [];
  for await (const key of map.keys({ signal })) {
    if (keys.push(key) < AT_ONCE) continue;
    yield* await entriesOf(map, keys, signal);
    keys = [];
  }
  yield* await entriesOf(map, keys, signal);
}

async function entriesOf(
  map: ExaminedMap["map"],
  keys: readonly unknown[],
  signal: AbortSignal,
): Promise<(readonly [unknown, unknown])[]> {
  return (await Promise.all(keys.map((key) => entryOf(map, key, signal)))).flat();
}

/** The entry of a key alone; none if the key was removed meanwhile. */
async function entryOf(
  map: ExaminedMap["map"],
  key: unknown,
  signal: AbortSignal,
): Promise<(readonly [unknown, unknown])[]> {
  try {
    return [...await map.getMany([key], { signal })];
  } catch (error) {
    if (error instanceof InvalidValueError) return [[key, UNREADABLE]];
    throw error;
  }
}
