import { EventEmitter } from "node:events";

/** A store for a `Keyv` that can go down. It throws then, or emits an event and answers as if nothing were there, as many stores do. */
export class FailingStore extends EventEmitter {
  isDown: boolean = false;
  /** After how many more commands it goes down. */
  failsAfter: number = Infinity;
  /** The time to live that it was given for each `set`. */
  readonly ttls: unknown[] = [];
  /** Version 5 looks here for what the store is, to find out whether it has an iterator. */
  readonly opts: { readonly dialect: string; readonly url: string } = { dialect: "redis", url: "" };
  readonly #tells: "throws" | "emits";
  readonly #values = new Map<string, unknown>();

  constructor(tells: "throws" | "emits") {
    super();
    this.#tells = tells;
  }

  get(key: string): Promise<unknown> {
    return this.#answer(undefined, () => this.#values.get(key));
  }

  set(key: string, value: unknown, ttl?: number): Promise<void> {
    return this.#answer(undefined, () => {
      this.ttls.push(ttl);
      this.#values.set(key, value);
    });
  }

  delete(key: string): Promise<boolean> {
    return this.#answer(false, () => this.#values.delete(key));
  }

  has(key: string): Promise<boolean> {
    return this.#answer(false, () => this.#values.has(key));
  }

  clear(): Promise<void> {
    return this.#answer(undefined, () => this.#values.clear());
  }

  async *iterator(): AsyncGenerator<[string, unknown]> {
    for (const [key, value] of this.#values) {
      if (this.#fails()) return;
      yield [key, value];
    }
  }

  #answer<T>(whenDown: T, command: () => T): Promise<T> {
    return new Promise((resolve) => resolve(this.#fails() ? whenDown : command()));
  }

  #fails(): boolean {
    if (this.failsAfter-- <= 0) {
      this.isDown = true;
      this.failsAfter = Infinity;
    }
    if (!this.isDown) return false;
    const error = new Error("the store is down");
    if (this.#tells === "throws") throw error;
    this.emit("error", error);
    return true;
  }
}
