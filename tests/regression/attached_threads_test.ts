/** Each object that used a `SharedMap` kept 2.4 KB of its memory for good: a map of 1 MiB was full after 420 threads. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CapacityError, SharedMap } from "@twinmap/twinmap/shared";
import { WasmMap } from "@twinmap/twinmap/wasm";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { blocksOf } from "../../tools/soak/blocks.ts";

const attached = <V>(map: SharedMap<string, V>): SharedMap<string, V> => SharedMap.attach(map.handle);

/** How many entries a map takes. */
function room(map: SharedMap<string, number>): number {
  let count = 0;
  assertThrows(() => {
    for (;; count++) map.set(`filler ${count}`, count);
  }, CapacityError);
  for (let at = 0; at < count; at++) map.delete(`filler ${at}`);
  return count;
}

describe("A SharedMap", () => {
  it("has as much room after 2,000 objects that wrote to it, closed or not, as before", () => {
    const map = SharedMap.create<string, number>({ maxBytes: 2 ** 17 });
    map.set("hits", 0);
    const before = room(map);
    for (let at = 0; at < 2_000; at++) {
      const other = attached(map);
      other.add("hits", 1);
      other.set("a key that takes more than one block, since it is long".repeat(3), at);
      if (at % 2 === 0) other.close();
    }
    assertEquals([map.get("hits"), map.size, blocksOf(map.handle).lost], [2_000, 2, 0]);
    map.delete("a key that takes more than one block, since it is long".repeat(3));
    assertEquals(room(map), before);
  });

  it("can be read by any number of objects while it is full", () => {
    const map = SharedMap.create<string, number>({ maxBytes: 2 ** 16 });
    const long = "k".repeat(600);
    map.set(long, 1);
    assertThrows(() => {
      for (let at = 0;; at++) map.set(`${at}`, at);
    }, CapacityError);
    for (let at = 0; at < 300; at++) {
      const other = attached(map);
      const read = [other.get(long), other.get("0"), other.has(`${long}?`), other.get("x".repeat(100_000))];
      assertEquals(read, [1, 0, false, undefined]);
    }
    assertEquals(blocksOf(map.handle).lost, 0);
  });

  it("loses nothing with workers that end in order, or are terminated between two operations", async () => {
    const map = SharedMap.create<string, number>({ maxBytes: 2 ** 16 });
    const module = new URL("../../src/shared/shared_map.ts", import.meta.url).href;
    for (let at = 0; at < 4; at++) {
      const source = `
        import { parentPort, workerData } from "node:worker_threads";
        const { SharedMap } = await import(workerData.module);
        const map = SharedMap.attach(workerData.handle);
        for (let at = 0; at < 200; at++) map.set("key " + at, at);
        for (let at = 0; at < 200; at++) map.delete("key " + at);
        map.add("hits", 1);
        parentPort.postMessage("done");
        if (workerData.stays) setInterval(() => {}, 1_000);`;
      const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
      const worker = new Worker(url, { workerData: { module, handle: map.handle, stays: at % 2 === 0 } });
      const exit = once(worker, "exit");
      await once(worker, "message");
      if (at % 2 === 0) await worker.terminate();
      await exit;
    }
    assertEquals([map.get("hits"), map.size, blocksOf(map.handle).lost], [4, 1, 0]);
  });

  it("refuses every use after it was closed, and lives on in other objects", () => {
    const map = SharedMap.create<string, number>({ maxBytes: 2 ** 16 });
    const other = attached(map);
    map.set("a", 1);
    assertEquals(map.get("a"), 1);
    map.close();
    map.close();
    const uses = [
      () => map.get("a"),
      () => map.get(1 as never),
      () => map.has("a"),
      () => map.set("a", 1),
      () => map.add("a", 1),
      () => map.delete("a"),
      () => map.clear(),
      () => map.size,
      () => [...map],
      () => map.update("a", () => 1),
      () => map.getOrInsertComputed("b", () => 1),
    ];
    for (const use of uses) assertThrows(use, Error, "Cannot use SharedMap: it is closed");
    assertEquals([other.get("a"), other.size, attached(map).get("a")], [1, 1, 1]);
  });

  it("is closed at the end of a block with `using`, as a WasmMap is", () => {
    let [shared, own]: [SharedMap<string, number>?, WasmMap<string, number>?] = [];
    {
      using map = SharedMap.create<string, number>({ maxBytes: 2 ** 16 });
      using wasm = new WasmMap<string, number>({ maxBytes: 2 ** 16 });
      [shared, own] = [map, wasm];
    }
    assertThrows(() => shared.get("a"), Error, "Cannot use SharedMap: it is closed");
    assertThrows(() => own.get("a"), Error, "Cannot use WasmMap: it is closed");
  });
});
