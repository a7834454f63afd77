/** Calls that are aborted before they begin, or while they are under way. */
import { StoreError } from "../../mod.ts";
import { asyncCall, WRITES } from "./async_operations.ts";
import { type AnyAsyncMap, type AsyncSubject, nextTurn, withMap } from "./async_subject.ts";
import { expect, expectEqual, expectOneOf, expectRejection } from "./expect.ts";
import type { Given, Operation } from "./operations.ts";

/** After how many turns of promises, and then of the event loop, a call is aborted. */
const MICROTASKS = 12;
const TURNS = 4;
/** How long an aborted write is watched. */
const WATCHED_TURNS = 8;

type Method = (map: AnyAsyncMap, given: Given<unknown, unknown>, signal: AbortSignal) => Promise<unknown>;

const METHODS: { readonly [name: string]: Method } = {
  get: (map, { key }, signal) => map.get(key, { signal }),
  has: (map, { key }, signal) => map.has(key, { signal }),
  getMany: (map, { key }, signal) => map.getMany([key], { signal }),
  set: (map, { key, value }, signal) => map.set(key, value, { signal }),
  setMany: (map, { key, value }, signal) => map.setMany([[key, value]], { signal }),
  delete: (map, { key }, signal) => map.delete(key, { signal }),
  clear: (map, _given, signal) => map.clear({ signal }),
  size: (map, _given, signal) => map.size({ signal }),
  getOrInsert: (map, { key, value }, signal) => map.getOrInsert(key, value, { signal }),
  getOrInsertComputed: (map, { key, value }, signal) =>
    map.getOrInsertComputed(key, () => Promise.resolve(value), { signal }),
  getAndDelete: (map, { key }, signal) => map.getAndDelete(key, { signal }),
  getAndSet: (map, { key, value }, signal) => map.getAndSet(key, value, { signal }),
  compareAndSet: (map, { key, expected, value }, signal) => map.compareAndSet(key, expected, value, { signal }),
  compareAndDelete: (map, { key, expected }, signal) => map.compareAndDelete(key, expected, { signal }),
  update: (map, { key, value }, signal) => map.update(key, () => Promise.resolve(value), { signal }),
  forEach: (map, _given, signal) => map.forEach(() => {}, undefined, { signal }),
  entries: (map, _given, signal) => map.entries({ signal }).next(),
  keys: (map, _given, signal) => map.keys({ signal }).next(),
  values: (map, _given, signal) => map.values({ signal }).next(),
};

/** A call whose signal is aborted already sends nothing. */
export function refusesAbortedSignals(subject: AsyncSubject): Promise<void> {
  const { distinctKeys: [key, absent], manyValues: [expected, value] } = subject;
  const reason = new Error("the caller's reason");
  const signal = AbortSignal.abort(reason);
  return withMap(subject, async (map) => {
    await map.set(key, expected);
    for (const [name, method] of Object.entries(METHODS)) {
      const error = await expectRejection(() => method(map, { key, expected, value }, signal), StoreError, name);
      expectEqual(error.outcome, "not applied", `the outcome of ${name}, aborted before it began,`);
      expect(error.cause === reason, `the cause of the error of ${name} must be the signal's reason`);
      await expectRejection(() => method(map, { key: absent, expected, value }, signal), StoreError, name);
    }
    await settled();
    expectEqual([await map.get(key), await map.has(absent)], [expected, false], "what aborted calls left");
  });
}

/** A write that is aborted at any of its steps: if it rejects as not applied, it never is; if it resolves, it was. */
export function tellsWhatBecameOfAbortedWrites(subject: AsyncSubject): Promise<void> {
  const { distinctKeys: [key], manyValues: [expected, value] } = subject;
  return withMap(subject, async (map) => {
    for (const operation of WRITES) {
      for (const isPresent of [true, false]) {
        for (let moment = 0; moment < MICROTASKS + TURNS; moment++) {
          await map.delete(key);
          if (isPresent) await map.set(key, expected);
          await abortAt(moment, map, operation, { key, expected, value });
        }
      }
    }
  });
}

async function abortAt(
  moment: number,
  map: AnyAsyncMap,
  operation: Operation,
  given: Given<unknown, unknown>,
): Promise<void> {
  const { key } = given;
  const before = await stateOf(map, key);
  const model = new Map(before === undefined ? [] : [[key, before.value]]);
  operation.onModel(model, given);
  const after = model.has(key) ? { value: model.get(key) } : undefined;

  const abort = new AbortController();
  const outcome = asyncCall(operation)(withSignal(map, abort.signal), given).then(() => "applied", outcomeOf);
  for (let turn = 0; turn < Math.min(moment, MICROTASKS); turn++) await undefined;
  for (let turn = MICROTASKS; turn < moment; turn++) await nextTurn();
  abort.abort();
  const told = await outcome;
  await settled();
  const left = await stateOf(map, key);
  const what = `the key after an aborted ${operation.name} that is said to be ${told}`;
  if (told === "applied") expectEqual(left, after, what);
  else if (told === "not applied") expectEqual(left, before, what);
  else expectOneOf(left, [before, after], what);
}

/** The same map, with a signal in each call of one key. */
function withSignal(map: AnyAsyncMap, signal: AbortSignal): AnyAsyncMap {
  return new Proxy(map, {
    get: (target, name) => {
      const method = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) => method.apply(target, [...args, { signal }]);
    },
  });
}

function outcomeOf(error: unknown): string {
  expect(error instanceof StoreError, `an aborted call must reject with a StoreError: it rejected with ${error}`);
  return error.outcome;
}

/** The entry of the key, by one read. */
async function stateOf(map: AnyAsyncMap, key: unknown): Promise<{ value: unknown } | undefined> {
  const [entry] = await map.getMany([key]);
  return entry === undefined ? undefined : { value: entry[1] };
}

/** Waits for what may still be under way. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < WATCHED_TURNS; turn++) await nextTurn();
}
