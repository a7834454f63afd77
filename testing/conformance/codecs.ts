/** What a map does with the values and keys that are hard to keep. */
import fc from "fast-check";
import { isDeepEqual } from "../../src/equality/deep_equal.ts";
import { callsWithKey } from "./async_contract.ts";
import { collected } from "./async_operations.ts";
import { type AsyncSubject, withMap } from "./async_subject.ts";
import { expect, expectEqual } from "./expect.ts";
import { hardKeysFor, hardValues } from "./zoo.ts";

/** A value that the map takes comes back equal, by every way to read; one that it does not take is refused when it is set. */
export function keepsOrRefusesValues(subject: AsyncSubject): Promise<void> {
  const { distinctKeys: [key], values: [present], traits } = subject;
  return withMap(subject, async (map) => {
    for (const value of hardValues()) {
      await map.set(key, present);
      const what = fc.stringify(value);
      const refusal = await map.set(key, value).then(() => undefined, (error) => error);
      const left = await map.get(key);
      if (refusal !== undefined) {
        const isArgumentError = refusal instanceof TypeError || refusal instanceof RangeError;
        expect(
          isArgumentError,
          `set must refuse ${what} with a TypeError or a RangeError: it rejected with ${refusal}`,
        );
        expectEqual(left, present, `the value after ${what} was refused`);
        continue;
      }
      expect(traits.values !== "reference" || Object.is(left, value), `get must return ${what} itself`);
      expectEqual(left, value, "the value that was set");
      expectEqual((await map.getMany([key])).get(key), value, "the value by getMany");
      expectEqual((await collected(map.values()))[0], value, "the value by values()");
      expectEqual(await map.getAndSet(key, present), value, "the value by getAndSet");
    }
  });
}

/** A value is taken when the method is called: what its owner changes in it afterwards changes nothing in a map of copies. */
export function takesValuesAtTheCall(subject: AsyncSubject): Promise<void> {
  const { distinctKeys: [key, other], traits } = subject;
  return withMap(subject, async (map) => {
    if (traits.values !== "copy") return;
    const value = { count: 1 };
    const calls = [map.set(key, value), map.setMany([[other, value]])];
    value.count = 2;
    await Promise.all<unknown>(calls);
    expectEqual([await map.get(key), await map.get(other)], [{ count: 1 }, { count: 1 }], "the values at the calls");
    expectEqual(await map.compareAndSet(key, { count: 1 }, value), true, "compareAndSet of an equal object");
    expectEqual(await map.compareAndDelete(other, { count: 3 }), false, "compareAndDelete of another object");
    expectEqual(await map.compareAndDelete(other, { count: 1 }), true, "compareAndDelete of an equal object");
  });
}

/** What leaves an absent key absent. */
const LEAVES_ABSENT = new Set(["get", "has", "getMany", "compareAndSet"]);

/** A key is taken when the method is called, too: who changes its bytes afterwards does not change which entry it is about. */
export function takesKeysAtTheCall(subject: AsyncSubject): Promise<void> {
  const [value, others] = subject.manyValues;
  return withMap(subject, async (map) => {
    if (subject.traits.keys !== "strings, integers and bytes") return;
    const [first, second] = [Uint8Array.of(1), Uint8Array.of(2)];
    for (const name of Object.keys(callsWithKey(map, first, value))) {
      for (const isPresent of [true, false]) {
        await (isPresent ? map.set(first, value) : map.delete(first));
        await map.set(second, others);
        const key = Uint8Array.from(first);
        // Where calls take turns, this one goes first.
        const calls = [map.update(first, (current) => current), callsWithKey(map, key, value)[name]!()];
        key.set(second);
        await Promise.all(calls);
        const isAbsent = /delete/i.test(name) || (!isPresent && LEAVES_ABSENT.has(name));
        expectEqual(
          [await map.get(first), await map.get(second)],
          [isAbsent ? undefined : value, others],
          `the entries after ${name}() of a key that was changed afterwards`,
        );
      }
    }
  });
}

/** Keys that are easily confused are told apart, and come back as they were set. */
export function tellsKeysApart(subject: AsyncSubject): Promise<void> {
  const keys = hardKeysFor(subject.traits);
  const valueOf = (at: number) => subject.manyValues[at % subject.manyValues.length];
  return withMap(subject, async (map) => {
    for (const [at, key] of keys.entries()) await map.set(key, valueOf(at));
    for (const [at, key] of keys.entries()) {
      expectEqual(await map.get(key), valueOf(at), `the value of the key ${fc.stringify(key)}`);
      expectEqual([...await map.getMany([key])], [[key, valueOf(at)]], `getMany of ${fc.stringify(key)}`);
    }
    const visited = await collected(map.keys());
    const isVisited = (key: unknown) => visited.some((other) => isDeepEqual(other, key));
    for (const key of keys) expect(isVisited(key), `keys() must visit ${fc.stringify(key)} as it was set`);
    expectEqual([visited.length, await map.size()], [keys.length, keys.length], "the number of keys");
    for (const key of keys) expectEqual(await map.delete(key), true, `delete of ${fc.stringify(key)}`);
    expectEqual(await map.size(), 0, "size after all keys were deleted");
  });
}
