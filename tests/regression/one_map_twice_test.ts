/** The same `Map`, adopted twice, was accepted as both sides: a backfill then copied each key behind itself, without end. */
import { assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, ForwardingMap, hotKeys, NativeMap, twin } from "@twinmap/twinmap";

const WRAPPINGS: ((map: Map<string, number>) => ConcurrentMap<string, number> | Map<string, number>)[] = [
  (map) => map,
  (map) => NativeMap.adopt(map),
  (map) => hotKeys(map),
  (map) => new ForwardingMap(NativeMap.adopt(map)),
];

describe("twin()", () => {
  it("refuses the same map twice, however it is wrapped", () => {
    for (const wrappedOld of WRAPPINGS) {
      for (const wrappedNew of WRAPPINGS) {
        const map = new Map<string, number>();
        const message = "Cannot create a twin: old and new must be two maps: received one twice";
        assertThrows(() => twin(wrappedOld(map), wrappedNew(map)), TypeError, message);
        twin(wrappedOld(map), wrappedNew(new Map()));
      }
    }
  });
});
