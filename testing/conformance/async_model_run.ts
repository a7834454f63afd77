/** Runs random operations on an asynchronous map and on a plain `Map`, and compares all that their caller can see. */
import fc from "fast-check";
import { asyncCall, collected } from "./async_operations.ts";
import { type AnyAsyncMap, type AsyncSubject, withMap } from "./async_subject.ts";
import { expectEqual } from "./expect.ts";
import { type Step, steps } from "./operations.ts";

/** Answers every operation as a plain `Map` does. */
export function behavesAsMap(subject: AsyncSubject): Promise<void> {
  const command = fc.oneof(
    { weight: 9, arbitrary: asyncStepsOf(subject).map((step) => new StepCommand(step)) },
    { weight: 1, arbitrary: fc.constant(new ContentsCommand()) },
  );
  return withMap(subject, (map) =>
    fc.assert(
      fc.asyncProperty(fc.commands([command], { size: "+1" }), async (commands) => {
        await map.clear();
        const model = new Map<unknown, unknown>();
        await fc.asyncModelRun(() => ({ model, real: map }), commands);
        await expectAsyncContents(map, model);
      }),
      { numRuns: subject.runs },
    ));
}

/** Any operation on the keys and values of the subject. */
export function asyncStepsOf({ keys, values }: AsyncSubject): fc.Arbitrary<Step<unknown, unknown>> {
  return steps(fc.constantFrom(...keys), fc.constantFrom(...values));
}

/** Throws unless each way to look at the entries of the map shows those of the model. */
export async function expectAsyncContents(map: AnyAsyncMap, model: Map<unknown, unknown>): Promise<void> {
  const visited = await collected(map);
  expectEntries(visited, model, "the entries");
  if (map.traits.order === "insertion") expectEqual(visited, [...model], "the order of the entries");
  expectEqual(await map.size(), model.size, "size()");
  const keys = await collected(map.keys());
  expectEntries(keys.map((key) => [key, model.get(key)]), model, "keys()");
  const values = await collected(map.values());
  expectEqual(tally(values), tally(model.values()), "how often values() visits each value");
}

/** Throws unless the entries, in any order, are those of the model, each once. Keys that are bytes are compared by content. */
export function expectEntries(entries: Iterable<[unknown, unknown]>, model: Map<unknown, unknown>, what: string): void {
  const listed = [...entries];
  expectEqual(new Map(listed), model, what);
  expectEqual(listed.length, model.size, `the number of visits of ${what}`);
}

function tally(values: Iterable<unknown>): Map<unknown, number> {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

class StepCommand implements fc.AsyncCommand<Map<unknown, unknown>, AnyAsyncMap> {
  readonly #step: Step<unknown, unknown>;

  constructor(step: Step<unknown, unknown>) {
    this.#step = step;
  }

  check(): boolean {
    return true;
  }

  async run(model: Map<unknown, unknown>, map: AnyAsyncMap): Promise<void> {
    const { operation } = this.#step;
    expectEqual(await asyncCall(operation)(map, this.#step), operation.onModel(model, this.#step), this);
  }

  toString(): string {
    const { operation, key, value, expected } = this.#step;
    return `${operation.name}(${fc.stringify(key)}: ${fc.stringify(expected)}, ${fc.stringify(value)})`;
  }
}

class ContentsCommand implements fc.AsyncCommand<Map<unknown, unknown>, AnyAsyncMap> {
  check(): boolean {
    return true;
  }

  run(model: Map<unknown, unknown>, map: AnyAsyncMap): Promise<void> {
    return expectAsyncContents(map, model);
  }

  toString(): string {
    return "contents()";
  }
}
