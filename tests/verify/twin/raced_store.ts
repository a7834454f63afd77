import { AbstractAsyncMap, type AsyncStore, type Clock, type StoredEntry, StoreError } from "@twinmap/twinmap";
import type fc from "fast-check";

/** How a command of a {@link RacedStore} fares. */
export type Fate = "ok" | "refused" | "lost" | "applied but lost";

/** What a {@link RacedStore} does wrong. */
export interface Misdeeds {
  /** How the next write fares; by default, well. */
  readonly fateOf?: () => Fate;
  /** What is stored under a key instead of the value. */
  readonly stores?: (key: string, value: number) => number | undefined;
}

/** A store whose commands take effect, and are answered, in the order that a scheduler chooses. */
export class RacedStore {
  readonly entries: Map<string, number>;
  readonly #scheduler: fc.Scheduler;
  readonly #name: string;
  readonly #misdeeds: Misdeeds;
  /** The commands whose callers were told that they are lost, and that may still take effect. */
  readonly #lost = new Set<Promise<unknown>>();

  constructor(
    scheduler: fc.Scheduler,
    name: string,
    entries: Iterable<[string, number]> = [],
    misdeeds: Misdeeds = {},
  ) {
    this.#scheduler = scheduler;
    this.#name = name;
    this.entries = new Map(entries);
    this.#misdeeds = misdeeds;
  }

  /** Resolves when no lost command may take effect any more. */
  async quiet(): Promise<void> {
    await Promise.all(this.#lost);
  }

  /** A map over this store, as one process has it. */
  map(clock: Clock): AbstractAsyncMap<string, number> {
    return new RacedMap(this.#commands(), { clock, timeoutMs: 2 ** 31 - 1 });
  }

  #commands(): AsyncStore<string, number> {
    const { entries } = this;
    const read = (key: string): StoredEntry<number> | undefined =>
      entries.has(key) ? { value: entries.get(key) as number } : undefined;
    const set = (key: string, value: number) => {
      const stored = this.#misdeeds.stores === undefined ? value : this.#misdeeds.stores(key, value);
      if (stored !== undefined) entries.set(key, stored);
    };
    return {
      get: (key) => this.#run(`get ${key}`, () => read(key)),
      getMany: (keys) => this.#run(`get ${keys}`, () => keys.map(read)),
      set: (key, value) => this.#write(`set ${key}`, () => set(key, value)),
      delete: (key) => this.#write(`delete ${key}`, () => entries.delete(key)),
      compareAndSet: (key, seen, next) =>
        this.#write(`swap ${key}`, () => {
          if (entries.get(key) !== seen?.value) return false;
          if (next === undefined) entries.delete(key);
          else set(key, next.value);
          return true;
        }),
      entries: () => this.#walk(),
    };
  }

  async *#walk(): AsyncGenerator<[string, number], undefined> {
    yield* await this.#run("walk", () => [...this.entries]);
  }

  async #write<T>(name: string, write: () => T): Promise<T> {
    const fate = this.#misdeeds.fateOf?.() ?? "ok";
    if (fate === "ok") return await this.#run(name, write);
    const outcome = fate === "refused" ? "not applied" : "unknown";
    const details = { store: this.#name, operation: name, outcome, retryable: true } as const;
    // A lost command may take effect after its caller was told.
    if (fate === "applied but lost") this.#lost.add(this.#runLate(name, write));
    await this.#scheduler.schedule(Promise.resolve(), `${this.#name}: ${name} fails`);
    throw new StoreError("the test lets it fail", details);
  }

  /** Takes effect when other commands had time to. */
  async #runLate<T>(name: string, command: () => T): Promise<void> {
    for (let turns = 0; turns < 12; turns++) {
      await this.#scheduler.schedule(Promise.resolve(), `${this.#name} is late with: ${name}`);
    }
    command();
  }

  async #run<T>(name: string, command: () => T): Promise<T> {
    await this.#scheduler.schedule(Promise.resolve(), `${this.#name}: ${name}`);
    const answer = command();
    await this.#scheduler.schedule(Promise.resolve(), `${this.#name} answers: ${name}`);
    return answer;
  }
}

class RacedMap extends AbstractAsyncMap<string, number> {}
