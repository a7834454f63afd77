import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Codec, InvalidValueError } from "../../../src/stores/codec.ts";
import { Reading } from "../../../verify/doctor/reading.ts";
import { examined, partlyReadable, UNREADABLE } from "./examined.ts";

const never = new AbortController().signal;
/** So many entries, of which every tenth cannot be read. */
const tenths = (length: number) =>
  new Map(Array.from({ length }, (_, at) => [at, at % 10 === 7 ? UNREADABLE : -at] as const));

async function read(entries: ReadonlyMap<unknown, unknown>, reveal = false, name?: string) {
  const codec = { name } as Codec<unknown>;
  const reading = new Reading("new", examined(partlyReadable(entries), { codec }), reveal);
  let visited: unknown[] = [];
  await reading.run(() => {
    visited = [];
    return (key, value) => visited.push([key, value]);
  }, never);
  return { reading, visited };
}

describe("Reading", () => {
  it("reads each entry once, also beyond values that cannot be decoded", async () => {
    const entries = tenths(1_234);
    const { reading, visited } = await read(entries);
    assertEquals(reading.entries, 1_234);
    assertEquals(visited, [...entries].filter(([, value]) => value !== UNREADABLE));
    const [found, ...others] = reading.findings();
    assertEquals([found?.text, found?.check, found?.level, found?.examples, others], [
      "123 of 1,234 values of the new map cannot be read with its codec.",
      "values",
      "problem",
      [],
      [],
    ]);
  });

  it("finds nothing if all values can be decoded", async () => {
    const { reading } = await read(new Map([[1, 1], [2, 2]]));
    assertEquals([reading.entries, reading.findings()], [2, []]);
  });

  it("names the codec, and some of the keys if they may be shown", async () => {
    const { reading } = await read(tenths(100), true, "json");
    const [found] = reading.findings();
    assertEquals(found?.text, "10 of 100 values of the new map cannot be read with its codec json.");
    assertEquals(found?.examples, ["7", "17", "27"]);
  });

  it("takes what is removed meanwhile for absent", async () => {
    const entries = new Map<unknown, unknown>([[1, 1], [2, UNREADABLE], [3, 3]]);
    const map = partlyReadable(entries);
    const { keys } = map;
    map.keys = async function* (options): AsyncGenerator<unknown, undefined> {
      yield* await Array.fromAsync(keys.call(map, options));
      entries.delete(3);
    };
    const reading = new Reading("old", examined(map), false);
    await reading.run(() => () => {}, never);
    assertEquals([reading.entries, reading.findings()[0]?.text.slice(0, 6)], [2, "1 of 2"]);
  });

  it("throws the error of a key that cannot be decoded", async () => {
    const map = partlyReadable(tenths(10));
    map.keys = async function* (): AsyncGenerator<unknown, undefined> {
      yield 1;
      throw new InvalidValueError("S", 2, "", "it is no key");
    };
    const reading = new Reading("old", examined(map), false);
    await assertRejects(() => reading.run(() => () => {}, never), InvalidValueError, "it is no key");
  });
});
