/**
 * The same `Map`, adopted twice, was accepted as both sides: a backfill then copied each key behind itself, without end. So
 * was the same `SharedMap`, attached twice: each deletion was a diff. And so was a map next to a twin of it.
 */
import { assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, ForwardingMap, hotKeys, NativeMap, twin } from "@twinmap/twinmap";
import { SharedMap } from "@twinmap/twinmap/shared";

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

  it("refuses a SharedMap twice, through two objects", () => {
    const map = SharedMap.create<string, number>({ maxBytes: 2 ** 20 });
    const attached = SharedMap.attach<string, number>(map.handle);
    for (const other of [attached, hotKeys(attached)]) {
      assertThrows(() => twin(map, other), TypeError, "old and new must be two maps: received one twice");
    }
    twin(map, SharedMap.create<string, number>({ maxBytes: 2 ** 20 }));
  });

  it("refuses a map that is a side of a twin which is the other side", () => {
    for (const wrapped of WRAPPINGS) {
      const [map, other] = [new Map<string, number>(), new Map<string, number>()];
      for (const inner of [twin(map, other), twin(other, map), hotKeys(twin(twin(other, map), new Map()))]) {
        const message = "Cannot create a twin: old and new must be two maps: received one twice";
        assertThrows(() => twin(wrapped(map), inner), TypeError, message);
        assertThrows(() => twin(inner, wrapped(map)), TypeError, message);
        assertThrows(() => twin(inner, twin(new Map(), wrapped(map))), TypeError, message);
        twin(inner, wrapped(new Map()));
      }
    }
  });
});
