/** Threads stop within a write: `put`, which writes the entry that they have in hand, is replaced in their workers. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { CapacityError, SharedMap } from "@twinmap/twinmap/shared";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { OWED_AT } from "../../../src/shared/layout.ts";
import { blocksOf } from "../../../tools/soak/blocks.ts";

type Map = SharedMap<string, string>;

const module = new URL("../../../src/shared/shared_map.ts", import.meta.url).href;
const LONG = "long".repeat(500);

const source = `
  import { parentPort, workerData } from "node:worker_threads";
  let isStopping = true;
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports) {
    const { exports } = new Instance(module, imports);
    const put = () => {
      if (isStopping) throw new Error("stopped");
      return exports.put();
    };
    return { exports: { ...exports, put } };
  };
  const { SharedMap } = await import(workerData.module);
  const map = SharedMap.attach(workerData.handle);
  const write = () => map.set(workerData.key, workerData.value);
  try {
    write();
  } catch (error) {
    if (error.message !== "stopped") throw error;
  }
  parentPort.postMessage("stopped");
  if (workerData.goesOn) {
    parentPort.once("message", () => {
      isStopping = false;
      write();
      parentPort.postMessage("written");
    });
  }`;

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

/** A worker that has stopped within a write. */
async function stopped(map: Map, key: string, value: string, goesOn: boolean): Promise<Worker> {
  const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const worker = new Worker(url, { workerData: { module, handle: map.handle, key, value, goesOn } });
  workers.push(worker);
  const exit = once(worker, "exit");
  await once(worker, "message");
  if (!goesOn) await exit;
  return worker;
}

/** Sets as many keys as there is room for, and returns how many. */
function fill(map: Map): number {
  let count = 0;
  assertThrows(() => {
    for (;; count++) map.set(`${count}`, "a");
  }, CapacityError);
  return count;
}

/** Waits until a condition holds: an engine may take a while to end a thread. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const create = (): Map => SharedMap.create({ maxBytes: 2 ** 17 });
const lostBy = (map: Map) => blocksOf(map.handle).lost;

describe("What a thread held that ended within a write", () => {
  it("is freed by clear()", async () => {
    const map = create();
    const room = fill(map);
    map.clear();
    for (let thread = 0; thread < 3; thread++) await stopped(map, `key ${thread}`, LONG, false);
    assert(lostBy(map) > 3 * 30);
    map.set("a", "b");
    await until(() => {
      map.clear();
      return lostBy(map) === 0;
    });
    assertEquals([map.size, fill(map)], [0, room]);
  });

  it("is freed for a write that finds no other memory, and nothing else is changed", async () => {
    const map = create();
    const room = fill(map);
    for (let key = 100; key < room; key++) map.delete(`${key}`);
    await stopped(map, "key", LONG, false);
    const lost = lostBy(map);
    assert(lost > 30);
    await until(() => fill(map) === room);
    assertEquals([map.size, map.get("0"), map.get(`${room - 1}`), lostBy(map)], [room, "a", "a", 0]);
  });

  it("goes back to the reserve if it was borrowed, even if it counted more than it took", async () => {
    const map = create();
    map.set("long", LONG);
    const room = fill(map);
    await stopped(map, "long", LONG.toUpperCase(), false);
    Atomics.add(new Int32Array(map.handle.memory.buffer), OWED_AT, 10);
    assert(lostBy(map) > 30);
    await until(() => {
      assertThrows(() => map.set("one more", "a"), CapacityError);
      return lostBy(map) === 0;
    });
    for (let key = 0; key < room; key++) map.set(`${key}`, "b");
    map.set("long", LONG.toUpperCase());
    assertEquals([map.size, map.get("long"), map.get("0")], [room + 1, LONG.toUpperCase(), "b"]);
    map.clear();
    map.set("long", LONG);
    assertEquals(fill(map), room);
  });

  it("is kept while the thread lives, which can go on with another write", async () => {
    const map = create();
    const worker = await stopped(map, "key", LONG, true);
    const lost = lostBy(map);
    assert(lost > 30);
    fill(map);
    map.clear();
    await stopped(map, "other", LONG, false);
    for (let time = 0; time < 20; time++) {
      fill(map);
      map.clear();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assertEquals(lostBy(map), 2 * lost);
    worker.postMessage("go on");
    await once(worker, "message");
    await until(() => {
      map.set("a", "b");
      assertEquals(map.get("key"), LONG);
      fill(map);
      for (const key of map.keys()) if (key !== "key") map.delete(key);
      return lostBy(map) === 0;
    });
    assertEquals([...map], [["key", LONG]]);
  });
});
