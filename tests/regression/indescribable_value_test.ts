/**
 * A value that cannot be described threw into the caller of `delete`, or ended the process from the verifier, after which no
 * re-check ever ran again.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, NativeMap, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { operationsOn } from "../operations.ts";
import { moveTo } from "../move_to.ts";

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const failing = new Proxy({}, {
  get: () => {
    throw new Error("get");
  },
  getPrototypeOf: () => {
    throw new Error("getPrototypeOf");
  },
  ownKeys: () => {
    throw new Error("ownKeys");
  },
});

/** Values that throw when they are looked at in one way or another. */
const VALUES: [string, () => unknown][] = [
  ["a revoked Proxy", () => revoked({})],
  ["a revoked Proxy of a function", () => revoked(() => {})],
  ["a revoked Proxy of an array", () => revoked([])],
  ["a Proxy whose traps throw", () => failing],
  ["an object that holds a revoked Proxy", () => ({ held: revoked({}) })],
  ["an object with a revoked Proxy for its prototype", () => Object.create(revoked({}) as object)],
  ...[Date, Map, Set, RegExp, Error, ArrayBuffer, Uint8Array, URL, Number, Promise].map((
    made,
  ): [string, () => unknown] => [
    `Object.create(${made.name}.prototype)`,
    () => Object.create(made.prototype),
  ]),
  ["an invalid Date", () => new Date(NaN)],
  ["an object whose getters throw", () => ({
    get a() {
      throw new Error("a");
    },
    get then() {
      throw new Error("then");
    },
  })],
  ["an error whose message throws", () =>
    Object.defineProperty(new Error(), "message", {
      enumerable: true,
      get: () => {
        throw new Error("message");
      },
    })],
  ["an object that converts to nothing", () => ({ toString: null, [Symbol.toPrimitive]: 1, toJSON: null })],
];

/** A map whose answers to writes are all `answer`, and that throws `error` if there is one. */
class AnsweringMap extends NativeMap<string, unknown> {
  answer: unknown;
  throws = false;

  #answer(): never {
    if (this.throws) throw this.answer;
    return this.answer as never;
  }

  override delete(key: string): boolean {
    super.delete(key);
    return this.#answer();
  }

  override getAndSet(key: string, value: unknown): unknown {
    super.set(key, value);
    return this.#answer();
  }

  override update(): unknown {
    return this.#answer();
  }
}

describe("a value that cannot be described", () => {
  for (const [name, make] of VALUES) {
    for (const reveal of [true, false]) {
      it(`reaches no caller and stops nothing, be it ${name}, ${reveal ? "revealed" : "not revealed"}`, async () => {
        const clock = new ManualClock();
        const newMap = new AnsweringMap();
        const oldMap = new NativeMap<string, unknown>();
        const users = twin(oldMap as ConcurrentMap<string, unknown>, newMap, { clock, reveal });
        await moveTo(users, clock, "shadow");
        for (const [side, throws] of [["old", false], ["new", false], ["new", true]] as const) {
          const value = make();
          newMap.answer = value;
          newMap.throws = throws;
          (side === "old" ? oldMap : newMap).set("a", value);
          users.get("a");
          await clock.advance(200);
          for (const { run } of operationsOn<string, unknown>("a", 1, value)) {
            run(users);
            users.set("a", { held: 1 });
            newMap.set("a", value);
            users.get("a");
            await clock.advance(200);
          }
        }
        await clock.until(users.settle());
        await clock.until(users.sweep());
        newMap.throws = false;
        newMap.set("b", 1);
        users.get("b");
        await clock.until(users.settle());
        const { recent: [last], pending, due, compared, evicted, inconclusive, dropped } = users.report();
        assertEquals([last?.kind, last?.key === '"b"' || !reveal, pending], ["extra", true, 0]);
        assertEquals(compared + evicted + inconclusive + dropped, due);
      });
    }
  }
});
