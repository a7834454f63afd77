/** A `Keyv` of the package `keyv`, version 5 or 6: what a `KeyvMap` needs of it. */
export interface KeyvInstance {
  /** The value of a key, or `undefined`: also if the store fails. */
  get(key: string): Promise<unknown>;
  /** Sets a key. With a `ttl` of 0, it never expires, whatever is the default. */
  set(key: string, value: string, ttl: number): Promise<unknown>;
  /** Removes a key. */
  delete(key: string): Promise<unknown>;
  /** Calls back with each error. */
  on(event: "error", listener: (error: unknown) => void): unknown;
  /** Walks over keys and values. Version 5 has none if its store has none; in version 6, the walk is empty then. */
  readonly iterator?: unknown;
  /** Where it keeps them. */
  readonly store: unknown;
  /** What version 5 puts in front of each key. */
  readonly namespace?: string | undefined;
  /** Whether version 5 does. */
  readonly useKeyPrefix?: boolean;
  /** Whether version 5 throws what its store throws. Version 6 never does. */
  readonly throwOnErrors?: boolean;
}

/** Whether it is one of version 6. */
export function isVersion6(keyv: KeyvInstance): boolean {
  return !("throwOnErrors" in keyv);
}

/**
 * Refuses what would take an outage for an absent key, or a key for another one.
 *
 * @throws {TypeError} If its options are others.
 */
export function checkKeyv(keyv: KeyvInstance): void {
  if (isVersion6(keyv)) return;
  if (keyv.throwOnErrors !== true) {
    throw new TypeError(
      "Cannot create KeyvMap: keyv must have the option throwOnErrors: true: without it, an outage looks like an absent key",
    );
  }
  if (keyv.useKeyPrefix !== false && !/^[^:]+$/.test(keyv.namespace ?? "")) {
    throw new TypeError(
      "Cannot create KeyvMap: keyv must have a namespace without a colon, or useKeyPrefix: false: else it cuts its keys",
    );
  }
}

/** Walks over the keys; `undefined` if the store has no iterator. */
export function keysOf(keyv: KeyvInstance): AsyncIterable<string> | undefined {
  const { iterator, store } = keyv;
  if (typeof iterator !== "function" || (isVersion6(keyv) && !canWalk(store))) return undefined;
  return firsts(iterator.call(keyv));
}

/** Version 6 wraps most stores. */
function canWalk(store: unknown): boolean {
  const { store: wrapped = store } = Object(store);
  const { iterator, entries } = Object(wrapped);
  return typeof iterator === "function" || typeof entries === "function";
}

async function* firsts(entries: AsyncIterable<readonly [string, unknown]>): AsyncGenerator<string> {
  for await (const [key] of entries) yield key;
}
