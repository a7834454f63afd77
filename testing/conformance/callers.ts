/** Concurrent callers, and the history of what each of them saw. */
import { StoreError } from "../../mod.ts";
import {
  checkLinearizable,
  mapModel,
  type Operation as RecordedCall,
} from "../../verify/linearizability/check_linearizable.ts";
import { type AnyAsyncMap, type AsyncSubject, close, nextTurn, withMap } from "./async_subject.ts";
import { expect, expectEqual } from "./expect.ts";

const CALLERS = 64;
const CALLS_EACH = 6;
const KEYS = 8;
/** How often a store that was started again is asked before it counts as gone. */
const MAX_ATTEMPTS = 10_000;

type Name =
  | "get"
  | "set"
  | "delete"
  | "getOrInsert"
  | "getAndDelete"
  | "getAndSet"
  | "compareAndSet"
  | "compareAndDelete";

const NAMES: readonly Name[] = [
  ...["get", "set", "getOrInsert", "getAndSet", "compareAndSet", "delete", "getAndDelete", "compareAndDelete"] as const,
];

/** Records what concurrent callers of some map objects over one store do and see. The calls are the same in each run. */
class Callers {
  readonly history: RecordedCall[] = [];
  readonly #maps: readonly AnyAsyncMap[];
  readonly #keys: readonly unknown[];
  readonly #values: readonly unknown[];
  #moment = 0;
  #calls = 0;
  #clients = 0;

  constructor(maps: readonly AnyAsyncMap[], { distinctKeys, manyValues }: AsyncSubject) {
    this.#maps = maps;
    this.#keys = distinctKeys.slice(0, KEYS);
    this.#values = manyValues;
  }

  /** Lets all callers make so many calls, each caller one after the other. */
  async run(callsEach: number): Promise<void> {
    await Promise.all(Array.from({ length: CALLERS }, (_, caller) => this.#caller(caller, callsEach)));
  }

  async #caller(caller: number, calls: number): Promise<void> {
    const map = this.#maps[caller % this.#maps.length] as AnyAsyncMap;
    const client = this.#clients++;
    for (let call = 0; call < calls; call++) {
      const { name, args } = this.#nextCall();
      const calledAt = this.#moment++;
      try {
        const result = await (map[name] as (...args: unknown[]) => Promise<unknown>)(...args);
        this.history.push({ client, name, args, calledAt, returnedAt: this.#moment++, result });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (error.outcome === "unknown") {
          // It may take effect at any later time. The checker cannot decide about many such calls, so this caller makes no other one.
          this.history.push({ client, name, args, calledAt });
          return;
        }
        await nextTurn();
      }
    }
  }

  #nextCall(): { name: Name; args: unknown[] } {
    const count = this.#calls++;
    const name = NAMES[(count * 5 + (count >> 3)) % NAMES.length] as Name;
    const key = this.#keys[(count * 3 + (count >> 4)) % this.#keys.length];
    const value = (at: number) => this.#values[at % this.#values.length];
    if (["get", "delete", "getAndDelete"].includes(name)) return { name, args: [key] };
    if (name === "compareAndDelete") return { name, args: [key, value(count - 8)] };
    return { name, args: name === "compareAndSet" ? [key, value(count - 8), value(count)] : [key, value(count)] };
  }
}

/** Throws unless an order of the calls explains what each of them returned. */
function expectLinearizable(history: readonly RecordedCall[], who: string): void {
  const { verdict, violations: [violation] } = checkLinearizable(history, mapModel(), { stopAtViolation: true });
  expect(verdict === "linearizable", `${who} must be linearizable: ${violation?.timeline ?? verdict}`);
}

/** The callers of one map object see each method as one step. */
export function isAtomicToOneMap(subject: AsyncSubject): Promise<void> {
  return withMap(subject, async (map) => {
    const callers = new Callers([map], subject);
    await callers.run(CALLS_EACH);
    expectLinearizable(callers.history, "the calls of one map");
  });
}

/** So do the callers of two map objects over one store. */
export function isAtomicToTwoMaps(subject: AsyncSubject, open: NonNullable<AsyncSubject["open"]>): Promise<void> {
  return withMap(subject, async (map) => {
    const other = await open();
    try {
      const callers = new Callers([map, other], subject);
      await callers.run(CALLS_EACH);
      expectLinearizable(callers.history, "the calls of two maps over one store");
    } finally {
      await close(other);
    }
  });
}

/** Every increment of one key is kept, from whichever map object it comes. */
export function losesNoUpdate(subject: AsyncSubject): Promise<void> {
  return withMap(subject, async (map) => {
    const other = subject.traits.atomic === "store" ? await subject.open?.() : undefined;
    const maps = other === undefined ? [map] : [map, other];
    const { distinctKeys: [key], manyValues } = subject;
    const after = (value: unknown) => manyValues[manyValues.indexOf(value) + 1] ?? manyValues[0];
    try {
      const results = await Promise.all(
        Array.from({ length: CALLERS }, (_, at) => (maps[at % maps.length] as AnyAsyncMap).update(key, after)),
      );
      const expected = Array.from({ length: CALLERS }).map((_, at) => manyValues[at % manyValues.length]);
      const last = await map.get(key);
      expect(last === expected.at(-1) || manyValues.length < CALLERS, `${CALLERS} updates must all be kept`);
      expect(expected.every((value) => results.includes(value)), "each update must see the one before");
    } finally {
      if (other !== undefined) await close(other);
    }
  });
}

/** A store that is killed under load, and comes back: each call says what became of it, and nothing acknowledged is lost. */
export function survivesAnOutage(
  subject: AsyncSubject,
  stop: () => Promise<void>,
  start: () => Promise<void>,
): Promise<void> {
  return withMap(subject, async (map) => {
    const callers = new Callers([map], subject);
    // A write whose outcome is unknown may explain that a key of the callers is gone. Nobody writes these.
    const kept = new Map(subject.distinctKeys.slice(KEYS).map((key) => [key, subject.manyValues[0]]));
    await map.setMany(kept);
    const running = callers.run(CALLS_EACH);
    await stop();
    await running;
    await callers.run(1);
    await start();
    await untilItAnswers(map, subject.keys[0]);
    await callers.run(1);
    expectEqual(await map.getMany(kept.keys()), kept, "what was acknowledged before an outage");
    expectLinearizable(callers.history, "the calls before, during and after an outage");
  });
}

async function untilItAnswers(map: AnyAsyncMap, key: unknown): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return void await map.get(key);
    } catch (error) {
      if (!(error instanceof StoreError) || attempt === MAX_ATTEMPTS) throw error;
      await nextTurn();
    }
  }
}
