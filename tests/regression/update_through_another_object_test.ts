/** `SharedMap.update` never ended if its function wrote to the key, or to its slot, through another object of the same thread. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SharedMap } from "@twinmap/twinmap/shared";

type Numbers = SharedMap<string, number>;

/** A function that is called so often is taken to be called for ever. */
const MANY = 10_000;

/** Lets `update` call a function that writes through another object, and returns how often it was called. */
function updated(map: Numbers, other: Numbers, write: (other: Numbers, call: number) => unknown): number {
  let calls = 0;
  const result = map.update("a", () => {
    if (++calls > MANY) throw new RangeError("It goes on for ever");
    write(other, calls);
    return -1;
  });
  assertEquals([result, map.get("a")], [-1, -1]);
  return calls;
}

function objectsOf(map: Numbers): Numbers[] {
  return [map.handle, structuredClone(map.handle)].map((handle) => SharedMap.attach(handle));
}

const WRITES: Record<string, (other: Numbers) => unknown> = {
  "sets the key to one value": (other) => other.set("a", 5),
  "sets and deletes the key": (other) => other.set("a", 5).delete("a"),
  "clears the map": (other) => other.clear(),
  "updates the key to one value": (other) => other.update("a", () => 5),
  "writes other keys": (other) => {
    for (let at = 0; at < 40; at++) other.set(`${at}`, at);
  },
};

for (const [name, write] of Object.entries(WRITES)) {
  describe(`SharedMap.update, whose function ${name} through another object,`, () => {
    it("calls it until the key stays the same, and takes effect", () => {
      const map: Numbers = SharedMap.create({ maxBytes: 2 ** 16 });
      for (const other of objectsOf(map)) assertEquals(updated(map, other, write) <= 3, true);
    });
  });
}

describe("SharedMap.update, whose function changes the key each time through another object,", () => {
  it("throws an error that says so, and writes nothing itself", () => {
    const map: Numbers = SharedMap.create({ maxBytes: 2 ** 16 });
    const message = "Cannot update SharedMap: the function changes the key through another object of the map each time";
    for (const other of objectsOf(map)) {
      let last = 0;
      assertThrows(() => updated(map, other, (other, call) => other.set("a", last = call)), Error, message);
      assertEquals(map.get("a"), last);
    }
  });
});
