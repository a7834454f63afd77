/** Runs random operations on a map and on a plain `Map`, and compares all that their caller can see. */
import fc from "fast-check";
import type { ConcurrentMap } from "../../mod.ts";
import { expectEqual } from "./expect.ts";
import { contents, type Step, steps } from "./operations.ts";
import type { SyncSubject } from "./subject.ts";

const RUNS = 100;

/** Answers every operation as a plain `Map` does. */
export function behavesAsMap(subject: SyncSubject): void {
  const command = fc.oneof(
    { weight: 9, arbitrary: stepsOf(subject).map((step) => new StepCommand(step, subject)) },
    { weight: 1, arbitrary: fc.constant(new ContentsCommand()) },
  );
  fc.assert(
    fc.property(fc.commands([command], { size: "+1" }), (commands) => {
      const map = subject.make();
      const model = new Map<unknown, unknown>();
      fc.modelRun(() => ({ model, real: map }), commands);
      expectContents(map, model);
    }),
    { numRuns: RUNS },
  );
}

/** Any operation on the keys and values of the subject. */
export function stepsOf({ keys, values }: SyncSubject): fc.Arbitrary<Step<unknown, unknown>> {
  return steps(fc.constantFrom(...keys), fc.constantFrom(...values));
}

/** Throws unless each way to look at the entries of the map shows those of the model. */
export function expectContents(map: ConcurrentMap<unknown, unknown>, model: Map<unknown, unknown>): void {
  if (map.traits.order === "insertion") return expectEqual(contents(map), contents(model), "the contents");
  const visited = [...map];
  expectEqual(new Map(visited), model, "the entries");
  expectEqual(visited.length, model.size, "the number of visits");
  expectEqual(map.size, model.size, "size");
  expectEqual([...map.keys()], visited.map(([key]) => key), "keys()");
  expectEqual([...map.values()], visited.map(([, value]) => value), "values()");
}

class StepCommand implements fc.Command<Map<unknown, unknown>, ConcurrentMap<unknown, unknown>> {
  readonly #step: Step<unknown, unknown>;
  readonly #subject: SyncSubject;

  constructor(step: Step<unknown, unknown>, subject: SyncSubject) {
    this.#step = step;
    this.#subject = subject;
  }

  check(): boolean {
    return true;
  }

  run(model: Map<unknown, unknown>, map: ConcurrentMap<unknown, unknown>): void {
    const { operation } = this.#step;
    expectEqual(operation.onMap(map, this.#step), operation.onModel(model, this.#step), this);
    this.#subject.check?.(map);
    expectEqual(map.size, model.size, "size");
  }

  toString(): string {
    const { operation, key, value, expected } = this.#step;
    return `${operation.name}(${fc.stringify(key)}: ${fc.stringify(expected)}, ${fc.stringify(value)})`;
  }
}

class ContentsCommand implements fc.Command<Map<unknown, unknown>, ConcurrentMap<unknown, unknown>> {
  check(): boolean {
    return true;
  }

  run(model: Map<unknown, unknown>, map: ConcurrentMap<unknown, unknown>): void {
    expectContents(map, model);
  }

  toString(): string {
    return "contents()";
  }
}
