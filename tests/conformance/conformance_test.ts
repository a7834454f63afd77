/** Checks what all maps have in common, and what the traits of each promise. */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { ConcurrentMap } from "@twinmap/twinmap";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import fc from "fast-check";
import { contents, type Step, steps } from "../../testing/conformance/operations.ts";
import { type Subject, SUBJECTS } from "./subjects.ts";

type AnyMap = ConcurrentMap<unknown, unknown>;

for (const subject of SUBJECTS) {
  describe(`${subject.name}, as a ConcurrentMap,`, () => {
    it("answers every operation as a plain Map would", () => behavesAsMap(subject));
    it("keeps its entries if a callback throws", () => keepsWhatItHad(subject));
    it("lets the result of a callback overwrite what the callback wrote to the same key", () =>
      overwritesNested(subject));
    it("calls the callback of forEach with the value, the key, the map and thisArg", () => handsToForEach(subject));
    it("takes a snapshot that later writes do not change", () => takesSnapshot(subject));
    it("iterates under writes as its traits say", () => iteratesAsTraitsSay(subject));
    it("has the other traits that it declares", () => hasItsTraits(subject));
  });
}

/** The answer, with -0 as text: to `assertEquals` it equals 0. */
function signed(answer: unknown): unknown {
  if (Object.is(answer, -0)) return "-0";
  return Array.isArray(answer) ? answer.map(signed) : answer;
}

/** The entries in any order, with -0 as text. */
function signedEntries(entries: Iterable<[unknown, unknown]>): Map<unknown, unknown> {
  return new Map([...entries].map(([key, value]) => [signed(key), signed(value)]));
}

class StepCommand implements fc.Command<Map<unknown, unknown>, AnyMap> {
  readonly #step: Step<unknown, unknown>;
  readonly #subject: Subject;

  constructor(step: Step<unknown, unknown>, subject: Subject) {
    this.#step = step;
    this.#subject = subject;
  }

  check(): boolean {
    return true;
  }

  run(model: Map<unknown, unknown>, map: AnyMap): void {
    const { operation } = this.#step;
    assertEquals(signed(operation.onMap(map, this.#step)), signed(operation.onModel(model, this.#step)));
    this.#subject.checkStructure?.(map);
    assertEquals(map.size, model.size);
  }

  toString(): string {
    const { operation, key, value, expected } = this.#step;
    return `${operation.name}(${fc.stringify(key)}: ${fc.stringify(expected)}, ${fc.stringify(value)})`;
  }
}

class ContentsCommand implements fc.Command<Map<unknown, unknown>, AnyMap> {
  check(): boolean {
    return true;
  }

  run(model: Map<unknown, unknown>, map: AnyMap): void {
    if (map.traits.order === "insertion") {
      assertEquals(contents(map), contents(model));
      return assertEquals([...map].map(signed), [...model].map(signed));
    }
    assertEquals(signedEntries(map), signedEntries(model));
    assertEquals([...map].length, model.size);
    assertEquals(new Set(map.keys()), new Set(model.keys()));
    assertEquals(new Map([...map.keys()].map((key, at) => [key, [...map.values()][at]])), model);
    assertEquals([...map.values()].length, model.size);
  }

  toString(): string {
    return "contents()";
  }
}

function behavesAsMap(subject: Subject): void {
  const command = fc.oneof(
    { weight: 9, arbitrary: steps(subject.keys, subject.values).map((step) => new StepCommand(step, subject)) },
    { weight: 1, arbitrary: fc.constant(new ContentsCommand()) },
  );
  fc.assert(
    fc.property(fc.commands([command], { size: "+1" }), (commands) => {
      const map = subject.make();
      const model = new Map<unknown, unknown>();
      fc.modelRun(() => ({ model, real: map }), commands);
      new ContentsCommand().run(model, map);
    }),
    { numRuns: 150 },
  );
}

const entriesOf = (subject: Subject) => fc.array(fc.tuple(subject.keys, subject.values), { maxLength: 12 });

/** A map with these entries, and the plain `Map` that is equal to it. */
function filled(
  subject: Subject,
  entries: readonly [unknown, unknown][],
): { map: AnyMap; model: Map<unknown, unknown> } {
  const map = subject.make();
  for (const [key, value] of entries) map.set(key, value);
  return { map, model: new Map(entries) };
}

function keepsWhatItHad(subject: Subject): void {
  const fail = () => {
    throw new Error("mine");
  };
  fc.assert(fc.property(entriesOf(subject), subject.keys, (entries, key) => {
    const { map, model } = filled(subject, entries);
    assertThrows(() => map.update(key, fail), Error, "mine");
    if (model.has(key)) assertStrictEquals(map.getOrInsertComputed(key, fail), model.get(key));
    else assertThrows(() => map.getOrInsertComputed(key, fail), Error, "mine");
    if (model.size > 0) assertThrows(() => map.forEach(fail), Error, "mine");
    new ContentsCommand().run(model, map);
    subject.checkStructure?.(map);
  }));
}

function overwritesNested(subject: Subject): void {
  const { keys, values } = subject;
  fc.assert(fc.property(entriesOf(subject), keys, values, values, (entries, key, inner, outer) => {
    const { map, model } = filled(subject, entries);
    const written = () => {
      map.set(key, inner);
      return outer;
    };
    map.update(key, written);
    if (outer === undefined) model.delete(key);
    else model.set(key, outer);
    new ContentsCommand().run(model, map);
    map.delete(key);
    map.getOrInsertComputed(key, written);
    model.delete(key);
    new ContentsCommand().run(model.set(key, outer), map);
    map.update(key, () => {
      map.clear();
      return outer;
    });
    model.clear();
    if (outer !== undefined) model.set(key, outer);
    new ContentsCommand().run(model, map);
    subject.checkStructure?.(map);
  }));
}

function handsToForEach(subject: Subject): void {
  fc.assert(fc.property(entriesOf(subject), (entries) => {
    const { map, model } = filled(subject, entries);
    const self = {};
    const visited: [unknown, unknown][] = [];
    map.forEach(function (this: unknown, value, key, given) {
      assertStrictEquals(this, self);
      assertStrictEquals(given, map);
      visited.push([key, value]);
    }, self);
    assertEquals(new Map(visited), model);
    assertEquals(visited.length, model.size);
  }));
}

function takesSnapshot(subject: Subject): void {
  const { keys, values } = subject;
  fc.assert(fc.property(entriesOf(subject), fc.array(steps(keys, values)), (entries, later) => {
    const { map, model } = filled(subject, entries);
    const snapshot = map.snapshot();
    const [first] = snapshot;
    assertEquals(first !== undefined, model.size > 0);
    for (const step of later) step.operation.onMap(map, step);
    assertEquals(new Map(snapshot), model);
    assertEquals([...snapshot].length, model.size);
    if (map.traits.order === "insertion") assertEquals([...snapshot], [...model]);
  }));
}

/** Writes between the visits of an iteration, and checks the visits against the trait. */
function iteratesAsTraitsSay(subject: Subject): void {
  const { keys, values } = subject;
  const between = fc.array(fc.array(steps(keys, values), { maxLength: 2 }), { maxLength: 12 });
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
      const { done, value: entry } = iterator.next();
      if (iteration === "live") {
        const expected = reference.next();
        assertEquals([done ?? false, entry], [expected.done ?? false, expected.value]);
      }
      if (done) break;
      visited.push(entry);
      for (const step of writes[at] ?? []) {
        step.operation.onMap(map, step);
        step.operation.onModel(model, step);
        for (const key of always) if (!model.has(key)) always.delete(key);
        for (const key of model.keys()) ever.add(key);
      }
    }
    assertEquals(iterator.next().done, true);
    if (iteration === "snapshot") {
      assertEquals(new Map(visited), before);
      assertEquals(visited.length, before.size);
    }
    if (iteration === "weak") {
      const visits = (key: unknown) => visited.filter(([other]) => [other].includes(key)).length;
      assert([...always].every((key) => visits(key) === 1), "what was there all along is visited once");
      assert(visited.every(([key]) => ever.has(key)), "nothing else is visited");
    }
    if (order === "insertion" && iteration !== "live") assertEquals(visited, [...before]);
    subject.checkStructure?.(map);
  }));
}

function hasItsTraits(subject: Subject): void {
  const map = subject.make();
  const { keys, values, maxEntries, scope, evicts, touches } = map.traits;
  assert(maxEntries >= (evicts || values === "copy" ? 1_000 : 2 ** 23));
  assertEquals(scope, map instanceof SqliteMap ? "store" : "handle" in map ? "process" : "thread");
  const value = values === "numbers" ? 1.5 : { a: 1 };
  const [key] = fc.sample(subject.keys, 1);
  map.set(key, value);
  assertEquals(map.get(key), value);
  assertEquals(map.get(key) === value, values !== "copy");
  if (keys === "integers") assertThrows(() => map.set("1", value), TypeError);
  else assertEquals(map.set("1", value).has("1"), true);
  if (keys !== "any") assertThrows(() => map.set(1.5, value), TypeError);
  if (values === "numbers") assertThrows(() => map.set(key, "1"), TypeError);
  else assertEquals(map.set(key, "1").get(key), "1");
  const visited = [...map.keys()];
  visited.forEach((visitedKey) => map.get(visitedKey));
  assert(touches || [...map.keys()].every((at, index) => Object.is(at, visited[index])), "reads change nothing");
  assert(Object.prototype.toString.call(map).includes(subject.name.split(" ")[0] as string));
}
