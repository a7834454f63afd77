import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  checkLinearizable,
  type Linearizability,
  mapModel,
  type Model,
  type Operation,
} from "@twinmap/twinmap/linearizability";
import fc from "fast-check";
import { LostUpdateMap, type Pause, ResurrectedKeyMap, StaleReadMap, SteppedMap, TornValueMap } from "./broken_maps.ts";

/** An operation as "client calledAt–returnedAt name args → result"; the time of return is left out if there is none. */
function op(client: number, calledAt: number, returnedAt: number | undefined, name: string, ...rest: unknown[]) {
  const arrow = rest.indexOf("→");
  const [args, result] = arrow < 0 ? [rest, undefined] : [rest.slice(0, arrow), rest[arrow + 1]];
  return { client, name, args, calledAt, returnedAt, result };
}

function verdictOf(...history: Operation[]): Linearizability["verdict"] {
  return checkLinearizable(history, mapModel()).verdict;
}

/** The operations of the first violation, as indexes of the history. */
function smallestOf(...history: Operation[]): number[] | undefined {
  return checkLinearizable(history, mapModel()).violations[0]?.operations.map((operation) =>
    history.indexOf(operation)
  );
}

describe("checkLinearizable() of a map's history", () => {
  it("accepts an empty history, and calls one after the other", () => {
    assertEquals(verdictOf(), "linearizable");
    assertEquals(
      verdictOf(
        op(1, 0, 1, "get", "k", "→", undefined),
        op(1, 2, 3, "set", "k", 1),
        op(2, 4, 5, "add", "k", 2, "→", 3),
        op(1, 6, 7, "getAndDelete", "k", "→", 3),
        op(2, 8, 9, "has", "k", "→", false),
      ),
      "linearizable",
    );
  });

  it("lets a read that overlaps a write return the value before or after it", () => {
    for (const result of [undefined, 1]) {
      assertEquals(verdictOf(op(1, 0, 9, "set", "k", 1), op(2, 1, 2, "get", "k", "→", result)), "linearizable");
    }
  });

  it("catches a read that returns an older value than a read before it", () => {
    const history = [
      op(1, 0, 9, "set", "k", 1),
      op(2, 1, 2, "get", "k", "→", 1),
      op(3, 3, 4, "get", "k", "→", undefined),
    ];
    assertEquals(smallestOf(...history), [1, 2]);
  });

  it("catches a read of a value that is written only later", () => {
    assertEquals(smallestOf(op(1, 0, 1, "get", "k", "→", 1), op(2, 2, 3, "set", "k", 1)), [0]);
  });

  it("catches two clients that both win the same compareAndSet", () => {
    const history = [
      op(1, 0, 9, "compareAndSet", "k", "free", "a", "→", true),
      op(2, 1, 8, "compareAndSet", "k", "free", "b", "→", true),
      op(3, -9, -8, "set", "k", "free"),
    ];
    assertEquals(smallestOf(...history), [0, 1]);
  });

  it("orders two writes by what is read later", () => {
    const [a, b] = [op(1, 0, 9, "set", "k", "a"), op(2, 1, 8, "set", "k", "b")];
    assertEquals(
      verdictOf(a, b, op(1, 10, 11, "get", "k", "→", "a"), op(1, 12, 13, "get", "k", "→", "a")),
      "linearizable",
    );
    assertEquals(
      verdictOf(a, b, op(1, 10, 11, "get", "k", "→", "b"), op(1, 12, 13, "get", "k", "→", "b")),
      "linearizable",
    );
    assertEquals(verdictOf(a, b, op(1, 10, 11, "get", "k", "→", "a"), op(1, 12, 13, "get", "k", "→", "b")), "violated");
  });

  it("lets a call that never returned take effect at any later time, at most once", () => {
    const stopped = op(1, 10, undefined, "set", "k", 1);
    const reads = (...results: unknown[]) =>
      results.map((result, at) => op(2, 20 + 10 * at, 25 + 10 * at, "get", "k", "→", result));
    assertEquals(verdictOf(stopped, ...reads(undefined, undefined)), "linearizable");
    assertEquals(verdictOf(stopped, ...reads(1, 1)), "linearizable");
    assertEquals(verdictOf(stopped, ...reads(undefined, undefined, 1)), "linearizable");
    assertEquals(verdictOf(stopped, ...reads(undefined, 1, undefined)), "violated");
    assertEquals(verdictOf(op(2, 0, 9, "get", "k", "→", 1), stopped), "violated");
    assertEquals(verdictOf(op(2, 0, 10, "get", "k", "→", 1), stopped), "linearizable");
  });

  it("treats calls with equal times as overlapping, except those of one client", () => {
    assertEquals(verdictOf(op(1, 0, 1, "set", "k", 1), op(2, 1, 2, "get", "k", "→", undefined)), "linearizable");
    assertEquals(verdictOf(op(1, 0, 1, "set", "k", 1), op(1, 1, 2, "get", "k", "→", undefined)), "violated");
    assertEquals(verdictOf(op(1, 5, 5, "set", "k", 1), op(1, 5, 5, "get", "k", "→", undefined)), "violated");
    assertEquals(verdictOf(op(1, 5, 5, "get", "k", "→", undefined), op(1, 5, 5, "set", "k", 1)), "linearizable");
  });

  it("checks each key by itself, and shows the violation of each, the smallest first", () => {
    const { verdict, violations } = checkLinearizable([
      op(1, 0, 1, "set", "a", 1),
      op(1, 2, 3, "get", "b", "→", undefined),
      op(1, 4, 5, "get", "a", "→", undefined),
      op(2, 0, 1, "get", "c", "→", undefined),
      op(2, 2, 3, "get", "c", "→", undefined),
      op(2, 4, 5, "get", "c", "→", "torn"),
    ], mapModel());
    assertEquals(verdict, "violated");
    assertEquals(violations.map(({ part, operations }) => [part, operations.length]), [["c", 1], ["a", 2]]);
  });

  it("distinguishes unreturned calls with -0 and 0", () => {
    const stopped = [op(1, 0, undefined, "set", "k", 0), op(2, 1, undefined, "set", "k", -0)];
    for (const [first, second] of [[0, -0], [-0, 0]]) {
      const reads = [op(3, 2, 3, "get", "k", "→", first), op(3, 4, 5, "get", "k", "→", second)];
      assertEquals(verdictOf(...stopped, ...reads), "linearizable");
    }
  });

  it("rules out an order quickly if the same call was made many times and never returned", () => {
    const stopped = Array.from({ length: 60 }, (_, at) => op(at, at, undefined, "add", "k", 2));
    const sums = [10, 20, 80].map((sum, at) => op(100, 100 + 2 * at, 101 + 2 * at, "get", "k", "→", sum));
    assertEquals(verdictOf(...stopped, ...sums), "linearizable");
    assertEquals(verdictOf(...stopped, ...sums, op(100, 200, 201, "get", "k", "→", 81)), "violated");
  });

  it("handles thousands of calls of many clients that never returned", () => {
    const history: Operation[] = [];
    for (let at = 0; at < 1_000; at++) {
      history.push(op(at, 10 * at, undefined, at % 2 === 0 ? "set" : "add", "k", at));
      history.push(op(-1, 10 * at + 1, 10 * at + 2, "get", "k", "→", at < 2 ? undefined : at - at % 2));
    }
    assertEquals(verdictOf(...history), "linearizable");
  });
});

describe("checkLinearizable()", () => {
  /** Many additions of even numbers that never returned, and an odd sum: ruling out all orders takes long. */
  const hard = (key: string) => [
    ...Array.from({ length: 30 }, (_, at) => op(at, 0, undefined, "add", key, 2 ** (at + 1))),
    op(99, 70, 71, "get", key, "→", 1),
  ];
  const apart = (history: Operation[], from: number) =>
    history.map((operation) => ({ ...operation, client: Number(operation.client) + from }));

  it("says unknown when the bound is reached, and for which keys", () => {
    const { verdict, violations, undecided } = checkLinearizable(hard("k"), mapModel(), { maxSteps: 10_000 });
    assertEquals([verdict, violations, undecided], ["unknown", [], ["k"]]);
  });

  it("still decides the other keys", () => {
    const reads = Array.from({ length: 200 }, (_, at) => op(901, 2 * at, 2 * at + 1, "get", "x", "→", undefined));
    const bad = [...reads, op(900, 500, 501, "get", "x", "→", 2)];
    const history = [...hard("k"), ...apart(hard("l"), 1_000), ...bad];
    const { verdict, violations, undecided } = checkLinearizable(history, mapModel(), { maxSteps: 10_000 });
    assertEquals([verdict, violations.map(({ part }) => part), undecided], ["violated", ["x"], ["k", "l"]]);
  });

  it("decides many easy keys before a hard one gets what is left", () => {
    const history = Array.from({ length: 200 }, (_, at) => [
      op(2 * at, at, at + 0.5, "set", `k${at}`, at),
      op(2 * at + 1, at, at + 0.5, "get", `k${at}`, "→", at % 2 === 0 ? at : "torn"),
    ]).flat();
    const found = checkLinearizable([...apart(hard("k"), 1_000), ...history], mapModel(), { maxSteps: 20_000 });
    assertEquals([found.violations.length, found.undecided], [100, ["k"]]);
  });

  it("accepts a model of your own, such as one of a whole map with its size", () => {
    type Entries = Readonly<Record<string, number>>;
    const wholeMap: Model<Entries> = {
      initial: {},
      stateKey: (entries) => JSON.stringify(Object.entries(entries).sort()),
      operations: {
        set: (entries, key: string, value: number) => ({ state: { ...entries, [key]: value } }),
        clear: () => ({ state: {} }),
        size: (entries) => ({ state: entries, result: Object.keys(entries).length }),
      },
    };
    const writes = [op(1, 0, 9, "set", "a", 1), op(2, 1, 8, "set", "b", 1), op(3, 2, 7, "clear")];
    const after = (size: number) => checkLinearizable([...writes, op(1, 20, 21, "size", "→", size)], wholeMap);
    assertEquals([0, 1, 2].map((size) => after(size).verdict), ["linearizable", "linearizable", "linearizable"]);
    assertEquals(
      after(3).violations[0]?.timeline,
      "No order explains this 1 of 4 operations, whatever came before.\nclient 1  ├ size() → 3 ┤",
    );
  });

  it("compares recorded results with the model's by the model's equality", () => {
    const model = (equals?: (a: unknown, b: unknown) => boolean): Model<number> => ({
      initial: 0.1 + 0.2,
      equals,
      operations: { read: (state) => ({ state, result: { state } }) },
    });
    const read = (result: unknown) => [op(1, 0, 1, "read", "→", result)];
    assertEquals(checkLinearizable(read({ state: 0.1 + 0.2 }), model()).verdict, "linearizable");
    assertEquals(checkLinearizable(read({ state: 0.3 }), model()).verdict, "violated");
    assertEquals(checkLinearizable(read({ state: 0.3 }), model(() => true)).verdict, "linearizable");
  });

  it("distinguishes the states -0 and 0", () => {
    const history = [
      op(1, 0, 9, "set", "k", 0),
      op(2, 0, 9, "set", "k", -0),
      op(3, 10, 11, "get", "k", "→", -0),
      op(3, 12, 13, "get", "k", "→", -0),
    ];
    assertEquals(verdictOf(...history), "linearizable");
    assertEquals(verdictOf(...history, op(3, 14, 15, "get", "k", "→", 0)), "violated");
  });

  it("refuses a model without operations", () => {
    for (const model of [undefined, null, {}, { operations: null }]) {
      assertThrows(
        () => checkLinearizable([], model as unknown as Model<unknown>),
        TypeError,
        "model must have operations",
      );
    }
  });
});

/** Lets clients call a map in an order that fast-check chooses, and returns their history. */
async function recorded(
  scheduler: fc.Scheduler,
  makeMap: new (pause: Pause) => SteppedMap,
  clients: readonly (readonly Called[])[],
): Promise<Operation[]> {
  const map = new makeMap(() => scheduler.schedule(Promise.resolve()));
  const history: Operation[] = [];
  let time = 0;
  await scheduler.waitFor(Promise.all(clients.map(async (calls, client) => {
    for (const [name, ...args] of calls) {
      const call = { client, name, args, calledAt: time++ };
      const at = history.push(call) - 1;
      const result = await (map[name] as (...args: unknown[]) => Promise<unknown>).apply(map, args);
      history[at] = { ...call, result, returnedAt: time++ };
    }
  })));
  return history;
}

type Called = readonly [name: "get" | "set" | "delete" | "add" | "compareAndSet", ...args: unknown[]];

const key = fc.constant("x");
const text = fc.constantFrom("aa", "bb");
const CALLS = {
  get: fc.tuple(fc.constant("get"), key),
  set: fc.tuple(fc.constant("set"), key, text),
  delete: fc.tuple(fc.constant("delete"), key),
  add: fc.tuple(fc.constant("add"), key, fc.constantFrom(1, 10)),
  compareAndSet: fc.tuple(fc.constant("compareAndSet"), key, text, text),
};

/** The property that the clients' history is linearizable in whatever order they take turns. */
function isLinearizable(
  makeMap: new (pause: Pause) => SteppedMap,
  names: readonly (keyof typeof CALLS)[],
  onViolation: (found: Linearizability) => void = () => {},
) {
  const call = fc.oneof(...names.map((name) => CALLS[name])) as fc.Arbitrary<Called>;
  const clients = fc.array(fc.array(call, { minLength: 2, maxLength: 5, size: "max" }), { minLength: 3, maxLength: 3 });
  return fc.asyncProperty(fc.scheduler(), clients, async (scheduler, clients) => {
    const found = checkLinearizable(await recorded(scheduler, makeMap, clients), mapModel());
    if (found.verdict === "violated") onViolation(found);
    return found.verdict === "linearizable";
  });
}

describe("checkLinearizable() of the history of async clients", () => {
  it("accepts a map whose operations each take effect in one step", async () => {
    await fc.assert(isLinearizable(SteppedMap, ["get", "set", "delete", "compareAndSet"]), { numRuns: 150 });
    await fc.assert(isLinearizable(SteppedMap, ["get", "delete", "add"]), { numRuns: 150 });
  });

  const broken: [string, new (pause: Pause) => SteppedMap, (keyof typeof CALLS)[], number][] = [
    ["a lost update", LostUpdateMap, ["add"], 2],
    ["a stale read", StaleReadMap, ["get", "set"], 2],
    ["a torn value", TornValueMap, ["get", "set"], 1],
    ["a resurrected key", ResurrectedKeyMap, ["get", "set", "delete", "compareAndSet"], 4],
  ];
  for (const [fault, makeMap, names, most] of broken) {
    it(`catches ${fault}, and shows only the operations needed to see it`, async () => {
      let last: Linearizability | undefined;
      const property = isLinearizable(makeMap, names, (found) => last = found);
      const { failed } = await fc.check(property, { numRuns: 5_000 });
      assert(failed, "it was found");
      const operations = last?.violations[0]?.operations ?? [];
      assert(operations.length > 0 && operations.length <= most, last?.violations[0]?.timeline);
    });
  }
});
