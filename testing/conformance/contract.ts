/** The rules of a `ConcurrentMap` beyond the answers of its single operations. Each throws if the map violates it. */
import fc from "fast-check";
import type { ConcurrentMap } from "../../mod.ts";
import { expectTraits, type SyncSubject } from "./subject.ts";
import { expect, expectEqual, expectThrow } from "./expect.ts";
import { expectContents, stepsOf } from "./model_run.ts";
import { NO_FUNCTIONS, refusedKeysFor, refusedValuesFor } from "./zoo.ts";

const entriesOf = ({ keys, values }: SyncSubject) =>
  fc.array(fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...values)), { maxLength: 12 });

/** A map with these entries, and the plain `Map` that is equal to it. */
function filled(
  subject: SyncSubject,
  entries: readonly [unknown, unknown][],
): { map: ConcurrentMap<unknown, unknown>; model: Map<unknown, unknown> } {
  const map = subject.make();
  for (const [key, value] of entries) map.set(key, value);
  return { map, model: new Map(entries) };
}

export function keepsWhatItHad(subject: SyncSubject): void {
  class Failure extends Error {}
  const fail = () => {
    throw new Failure();
  };
  fc.assert(fc.property(entriesOf(subject), fc.constantFrom(...subject.keys), (entries, key) => {
    const { map, model } = filled(subject, entries);
    expectThrow(() => map.update(key, fail), Failure, "update, whose function throws,");
    if (model.has(key)) expectEqual(map.getOrInsertComputed(key, fail), model.get(key), "the present value");
    else expectThrow(() => map.getOrInsertComputed(key, fail), Failure, "getOrInsertComputed, whose function throws,");
    if (model.size > 0) expectThrow(() => map.forEach(fail), Failure, "forEach, whose callback throws,");
    expectContents(map, model);
    subject.check?.(map);
  }));
}

export function overwritesNested(subject: SyncSubject): void {
  const keys = fc.constantFrom(...subject.keys);
  const values = fc.constantFrom(...subject.values);
  fc.assert(fc.property(entriesOf(subject), keys, values, values, (entries, key, inner, outer) => {
    const { map, model } = filled(subject, entries);
    const written = () => {
      map.set(key, inner);
      return outer;
    };
    map.update(key, written);
    if (outer === undefined) model.delete(key);
    else model.set(key, outer);
    expectContents(map, model);
    map.delete(key);
    map.getOrInsertComputed(key, written);
    model.delete(key);
    expectContents(map, model.set(key, outer));
    map.update(key, () => {
      map.clear();
      return outer;
    });
    model.clear();
    if (outer !== undefined) model.set(key, outer);
    expectContents(map, model);
    subject.check?.(map);
  }));
}

export function refusesCallbacks(subject: SyncSubject): void {
  const { keys: [key], values: [value] } = subject;
  const map = subject.make();
  const refuse = (method: "forEach" | "getOrInsertComputed" | "update", call: (wrong: never) => unknown) => {
    for (const wrong of NO_FUNCTIONS) {
      expectThrow(() => call(wrong as never), TypeError, `${method} without a function`);
    }
  };
  refuse("forEach", (wrong) => map.forEach(wrong));
  refuse("getOrInsertComputed", (wrong) => map.getOrInsertComputed(key, wrong));
  refuse("update", (wrong) => map.update(key, wrong));
  expectContents(map, new Map());
  map.set(key, value);
  refuse("getOrInsertComputed", (wrong) => map.getOrInsertComputed(key, wrong));
  refuse("update", (wrong) => map.update(key, wrong));
  expectContents(map, new Map([[key, value]]));
}

export function handsToForEach(subject: SyncSubject): void {
  fc.assert(fc.property(entriesOf(subject), (entries) => {
    const { map, model } = filled(subject, entries);
    const self = {};
    const visited: [unknown, unknown][] = [];
    map.forEach(function (this: unknown, value, key, given) {
      expect(this === self, "forEach must call its callback with thisArg as this");
      expect(given === map, "forEach must give the map to its callback");
      visited.push([key, value]);
    }, self);
    expectEqual(new Map(visited), model, "what forEach visits");
    expectEqual(visited.length, model.size, "the number of visits of forEach");
  }));
}

export function takesSnapshot(subject: SyncSubject): void {
  fc.assert(fc.property(entriesOf(subject), fc.array(stepsOf(subject)), (entries, later) => {
    const { map, model } = filled(subject, entries);
    const snapshot = map.snapshot();
    const [first] = snapshot;
    expectEqual(first !== undefined, model.size > 0, "whether the snapshot has an entry");
    for (const step of later) step.operation.onMap(map, step);
    expectEqual(new Map(snapshot), model, "the snapshot after later writes");
    expectEqual([...snapshot].length, model.size, "the length of the snapshot");
    if (map.traits.order === "insertion") expectEqual([...snapshot], [...model], "the order of the snapshot");
  }));
}

/** Writes between the visits of an iteration, and checks the visits against the trait. */
export function iteratesAsTraitsSay(subject: SyncSubject): void {
  const between = fc.array(fc.array(stepsOf(subject), { maxLength: 2 }), { maxLength: 12 });
  fc.assert(fc.property(entriesOf(subject), between, (entries, writes) => {
    const { map, model } = filled(subject, entries);
    const { iteration, order } = map.traits;
    const before = new Map(model);
    const always = new Set(model.keys());
    const ever = new Set(model.keys());
    const visited: [unknown, unknown][] = [];
    const iterator = map.entries();
    const reference = model.entries();
    for (let at = 0;; at++) {
      const { done = false, value: entry }: { done?: boolean; value?: unknown } = iterator.next();
      if (iteration === "live") {
        const { done: isOver = false, value: expected } = reference.next();
        expectEqual([done, entry], [isOver, expected], "the next step of a live iteration");
      }
      if (done) break;
      visited.push(entry as [unknown, unknown]);
      for (const step of writes[at] ?? []) {
        step.operation.onMap(map, step);
        step.operation.onModel(model, step);
        for (const key of always) if (!model.has(key)) always.delete(key);
        for (const key of model.keys()) ever.add(key);
      }
    }
    expectEqual(iterator.next().done, true, "done after the end of an iteration");
    if (iteration === "snapshot") {
      expectEqual(new Map(visited), before, "what a snapshot iteration visits");
      expectEqual(visited.length, before.size, "the number of visits");
    }
    if (iteration === "weak") {
      const visits = (key: unknown) => visited.filter(([other]) => [other].includes(key)).length;
      expect([...always].every((key) => visits(key) === 1), "a key that is present throughout must be visited once");
      expect(visited.every(([key]) => ever.has(key)), "a key that was never present must not be visited");
    }
    if (order === "insertion" && iteration !== "live") expectEqual(visited, [...before], "the order of an iteration");
    subject.check?.(map);
  }));
}

export function refusesOthers(subject: SyncSubject): void {
  const { traits, keys: [key], values: [value] } = subject;
  const map = subject.make().set(key, value);
  const refuse = (what: unknown, calls: (() => unknown)[]) => {
    for (const call of calls) expectThrow(call, TypeError, `${call} with ${fc.stringify(what)}`);
  };
  for (const wrong of refusedKeysFor(traits)) {
    refuse(wrong, [
      ...[() => map.get(wrong), () => map.has(wrong), () => map.set(wrong, value), () => map.delete(wrong)],
      ...[() => map.getOrInsert(wrong, value), () => map.getOrInsertComputed(wrong, () => value)],
      ...[() => map.getAndDelete(wrong), () => map.getAndSet(wrong, value), () => map.update(wrong, () => value)],
      ...[() => map.compareAndSet(wrong, value, value), () => map.compareAndDelete(wrong, value)],
    ]);
  }
  for (const wrong of refusedValuesFor(traits)) {
    refuse(wrong, [
      ...[() => map.set(key, wrong), () => map.getAndSet(key, wrong), () => map.compareAndSet(key, value, wrong)],
    ]);
  }
  expectContents(map, new Map([[key, value]]));
}

export function handsOutAsTraitsSay(subject: SyncSubject): void {
  const { traits, keys: [key] } = subject;
  if (traits.values === "numbers") return;
  const map = subject.make();
  const value = { a: 1 };
  map.set(key, value);
  const answer = map.get(key);
  expectEqual(answer, value, "the object that was set");
  expectEqual(answer === value, traits.values === "reference", "whether get returns the object itself");
  if (traits.values === "copy") {
    value.a = 2;
    expectEqual(map.get(key), { a: 1 }, "the copy of an object that was changed");
  }
}

export function hasItsTraits(subject: SyncSubject): void {
  const map = subject.make();
  expectTraits(map.traits, subject.traits);
  for (const key of subject.keys) map.set(key, subject.values[0]);
  const visited = [...map.keys()];
  for (const key of visited.toReversed()) map.get(key);
  if (!map.traits.touches) expectEqual([...map.keys()], visited, "the order of the keys after reads");
}
