import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, lift, NativeMap, StoreError } from "@twinmap/twinmap";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RedisMap } from "../../../src/stores/redis.ts";
import type { CommandIo } from "../../../verify/cli/command_io.ts";
import { InputError } from "../../../verify/cli/input_error.ts";
import { ChangeTally, describeChanges, type MadeChanges } from "../../../verify/cli/made_changes.ts";
import type { OpenMap } from "../../../verify/cli/open_map.ts";
import { MapRepair } from "../../../verify/cli/repair.ts";
import { readUndoFile, UndoFile } from "../../../verify/cli/undo_file.ts";
import { Redactor } from "../../../verify/report/redaction.ts";
import { redisIsInstalled, startRedis } from "../../servers/redis.ts";
import { CLIENTS } from "../../servers/redis_clients.ts";
import { type Ended, run, type Surroundings } from "./command.ts";

let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "twinmap-"))));
afterAll(() => rm(folder, { recursive: true }));

type Values = ConcurrentMap<string, number>;

function opened(map: Values): OpenMap {
  return {
    name: "NativeMap",
    map: lift(map) as OpenMap["map"],
    isSynchronous: true,
    exists: true,
    codec: undefined,
    [Symbol.asyncDispose]: async () => {},
  };
}

interface Rig {
  readonly oldMap: NativeMap<string, number>;
  readonly newMap: NativeMap<string, number>;
  readonly interrupt: AbortController;
  readonly said: string[];
  /** Repairs the keys that differ. */
  readonly repair: (undo?: UndoFile) => Promise<MadeChanges>;
}

function rig(): Rig {
  const oldMap = new NativeMap([["same", 1], ["value", 2], ["missing", 3]]);
  const newMap = new NativeMap([["same", 1], ["value", 20], ["extra", 4]]);
  const interrupt = new AbortController();
  const said: string[] = [];
  const io = { signal: interrupt.signal, writeError: (text: string) => void said.push(text) } as unknown as CommandIo;
  return {
    oldMap,
    newMap,
    interrupt,
    said,
    repair: (undo) => {
      const repair = new MapRepair(opened(oldMap), opened(newMap));
      for (const kind of ["value", "missing", "extra"] as const) repair.add({ kind, key: kind });
      const tally = new ChangeTally(io, 2);
      return tally.run(() => repair.run(tally, undo, new Redactor({ reveal: true })));
    },
  };
}

describe("MapRepair", () => {
  it("makes the new map what the old one is, and lists the first changes", async () => {
    const { oldMap, newMap, repair } = rig();
    assertEquals(await repair(), {
      changed: 3,
      equal: 0,
      written: 0,
      failed: 0,
      listed: [
        { key: '"value"', before: "20", after: "2" },
        { key: '"missing"', before: "absent", after: "3" },
      ],
    });
    assertEquals([...newMap].sort(), [...oldMap].sort());
    assertEquals((await repair()).equal, 3);
  });

  it("asks what it is to do", () => {
    const repair = new MapRepair(opened(new NativeMap()), opened(new NativeMap()));
    repair.add({ kind: "extra", key: "a" });
    assertEquals(repair.question("OLD", "NEW"), "Delete 1 key that only NEW has?");
    repair.add({ kind: "missing", key: "b" });
    repair.add({ kind: "value", key: "c" });
    repair.add({ kind: "inconclusive", key: "d" });
    assertEquals(repair.question("OLD", "NEW"), "Copy 2 keys from OLD to NEW, and delete 1 key that only NEW has?");
    assertEquals(repair.size, 3);
  });

  it("deletes nothing in a map that is shared more widely", () => {
    const shared = new NativeMap<string, number>();
    Object.defineProperty(shared, "traits", { value: { ...shared.traits, scope: "store" } });
    const repair = new MapRepair(opened(new NativeMap()), opened(shared));
    repair.add({ kind: "extra", key: "a" });
    assertEquals([repair.size, repair.left], [0, 1]);
  });

  it("leaves a key alone that is written meanwhile", async () => {
    const { newMap, repair } = rig();
    newMap.compareAndSet = (key, expected, value) => {
      newMap.set(key, 21);
      return NativeMap.prototype.compareAndSet.call(newMap, key, expected, value);
    };
    const { changed, written } = await repair();
    assertEquals([changed, written, newMap.get("value")], [2, 1, 21]);
  });

  it("copies again what the old map has by then", async () => {
    const { oldMap, newMap, repair } = rig();
    newMap.compareAndSet = (key, expected, value) => {
      oldMap.set(key, 22);
      return NativeMap.prototype.compareAndSet.call(newMap, key, expected, value);
    };
    newMap.set = (key, value) => {
      if (value === 22) oldMap.set(key, 23);
      return NativeMap.prototype.set.call(newMap, key, value) as typeof newMap;
    };
    await repair();
    assertEquals(newMap.get("value"), 23);
  });

  it("goes on after a key that cannot be changed, and says why the first one could not", async () => {
    const { newMap, repair } = rig();
    newMap.compareAndSet = () => {
      throw new TypeError("too odd\nfor this map");
    };
    const made = await repair();
    assertEquals([made.changed, made.failed, made.reason], [2, 1, "too odd"]);
    assertStringIncludes(describeChanges(made), "1 key failed: too odd");
  });

  it("ends if a store fails, or the undo file", async () => {
    const { newMap, repair, said } = rig();
    newMap.compareAndSet = () => {
      throw new StoreError("it is away", {
        store: "RedisMap",
        operation: "compareAndSet",
        outcome: "not applied",
        retryable: true,
      });
    };
    await assertRejects(() => repair(), InputError, "Cannot change the map: Cannot complete ");
    assertEquals(said, ["twinmap: ended early, with 2 keys changed\n"]);
    const failing = {
      add: () => {
        throw new InputError("Cannot write the undo file: disk full");
      },
    } as unknown as UndoFile;
    const other = rig();
    const before = [...other.newMap];
    await assertRejects(() => other.repair(failing), InputError, "disk full");
    assertEquals([...other.newMap], before);
  });

  it("records each change before it is made", async () => {
    const { newMap, repair } = rig();
    const path = join(folder, "before.undo");
    using undo = new UndoFile(path, "NEW", undefined);
    const unrecorded: string[] = [];
    const check = (key: string) => {
      if (!readFileSync(path, "utf8").includes(JSON.stringify(key))) unrecorded.push(key);
    };
    for (const method of ["compareAndSet", "compareAndDelete", "set"] as const) {
      const own = newMap[method] as (...args: unknown[]) => unknown;
      Object.assign(newMap, { [method]: (...args: unknown[]) => (check(args[0] as string), own.apply(newMap, args)) });
    }
    assertEquals((await repair(undo)).changed, 3);
    assertEquals(unrecorded, []);
    const changes = await Array.fromAsync(readUndoFile(path, "NEW", undefined));
    assertEquals(changes.map(({ key, before }) => [key, before?.value]), [
      ["value", 20],
      ["missing", undefined],
      ["extra", 4],
    ]);
  });

  it("ends between two keys if it is interrupted, and every change is recorded", async () => {
    const keys = Array.from({ length: 1_000 }, (_, at) => `key ${at}`);
    const { oldMap, newMap, interrupt, repair, said } = rig();
    const path = join(folder, "interrupted.undo");
    newMap.set = (key, value) => {
      if (newMap.size > 50) interrupt.abort(new Error("Ctrl-C"));
      return NativeMap.prototype.set.call(newMap, key, value) as typeof newMap;
    };
    const io = { signal: interrupt.signal, writeError: (text: string) => void said.push(text) } as unknown as CommandIo;
    for (const key of keys) oldMap.set(key, 7);
    const many = new MapRepair(opened(oldMap), opened(newMap));
    for (const key of keys) many.add({ kind: "missing", key });
    const tally = new ChangeTally(io, 2);
    {
      using undo = new UndoFile(path, "NEW", undefined);
      await assertRejects(
        () => tally.run(() => many.run(tally, undo, new Redactor({ reveal: true }))),
        Error,
        "Ctrl-C",
      );
    }
    const copied = keys.filter((key) => newMap.has(key));
    assertEquals(copied.length > 0 && copied.length < 100, true);
    assertEquals(copied.every((key) => newMap.get(key) === 7), true);
    const changes = await Array.fromAsync(readUndoFile(path, "NEW", undefined));
    assertEquals(copied.filter((key) => !changes.some((change) => change.key === key)), []);
    assertEquals(said, [`twinmap: ended early, with ${copied.length} keys changed\n`]);
    await assertRejects(() => repair(), Error, "Ctrl-C");
  });
});

/** The address of a table with some entries, each with its time to live. */
function table(name: string, entries: readonly (readonly [string, unknown, number?])[]): string {
  const database = new DatabaseSync(join(folder, `${name}.db`));
  const map = new SqliteMap<string, unknown>(database, { table: "sessions", ttlMs: Infinity });
  for (const [key, value, ttlMs = Infinity] of entries) map.set(key, value, { ttlMs });
  database.close();
  return `sqlite:${join(folder, `${name}.db`)}#sessions`;
}

/** The entries of a table, and in how many minutes each expires. */
function entriesOf(name: string): [string, unknown, number][] {
  const database = new DatabaseSync(join(folder, `${name}.db`));
  const map = new SqliteMap<string, unknown>(database, { table: "sessions", ttlMs: Infinity });
  const minutes = (key: string) => Math.round((map.expiresAt(key)! - Date.now()) / 60_000);
  const entries = [...map].map(([key, value]) => [key, value, minutes(key)] as [string, unknown, number]);
  database.close();
  return entries.sort(([a], [b]) => a.localeCompare(b));
}

const OLD = [["same", 0], ["secret", { card: 1 }, 600_000], ["gone", "text", 1_200_000]] as const;
const NEW = [["same", 0], ["secret", { card: 2 }, 60_000], ["more", true, 3_600_000]] as const;

function diff(args: readonly string[], surroundings?: Surroundings): Promise<Ended> {
  return run(["diff", ...args], surroundings);
}

describe("twinmap diff --repair", () => {
  it("asks, repairs with the times to live, ends with 0, and undo takes it back", async () => {
    const [old, next] = [table("old", OLD), table("new", NEW.map(([key, value]) => [key, value] as const))];
    const before = entriesOf("new");
    const undo = join(folder, "repair.undo");
    const asked: string[] = [];
    const ask = (question: string) => Promise.resolve((asked.push(question), "yes"));
    const { code, out, error } = await diff([old, next, "--repair", "--undo", undo, "--values"], { ask });
    assertEquals([code, error], [0, ""]);
    assertEquals(asked, [`Copy 2 keys from ${old} to ${next}, and delete 1 key that only ${next} has? [y/N] `]);
    assertStringIncludes(out, "Read  digests of 10 entries; nothing was written yet\n");
    assertStringIncludes(out, `\n3 keys changed\nTo take that back: twinmap undo ${undo} ${next}\n\nchanged  `);
    assertStringIncludes(out, 'changed  "secret"  before {card: 2}  after {card: 1}\n');
    assertEquals(entriesOf("new"), entriesOf("old"));
    assertEquals((await diff([old, next])).code, 0);

    const no = await run(["undo", undo, next], { ask: () => Promise.resolve("") });
    assertEquals([no.code, no.out, entriesOf("new")], [1, "", entriesOf("old")]);
    const back = await run(["undo", undo, next, "--yes"]);
    assertEquals([back.code, back.error], [0, ""]);
    assertMatch(back.out, /^3 keys changed\n\nchanged {2}[0-9a-f]{12} {2}before /);
    assertEquals(entriesOf("new"), before);
    const again = await run(["undo", undo, next, "--yes", "--json"]);
    assertEquals(JSON.parse(again.out), { newMap: next, changed: 0, equal: 3, written: 0, failed: 0, listed: [] });
  });

  it("writes nothing if the answer is no", async () => {
    const [old, next] = [table("no old", OLD), table("no new", NEW)];
    const before = entriesOf("no new");
    const undo = join(folder, "no.undo");
    const ask = () => Promise.resolve("n");
    const { code, out } = await diff([old, next, "--repair", "--undo", undo], { ask });
    assertEquals([code, out.includes("changed"), existsSync(undo)], [1, false, false]);
    assertEquals(entriesOf("no new"), before);
  });

  it("leaves what only a map that is shared more widely has, and ends with 1", async () => {
    const next = table("shared", NEW);
    const old = join(folder, "old.mjs");
    await writeFile(old, 'export default new Map([["same", 0], ["secret", 1]]);\n');
    const { code, out, error } = await diff([old, next, "--repair", "--yes", "--json"], { isTerminal: true });
    assertMatch(error, /\r0 keys changed.\[K(\r[^\r]*.\[K)*\r.\[K$/);
    const { repair } = JSON.parse(out);
    assertEquals([code, repair.changed, repair.left, repair.lost], [1, 1, 1, 0]);
    assertEquals(entriesOf("shared").map(([key, value]) => [key, value]), [["more", true], ["same", 0], ["secret", 1]]);
  });

  it("refuses before it looks at the maps what it cannot do", async () => {
    const undo = join(folder, "there.undo");
    await writeFile(undo, "");
    for (
      const [args, reason] of [
        [["--repair"], "--repair needs --yes: there is no terminal on which to ask"],
        [["--yes"], "--yes needs --repair"],
        [["--undo", "x"], "--undo needs --repair"],
        [["--repair", "--yes", "--undo", undo], `Cannot write the undo file ${undo}: it exists`],
      ] as const
    ) {
      const { code, out, error } = await diff(["nowhere", "nowhere", ...args]);
      assertEquals([code, out], [2, ""]);
      assertStringIncludes(error, `twinmap: ${reason}\n`);
    }
  });
});

describe("twinmap undo", () => {
  it("leaves a key alone that was written since, and ends with 1", async () => {
    const next = table("since", [["a", 5], ["b", 2]]);
    const undo = join(folder, "since.undo");
    {
      using file = new UndoFile(undo, next, undefined);
      file.add({ key: "a", side: "new", before: { value: 1 }, after: { value: 2 } });
      file.add({ key: "b", side: "new", before: { value: 1 }, after: { value: 2 } });
    }
    const { code, out } = await run(["undo", undo, next, "--yes", "--values"]);
    assertEquals([code, out], [
      1,
      '1 key changed\n1 key left, since written to meanwhile\n\nchanged  "b"  before 2  after 1\n',
    ]);
    assertEquals(entriesOf("since").map(([, value]) => value), [5, 1]);
  });

  it("changes nothing if any line is wrong, or the file is of another map", async () => {
    const next = table("wrong", [["a", 2]]);
    const undo = join(folder, "wrong.undo");
    {
      using file = new UndoFile(undo, next, undefined);
      file.add({ key: "a", side: "new", before: { value: 1 }, after: { value: 2 } });
    }
    const other = table("other", [["a", 2]]);
    assertStringIncludes((await run(["undo", undo, other, "--yes"])).error, `Cannot take back ${undo} in ${other}: `);
    await writeFile(undo, `${readFileSync(undo, "utf8")}wrong\n`);
    const { code, error } = await run(["undo", undo, next, "--yes"]);
    assertEquals([code, error], [2, `twinmap: Cannot read ${undo}: line 3 is no change\n`]);
    assertEquals([entriesOf("wrong"), entriesOf("other")].flat().map(([, value]) => value), [2, 2]);
  });

  it("takes FILE and NEW, and asks", async () => {
    for (
      const [args, reason] of [
        [[], "FILE is missing"],
        [["a"], "NEW is missing"],
        [["a", "b", "c"], "there must be FILE and NEW alone: received 3 arguments"],
        [["a", "b", "--repair"], "--repair is no option of undo"],
        [["a", "b"], "undo needs --yes: there is no terminal on which to ask"],
      ] as const
    ) assertStringIncludes((await run(["undo", ...args])).error, `twinmap: ${reason}\n`);
  });
});

describe("twinmap diff --repair over a server (needs Redis)", { ignore: !redisIsInstalled }, () => {
  it("repairs and takes back, with times to live, and hides the password", async () => {
    await using server = await startRedis();
    await server.cli("CONFIG", "SET", "requirepass", "open sesame");
    const url = server.url.replace("//", "//:open%20sesame@");
    await using client = await CLIENTS.redis!(url);
    const map = new RedisMap<string, unknown>(client.client, { prefix: "sessions:" });
    for (const [key, value, ttlMs = Infinity] of NEW) await map.set(key, value, { ttlMs });
    const entries = async () => {
      const found = await Array.fromAsync(map);
      const minutes = async (key: string) => Math.round((await map.expiresAt(key) as number - Date.now()) / 60_000);
      return (await Promise.all(found.map(async ([key, value]) => [key, value, await minutes(key)] as const))).sort();
    };
    const before = await entries();
    const [old, next, undo] = [table("to redis", OLD), `${url}/sessions:`, join(folder, "redis.undo")];
    const { code, out, error } = await diff([old, next, "--repair", "--yes", "--undo", undo]);
    assertEquals([code, error], [0, ""]);
    assertEquals(await entries(), entriesOf("to redis").sort());
    assertEquals([out, readFileSync(undo, "utf8")].map((text) => text.includes("sesame")), [false, false]);
    assertEquals((await run(["undo", undo, next, "--yes"])).code, 0);
    assertEquals(await entries(), before);
  });
});
