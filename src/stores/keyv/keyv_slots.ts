import type { StoreFailure } from "../../async/async_store.ts";
import { DistinctKeys } from "../distinct_keys.ts";
import type { Content, Slots } from "../slots/slots.ts";
import { contentOf, textOf } from "./base64.ts";
import { keysOf, type KeyvInstance } from "./keyv.ts";

/** How many names an iteration takes at a time. */
const PAGE = 100;
/** How many names an iteration remembers, so that each comes once: a Redis answers some again. */
export const MAX_DISTINCT: number = 2 ** 20;
/** The longest time that is left to the store: no store adds it up to a number that it does not take. */
const MAX_TTL_MS = 2 ** 45;

const encoder = new TextEncoder();

/** The keys of a `Keyv`, as slots. */
export class KeyvSlots implements Slots {
  readonly #keyv: KeyvInstance;
  readonly #errors: Errors;

  constructor(keyv: KeyvInstance) {
    this.#keyv = keyv;
    this.#errors = Errors.of(keyv);
  }

  async get(name: string): Promise<Content | undefined> {
    const check = this.#errors.watch();
    const answer = await this.#keyv.get(name);
    // Keyv answers so if its store fails, too.
    if (answer === undefined) return check();
    return typeof answer === "string" ? contentOf(answer) : answer as Content;
  }

  async set(name: string, content: Content, ttlMs: number): Promise<void> {
    const text = typeof content === "string" ? content : textOf(content);
    const ttl = ttlMs === Infinity ? 0 : Math.min(Math.ceil(ttlMs), MAX_TTL_MS);
    const check = this.#errors.watch();
    const isSet = await this.#keyv.set(name, text, ttl);
    check();
    if (isSet === false) throw new Error("set of keyv resolved to false");
  }

  async delete(name: string): Promise<void> {
    const check = this.#errors.watch();
    await this.#keyv.delete(name);
    check();
  }

  async *names(): AsyncGenerator<readonly string[]> {
    const names = keysOf(this.#keyv);
    if (names === undefined) throw new NoIteratorError("Cannot walk over KeyvMap: the store of keyv has no iterator");
    const check = this.#errors.watch();
    const seen = new DistinctKeys(MAX_DISTINCT);
    let page: string[] = [];
    for await (const name of names) {
      check();
      if (seen.isNew(encoder.encode(name)) && page.push(name) === PAGE) {
        yield page;
        page = [];
      }
    }
    check();
    yield page;
  }
}

/** The store of a `Keyv` cannot list what it has. */
export class NoIteratorError extends TypeError {
  /** The name of the class that it extends. */
  override readonly name: string = "TypeError";
}

/** What is known of a command that failed. Each of dozens of stores has errors of its own. */
export function failureOf(error: unknown): StoreFailure | undefined {
  return error instanceof NoIteratorError
    ? undefined
    : { outcome: "unknown", retryable: false, reason: "the store of keyv failed" };
}

/**
 * The errors that a `Keyv` and its store tell by events alone. They do not tell of which command, so that each one counts for all that
 * are under way.
 */
class Errors {
  static readonly #known = new WeakMap<KeyvInstance, Errors>();
  #count = 0;
  #last: unknown;

  /** Those of a `Keyv`, which is listened to once, however many maps it has. */
  static of(keyv: KeyvInstance): Errors {
    const known = Errors.#known.get(keyv) ?? new Errors(keyv);
    Errors.#known.set(keyv, known);
    return known;
  }

  private constructor(keyv: KeyvInstance) {
    const listener = (error: unknown) => {
      this.#count++;
      this.#last = error;
    };
    keyv.on("error", listener);
    // With the option `emitErrors: false`, version 5 keeps those of its store to itself.
    const { on } = Object(keyv.store);
    if (typeof on === "function") on.call(keyv.store, "error", listener);
  }

  /** Returns a function that throws the last error if there was one since. */
  watch(): () => undefined {
    const before = this.#count;
    return () => {
      if (this.#count !== before) throw this.#last;
    };
  }
}
