import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { HashTrieMap, NativeMap, ReadDirtyMap, ShardedMap } from "@twinmap/twinmap";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError } from "../../../verify/cli/input_error.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { makeMap, MAP_NAMES, openModule } from "../../../verify/cli/map_argument.ts";

let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "twinmap-"))));
afterAll(() => rm(folder, { recursive: true }));

async function module(name: string, code: string): Promise<string> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, code);
  return path;
}

async function refusalOf(argument: string): Promise<string> {
  return (await assertRejects(() => makeMap(argument), InputError)).message;
}

describe("makeMap()", () => {
  it("creates an empty map for each name", async () => {
    const made = await Promise.all(MAP_NAMES.map((name) => makeMap(name)));
    const classes = { native: NativeMap, sharded: ShardedMap, "read-dirty": ReadDirtyMap, "hash-trie": HashTrieMap };
    assertEquals(made.map((map) => map.constructor), MAP_NAMES.map((name) => classes[name as keyof typeof classes]));
    assertEquals([MAP_NAMES.length, ...made.map(({ size }) => size)], [4, 0, 0, 0, 0]);
  });

  it("creates a new map each time", async () => {
    assertEquals(await makeMap("native") === await makeMap("native"), false);
  });

  it("takes the map that the default export of a module returns or resolves to, by path or URL", async () => {
    const path = await module("mine", "export default async () => new Map([[1, 2]]);\n");
    for (const argument of [path, relative(".", path), pathToFileURL(path).href]) {
      const map = await makeMap(argument);
      assertInstanceOf(map, Map);
      assertEquals([...map], [[1, 2]]);
    }
  });

  it("prefers a name to a file, and does not take inherited property names for maps", async () => {
    const must =
      "it must be native, sharded, read-dirty, hash-trie, a store such as sqlite:FILE#TABLE, or a module: there is no such file";
    assertEquals(await refusalOf("constructor"), `Cannot create the map constructor: ${must}`);
    assertEquals(await refusalOf("./native"), `Cannot create the map ./native: ${must}`);
  });

  it("refuses a module whose default export is not a function", async () => {
    const codes = [["export default new Map();", "a Map"], ["export const map = 1;", "undefined"]] as const;
    for (const [at, [code, kind]] of codes.entries()) {
      const path = await module(`not_a_function_${at}`, `${code}\n`);
      assertEquals(
        await refusalOf(path),
        `Cannot create the map ${path}: its default export must be a function that returns a map: received ${kind}`,
      );
    }
  });

  it("refuses a module that throws, when imported or when it creates the map, and gives the error", async () => {
    const atOnce = await module("throws_at_once", 'throw new Error("no disk\\nat all");\n');
    assertEquals(
      await refusalOf(atOnce),
      `Cannot create the map ${atOnce}: its module cannot be imported: no disk`,
    );
    for (const [name, kind] of [["throws", ""], ["rejects", "async "]]) {
      const later = await module(`${name}_later`, `export default ${kind}() => { throw new Error("no disk"); };\n`);
      assertEquals(await refusalOf(later), `Cannot create the map ${later}: its default export threw: no disk`);
    }
  });

  it("refuses a URL where there is no module", async () => {
    const address = pathToFileURL(join(folder, "nowhere.mjs")).href;
    assertEquals(
      (await refusalOf(address)).startsWith(`Cannot create the map ${address}: its module cannot be `),
      true,
    );
  });
});

describe("openModule()", () => {
  const LATE = "the module does not answer within 60000 ms";
  const open = async (name: string, code: string, clock: ManualClock) =>
    await openModule(await module(name, code), clock);

  it("gives up a module that does not make its map, or is not there itself, in time", async () => {
    const clock = new ManualClock();
    const unmade = open("never_made", "export default () => new Promise(() => {});", clock);
    await assertRejects(() => clock.until(unmade), Error, LATE);
    const late = open("late", "await new Promise((resolve) => globalThis.endLateModule = resolve);", clock);
    await assertRejects(() => clock.until(late), Error, LATE);
    (globalThis as unknown as { endLateModule(): void }).endLateModule();
  });

  it("does not wait for a map that never closes", async () => {
    const code = `export default {
      [Symbol.asyncIterator]: () => {},
      [Symbol.asyncDispose]: () => new Promise(() => {}),
    };`;
    const clock = new ManualClock();
    const opened = await open("unclosed", code, clock);
    await clock.until(Promise.resolve(opened[Symbol.asyncDispose]()));
  });
});
