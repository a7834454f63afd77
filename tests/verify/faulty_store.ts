import { AbstractAsyncMap, type AsyncStore, type StoredEntry, StoreError, type Traits } from "@twinmap/twinmap";
import type { ManualClock } from "../../testing/manual_clock.ts";

/** What a store does wrong with writes that it acknowledges, or with reads. */
export type StoreFault =
  | "forgets"
  | "delays"
  | "duplicates"
  | "reorders"
  | "loses the time to live"
  | "truncates"
  | "answers another key's value"
  | "applies after a time-out";

interface Kept {
  readonly value: unknown;
  readonly expiresAt: number;
}

/** After so long a write takes effect that is delayed, or that its caller was told has failed. */
export const LATE_MS = 600_000;

/** A store in memory that a test lets fail, hang or misbehave. It keeps copies, and lets entries expire. */
export class FaultyStore<K = string> {
  readonly entries: Map<K, Kept> = new Map();
  readonly #clock: ManualClock;
  readonly #heldBack: (() => void)[] = [];
  #answer: PromiseWithResolvers<void> | undefined;
  #hanging: "writes" | "commands" = "commands";
  fault: StoreFault | undefined;
  /** The error of every command. */
  error: Error | undefined;
  /** How many commands have been sent. */
  reads = 0;
  writes = 0;
  /** How many commands have no answer yet. */
  underWay = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  /** Commands get no answer, and take no effect, until {@link answer} is called. */
  hang(hanging: "writes" | "commands" = "commands"): void {
    this.#hanging = hanging;
    this.#answer ??= Promise.withResolvers();
  }

  /** Commands are answered again. */
  answer(): void {
    this.#answer?.resolve();
    this.#answer = undefined;
  }

  /** The value of a key. */
  get(key: K): unknown {
    return this.#read(key)?.value;
  }

  /** Sets a key, as another process would. */
  set(key: K, value: unknown): void {
    this.entries.set(key, { value, expiresAt: Infinity });
  }

  /** A map over this store. It waits for an answer longer than any test does. */
  map<V = unknown>(traits: Partial<Traits> = {}): AbstractAsyncMap<K, V> {
    return new FaultyStoreMap<K, V>(this.#commands() as AsyncStore<K, V>, this.#clock, traits);
  }

  /** An error as of a store that is away. */
  static down(outcome: "not applied" | "unknown" = "not applied"): StoreError {
    return new StoreError("the test lets it fail", {
      store: "FaultyStore",
      operation: "any",
      outcome,
      retryable: true,
    });
  }

  #commands(): AsyncStore<K, unknown> {
    return {
      get: (key) => this.#answered("reads", () => this.#read(key)),
      getMany: (keys) => this.#answered("reads", () => keys.map((key) => this.#read(key))),
      set: (key, value, { ttlMs = Infinity }) => {
        const kept = { value: structuredClone(value), expiresAt: this.#clock.now() + ttlMs };
        return this.#answered("writes", () => this.#set(key, kept));
      },
      delete: (key) => this.#answered("writes", () => this.entries.delete(key)),
      keys: () => this.#keys(),
      entries: () => this.#walk(),
      failureOf: () => undefined,
    };
  }

  async *#keys(): AsyncGenerator<K, undefined> {
    yield* await this.#answered("reads", () => [...this.entries.keys()]);
  }

  async *#walk(): AsyncGenerator<[K, unknown], undefined> {
    const entries = await this.#answered("reads", () => [...this.entries]);
    for (const [key, { value }] of entries) yield [key, value];
  }

  #read(key: K): StoredEntry<unknown> | undefined {
    const asked = this.fault === "answers another key's value" ? [...this.entries.keys()].at(-1) as K : key;
    const kept = this.entries.get(asked);
    if (kept === undefined || kept.expiresAt <= this.#clock.now()) return undefined;
    return { ...kept, value: structuredClone(kept.value) };
  }

  #set(key: K, kept: Kept): void {
    const apply = () => void this.entries.set(key, kept);
    const later = () => void this.#clock.schedule(apply, LATE_MS);
    if (this.fault === "forgets") return;
    if (this.fault === "delays") return later();
    if (this.fault === "applies after a time-out") {
      later();
      throw FaultyStore.down("unknown");
    }
    if (this.fault === "reorders" && this.#heldBack.length === 0) return void this.#heldBack.push(apply);
    if (this.fault === "loses the time to live") kept = { ...kept, expiresAt: Infinity };
    if (this.fault === "truncates") kept = { ...kept, value: String(kept.value).slice(0, 3) };
    this.entries.set(key, kept);
    if (this.fault === "duplicates") later();
    this.#heldBack.shift()?.();
  }

  async #answered<T>(kind: "reads" | "writes", command: () => T): Promise<T> {
    this[kind]++;
    this.underWay++;
    try {
      if (kind === "writes" || this.#hanging === "commands") await this.#answer?.promise;
      if (this.error !== undefined) throw this.error;
      return command();
    } finally {
      this.underWay--;
    }
  }
}

class FaultyStoreMap<K, V> extends AbstractAsyncMap<K, V> {
  readonly #traits: Partial<Traits>;

  constructor(store: AsyncStore<K, V>, clock: ManualClock, traits: Partial<Traits>) {
    super(store, { timeoutMs: 2 ** 31 - 1, clock });
    this.#traits = traits;
  }

  override get traits(): Traits {
    return { ...super.traits, values: "copy", expires: "entry", ...this.#traits };
  }
}
