import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, NativeMap, type ReportedDiff, twin, type TwinOptions } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { forced } from "../../move_to.ts";

const SECRET = "zqSecret";

class Owned extends Error {
  readonly key = SECRET;
}

/** What a side may hold or throw, with the secret in every place of it. */
const HELD: unknown[] = [
  SECRET,
  Symbol(SECRET),
  { [SECRET]: 1, [Symbol(SECRET)]: SECRET, a: [SECRET, { [SECRET]: SECRET }] },
  new Map<unknown, unknown>([[SECRET, SECRET], [{ [SECRET]: 1 }, 1]]),
  new Set([SECRET, Symbol(SECRET)]),
  new Error(SECRET, { cause: SECRET }),
  Object.assign(new Owned(SECRET), { name: SECRET }),
  new URL(`http://${SECRET}.test/${SECRET}`),
  new RegExp(SECRET),
  new TextEncoder().encode(SECRET),
  { [SECRET]: () => SECRET, toString: () => SECRET, toJSON: () => SECRET },
];
const KEYS: unknown[] = [SECRET, Symbol(SECRET), { [SECRET]: SECRET }, () => SECRET, Symbol.for(SECRET)];

/** A map that throws now and then, and tells all that it knows. */
class TellingMap extends NativeMap<unknown, unknown> {
  error: unknown;

  override set(key: unknown, value: unknown): this {
    if (this.error !== undefined) throw this.error;
    return super.set(key, value);
  }

  override get(key: unknown): unknown {
    if (this.error !== undefined) throw this.error;
    return super.get(key);
  }
}

/** Leads to diffs of every kind, with the secret in everything that differs, and tells what could be seen of them. */
async function seen(options: TwinOptions<unknown, unknown>): Promise<{ shown: string; kinds: Set<string> }> {
  const clock = new ManualClock();
  const [oldMap, newMap] = [new NativeMap<unknown, unknown>(), new TellingMap()];
  const told: ReportedDiff[] = [];
  const users = twin(oldMap as ConcurrentMap<unknown, unknown>, newMap, {
    clock,
    onDiff: (diff) => {
      told.push(diff);
      throw new Error(SECRET);
    },
    ...options,
  });
  users.stage("dualwrite");
  users.stage("shadow");
  for (const [at, held] of HELD.entries()) {
    for (const key of KEYS) {
      users.set(key, held);
      users.set([key], at);
      await clock.advance(200);
      newMap.delete(key);
      newMap.set(key, at % 2 === 0 ? { a: held } : held);
      newMap.set(KEYS, held);
      users.get(KEYS);
      users.get(key);
      await clock.advance(200);
      assertEquals([...users.keys()].length, oldMap.size);
      await clock.advance(200);
      users.getAndSet(key, SECRET);
      newMap.delete(key);
      users.get(key);
      await clock.advance(200);
      newMap.error = held;
      users.set(key, held);
      users.get(key);
      await clock.advance(200);
      newMap.error = undefined;
    }
  }
  await clock.until(users.settle());
  const report = users.report();
  const kinds = new Set(Object.entries(report.byKind).filter(([, count]) => count > 0).map(([kind]) => kind));
  return { shown: JSON.stringify([report, told]), kinds };
}

describe("DiffRecorder", () => {
  it("shows nothing of keys, values and errors, in diffs of any kind, in the report or to onDiff", async () => {
    const { shown, kinds } = await seen({});
    assertEquals(kinds, new Set(["missing", "extra", "value", "result", "error", "order"]));
    assert(!shown.includes(SECRET), shown.slice(Math.max(0, shown.indexOf(SECRET) - 200), shown.indexOf(SECRET) + 200));
  });

  it("shows them if it may", async () => {
    const { shown } = await seen({ reveal: true });
    for (const text of [`Symbol(${SECRET})`, `threw Error \\"${SECRET}\\"`, `.${SECRET}`]) {
      assert(shown.includes(text), text);
    }
  });

  it("shows whether a side did something, but no value that is a boolean", async () => {
    const clock = new ManualClock();
    class AnsweringMap extends NativeMap<string, boolean> {
      override delete(key: string): boolean {
        super.delete(key);
        return false;
      }
      override compareAndDelete(key: string): boolean {
        super.delete(key);
        return "a value" as unknown as boolean;
      }
      override getAndDelete(key: string): boolean {
        super.delete(key);
        return false;
      }
    }
    // Where the first map evicts, a write that it refuses is followed by a look at the values of the key.
    const oldMap = NativeMap.adopt(new Map<string, boolean>(), { traits: { evicts: true } });
    const newMap = new AnsweringMap();
    const users = twin(oldMap, newMap, { clock });
    users.stage("dualwrite");
    for (const key of ["a", "b", "c", "d"]) users.set(key, true);
    await clock.advance(200);
    users.delete("a");
    users.compareAndDelete("b", true);
    users.getAndDelete("c");
    newMap.set("d", false);
    users.compareAndSet("d", false, true);
    await clock.until(users.settle());
    const shown = users.report().recent.toReversed().map((diff) => [diff.kind, diff.operation, diff.old, diff.new]);
    assertEquals(shown, [
      ["result", "delete", "true", "false"],
      ["result", "compareAndDelete", "true", "string(7)"],
      ["result", "getAndDelete", "boolean", "boolean"],
      ["value", "compareAndSet", "boolean", "boolean"],
    ]);
  });

  it("shows long values from shortly before their first difference on", async () => {
    const text = (end: string) => `${"a".repeat(5_000)}${end}`;
    const numbers = (last: number) => [...new Array<number>(1_000).fill(0), last];
    const bytes = (last: number) => new Uint8Array(numbers(last));
    const pairs: [oldValue: unknown, newValue: unknown, oldText: string, newText: string][] = [
      [
        text("old"),
        text("new"),
        `from character 4960: "${"a".repeat(40)}old"`,
        `from character 4960: "${"a".repeat(40)}new"`,
      ],
      [
        text(""),
        text("new"),
        `from character 4960: "${"a".repeat(40)}"`,
        `from character 4960: "${"a".repeat(40)}new"`,
      ],
      [numbers(1), numbers(2), "from index 998: [0, 0, 1]", "from index 998: [0, 0, 2]"],
      [bytes(1), bytes(2), "from index 998: Uint8Array [0, 0, 1]", "from index 998: Uint8Array [0, 0, 2]"],
      [
        bytes(1).buffer,
        bytes(2).buffer,
        "from index 998: ArrayBuffer [0, 0, 1]",
        "from index 998: ArrayBuffer [0, 0, 2]",
      ],
      ["old", "new", '"old"', '"new"'],
    ];
    for (const [oldValue, newValue, oldText, newText] of pairs) {
      const clock = new ManualClock();
      const users = twin(new Map([["a", oldValue]]), new Map([["a", newValue]]), { clock, reveal: true });
      users.stage("dualwrite");
      users.stage("shadow");
      users.get("a");
      await clock.until(users.settle());
      const [diff] = users.report().recent;
      assertEquals([diff?.old, diff?.new], [oldText, newText]);
    }
  });

  it("shows the text around the first difference of a long text within a value", async () => {
    const clock = new ManualClock();
    const user = (last: string) => ({ name: "a".repeat(5_000) + last });
    const users = twin(new Map([["a", user("old")]]), new Map([["a", user("new")]]), { clock, reveal: true });
    users.stage("dualwrite");
    users.stage("shadow");
    users.get("a");
    await clock.until(users.settle());
    const [path] = users.report().recent[0]!.paths;
    const shown = (end: string) => `from character 4960: "${"a".repeat(40)}${end}"`;
    assertEquals(path, { path: ".name", old: shown("old"), new: shown("new") });
  });

  it("asks the owner's equals for values only, the old one first, whichever side answers", async () => {
    const clock = new ManualClock();
    const asked: string[] = [];
    const [oldMap, newMap] = [new Map<string, string>(), new Map<string, string>()];
    const users = twin(oldMap, newMap, {
      clock,
      equals: (oldValue, newValue) => {
        asked.push(`${oldValue}, ${newValue}`);
        return true;
      },
    });
    users.stage("dualwrite");
    users.stage("shadow");
    assertEquals(await clock.until(users.sweep()), true);
    for (const stage of ["live", "rampdown"] as const) {
      users.stage(stage, forced(stage));
      oldMap.set("a", "old");
      newMap.set("a", "new");
      assertEquals(users.getAndSet("a", "next"), "new");
      oldMap.set("a", "old");
      newMap.set("a", "new");
      users.delete("a");
    }
    await clock.until(users.settle());
    assertEquals([asked, users.report().diffs], [["old, new", "old, new"], 0]);
  });

  it("is inconclusive where equals throws, and counts that it did", async () => {
    const clock = new ManualClock();
    const equals = () => {
      throw new Error("mine");
    };
    const users = twin(new Map([["a", 1]]), new Map([["a", 2]]), { clock, equals });
    users.stage("dualwrite");
    users.stage("shadow");
    users.get("a");
    await clock.until(users.settle());
    const { diffs, inconclusive, hookErrors, due } = users.report();
    assertEquals([diffs, inconclusive, hookErrors, due], [0, 1, 1, 1]);
  });
});
