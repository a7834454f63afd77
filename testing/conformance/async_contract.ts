/** The rules of an `AsyncConcurrentMap` beyond the answers of its single operations. Each rejects if the map violates it. */
import fc from "fast-check";
import { asyncStepsOf, expectAsyncContents, expectEntries } from "./async_model_run.ts";
import { asyncCall, collected } from "./async_operations.ts";
import { type AnyAsyncMap, type AsyncSubject, nextTurn, withMap } from "./async_subject.ts";
import { expect, expectEqual, expectRejection } from "./expect.ts";
import type { Step } from "./operations.ts";
import { expectTraits } from "./subject.ts";
import { NO_FUNCTIONS, refusedKeysFor, refusedValuesFor } from "./zoo.ts";

const WAITING = 20;

class Failure extends Error {}

/** Some entries of the subject, one for each of its first keys. */
function someEntries({ keys, values }: AsyncSubject): [unknown, unknown][] {
  const model = new Map(keys.slice(0, 12).map((key, at) => [key, values[at % values.length]]));
  return [...model];
}

/** Runs a test with a map of some entries, and the plain `Map` that is equal to it. */
function withEntries(
  subject: AsyncSubject,
  test: (map: AnyAsyncMap, model: Map<unknown, unknown>) => Promise<void>,
): Promise<void> {
  return withMap(subject, async (map) => {
    const entries = someEntries(subject);
    await map.setMany(entries);
    await test(map, new Map(entries));
  });
}

export function setsAndGetsMany(subject: AsyncSubject): Promise<void> {
  return withEntries(subject, async (map, model) => {
    const [[first], [second]] = [...model] as [[unknown, unknown], [unknown, unknown]];
    const values = subject.manyValues;
    await map.setMany([[first, values[0]], [second, values[0]], [first, values[1]]]);
    model.set(first, values[1]).set(second, values[0]);
    await expectAsyncContents(map, model);
    await map.delete(second);
    expectEqual(
      [...await map.getMany([second, first, second])],
      [[first, values[1]]],
      "getMany of absent and present keys",
    );
    model.delete(second);
    const asked = [...model.keys()].reverse();
    expectEqual([...(await map.getMany(asked)).keys()], asked, "the order of getMany");
    expectEqual(await map.getMany(asked), model, "getMany");
    await map.setMany([]);
    expectEqual(await map.getMany([]), new Map(), "getMany of no keys");
    await expectAsyncContents(map, model);
  });
}

export function keepsWhatItHad(subject: AsyncSubject): Promise<void> {
  const fail = () => {
    throw new Failure();
  };
  const reject = () => Promise.reject(new Failure());
  return withEntries(subject, async (map, model) => {
    const [key] = model.keys();
    for (const wrong of [fail, reject]) {
      await expectRejection(() => map.update(key, wrong), Failure, "update, whose function fails,");
      expectEqual(await map.getOrInsertComputed(key, wrong), model.get(key), "the present value");
    }
    await map.delete(key);
    model.delete(key);
    for (const wrong of [fail, reject]) {
      await expectRejection(() => map.update(key, wrong), Failure, "update, whose function fails,");
      const compute = () => map.getOrInsertComputed(key, wrong);
      await expectRejection(compute, Failure, "getOrInsertComputed, whose function fails,");
    }
    await expectAsyncContents(map, model);
    for (const wrong of [fail, reject]) {
      await expectRejection(() => map.forEach(wrong), Failure, "forEach, whose callback fails,");
    }
    await expectAsyncContents(map, model);
  });
}

export function refusesCallbacks(subject: AsyncSubject): Promise<void> {
  return withEntries(subject, async (map, model) => {
    const [key] = model.keys();
    for (const wrong of NO_FUNCTIONS as never[]) {
      await expectRejection(() => map.forEach(wrong), TypeError, "forEach without a function");
      await expectRejection(() => map.update(key, wrong), TypeError, "update without a function");
      await expectRejection(
        () => map.getOrInsertComputed(key, wrong),
        TypeError,
        "getOrInsertComputed without a function",
      );
    }
    await expectAsyncContents(map, model);
  });
}

export function computesOnceForAll(subject: AsyncSubject): Promise<void> {
  const { distinctKeys: [key, other], manyValues: [value] } = subject;
  return withMap(subject, async (map) => {
    let computed = 0;
    /** All begin at once. `compute` goes on until most of them, if not all, have found the key absent. */
    const callers = (end: () => unknown) =>
      Array.from({ length: WAITING }, () =>
        map.getOrInsertComputed(key, async () => {
          computed++;
          for (let read = 0; read < WAITING; read++) await map.get(other);
          return end();
        }));
    const failed = await Promise.allSettled(callers(() => {
      throw new Failure();
    }));
    expect(
      failed.every((result) => result.status === "rejected" && result.reason instanceof Failure),
      "all who wait for compute must get its error",
    );
    // A caller whose look at the key took longer than the first computation has nobody to wait for: it computes anew.
    expect(computed < WAITING, `all who wait must share a computation: each of ${WAITING} callers computed`);
    computed = 0;
    const there = await Promise.all(callers(() => value));
    expectEqual(there, Array(WAITING).fill(value), "the values of all who wait for compute");
    expectEqual(computed, 1, "the number of computations that did not fail");
  });
}

export function handsToForEach(subject: AsyncSubject): Promise<void> {
  return withEntries(subject, async (map, model) => {
    const self = {};
    const visited: [unknown, unknown][] = [];
    let running = 0;
    await map.forEach(async function (this: unknown, value, key, given) {
      expectEqual(running++, 0, "the number of callbacks of forEach that run already");
      expect(this === self, "forEach must call its callback with thisArg as this");
      expect(given === map, "forEach must give the map to its callback");
      visited.push([key, value]);
      await nextTurn();
      running--;
    }, self);
    expectEntries(visited, model, "what forEach visits");
  });
}

export function takesSnapshot(subject: AsyncSubject): Promise<void> {
  return withEntries(subject, async (map, model) => {
    if (subject.traits.snapshot === "none") {
      return void await expectRejection(() => map.snapshot(), TypeError, "snapshot of a store that has none");
    }
    const snapshot = await map.snapshot();
    await map.clear();
    for (const time of ["first", "second"]) {
      expectEntries(await collected(snapshot), model, `the snapshot, iterated for the ${time} time,`);
    }
  });
}

/** Writes between the visits of an iteration, and checks the visits against the trait. */
export function iteratesAsTraitsSay(subject: AsyncSubject): Promise<void> {
  const between = fc.array(fc.array(asyncStepsOf(subject), { maxLength: 2 }), { maxLength: 12 });
  return withMap(subject, (map) =>
    fc.assert(
      fc.asyncProperty(between, async (writes) => {
        await map.clear();
        await map.setMany(someEntries(subject));
        await iterateUnder(writes, map, new Map(someEntries(subject)));
      }),
      { numRuns: subject.runs },
    ));
}

async function iterateUnder(
  writes: readonly (readonly Step<unknown, unknown>[])[],
  map: AnyAsyncMap,
  model: Map<unknown, unknown>,
): Promise<void> {
  const before = new Map(model);
  const always = new Set(model.keys());
  const ever = new Set(model.keys());
  const visited: [unknown, unknown][] = [];
  let at = 0;
  for await (const entry of map) {
    visited.push(entry);
    for (const step of writes[at++] ?? []) {
      await asyncCall(step.operation)(map, step);
      step.operation.onModel(model, step);
      for (const key of always) if (!model.has(key)) always.delete(key);
      for (const key of model.keys()) ever.add(key);
    }
  }
  if (map.traits.iteration === "snapshot") return expectEntries(visited, before, "what a snapshot iteration visits");
  const visits = (key: unknown) => visited.filter(([other]) => [other].includes(key)).length;
  expect([...always].every((key) => visits(key) === 1), "a key that is present throughout must be visited once");
  expect(visited.every(([key]) => ever.has(key)), "a key that was never present must not be visited");
}

export function refusesOthers(subject: AsyncSubject): Promise<void> {
  const { traits, keys: [key], values: [value] } = subject;
  return withMap(subject, async (map) => {
    await map.set(key, value);
    const refuse = async (what: unknown, calls: { readonly [name: string]: () => Promise<unknown> }) => {
      for (const [name, call] of Object.entries(calls)) {
        await expectRejection(call, TypeError, `${name} with ${fc.stringify(what)}`);
      }
    };
    for (const wrong of refusedKeysFor(traits)) await refuse(wrong, callsWithKey(map, wrong, value));
    for (const wrong of refusedValuesFor(traits)) await refuse(wrong, callsWithValue(map, key, value, wrong));
    await expectAsyncContents(map, new Map([[key, value]]));
  });
}

/** A promise for a value is that of a caller who forgot to wait for it. */
export function refusesPromises(subject: AsyncSubject): Promise<void> {
  const thenable = {
    then(): void {
      throw new Failure();
    },
  };
  return withEntries(subject, async (map, model) => {
    const [[key, value], [absent]] = [...model] as [[unknown, unknown], [unknown, unknown]];
    await map.delete(absent);
    model.delete(absent);
    for (const promise of [Promise.resolve(value), thenable]) {
      const calls = {
        ...callsWithValue(map, key, value, promise),
        getOrInsert: () => map.getOrInsert(absent, promise),
        "compareAndSet, of expected,": () => map.compareAndSet(key, promise, value),
        compareAndDelete: () => map.compareAndDelete(key, promise),
      };
      for (const [name, call] of Object.entries(calls)) {
        await expectRejection(call, TypeError, `${name} with a promise for a value`);
      }
    }
    await expectAsyncContents(map, model);
  });
}

/** Every method on this key. */
export function callsWithKey(
  map: AnyAsyncMap,
  key: unknown,
  value: unknown,
): { [name: string]: () => Promise<unknown> } {
  return {
    get: () => map.get(key),
    has: () => map.has(key),
    getMany: () => map.getMany([key]),
    delete: () => map.delete(key),
    getAndDelete: () => map.getAndDelete(key),
    compareAndDelete: () => map.compareAndDelete(key, value),
    getOrInsertComputed: () => map.getOrInsertComputed(key, () => value),
    update: () => map.update(key, () => value),
    ...callsWithValue(map, key, value, value),
  };
}

/** Every method that is given a value to set. */
export function callsWithValue(
  map: AnyAsyncMap,
  key: unknown,
  expected: unknown,
  value: unknown,
): { [name: string]: () => Promise<unknown> } {
  return {
    set: () => map.set(key, value),
    setMany: () => map.setMany([[key, value]]),
    getAndSet: () => map.getAndSet(key, value),
    compareAndSet: () => map.compareAndSet(key, expected, value),
  };
}

export function hasItsTraits(subject: AsyncSubject): Promise<void> {
  return withEntries(subject, async (map, model) => {
    expectTraits(map.traits, subject.traits);
    const visited = await collected(map.keys());
    for (const key of visited.toReversed()) await map.get(key);
    const touches = map.traits.touches || map.traits.order === "none";
    if (!touches) expectEqual(await collected(map.keys()), visited, "the order of the keys after reads");
    await expectAsyncContents(map, model);
  });
}
