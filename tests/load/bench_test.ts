/** The benches start, and the maps that they measure answer correctly. No figure is asserted. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ADAPTIVE_LOADS, settled } from "../../bench/adaptive/loads.ts";
import { ownLoop } from "../../bench/lib/batches.ts";
import { CONTENDERS } from "../../bench/maps/contenders.ts";
import { measureRuntime } from "../../bench/maps/measure_runtime.ts";
import { partsOf } from "../../bench/maps/plan.ts";
import { readResults, type RuntimeName, SCENARIOS, writeResults } from "../../bench/maps/results.ts";
import { measureSpeed } from "../../bench/maps/speed.ts";
import { CONTENDER_NAMES, draws, filled, GET, wrongAnswers } from "../../bench/shared/contenders.ts";
import { Crew } from "../../bench/shared/crew.ts";
import { Owner } from "../../bench/shared/owner.ts";
import { HOT_KEY } from "../../bench/shared/worker.ts";
import { SharedMap } from "../../src/shared/shared_map.ts";
import { redisIsInstalled } from "../servers/redis.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUNTIME: RuntimeName = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const RUN = RUNTIME === "deno" ? ["run", "-A", "--no-check"] : [];
const QUICK = { warmUpMs: 0, sliceMs: 0, slices: 1, enoughMs: 0 };

describe("the bench", () => {
  const starts = (what: string, args: readonly string[], rows: number) =>
    it(`${what} starts and prints its rows`, () => {
      const command = [...RUN, ...args, "--quick"];
      const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: "utf8" });
      assertEquals([status, stderr], [0, ""]);
      assertEquals(stdout.match(/^ .*\d (ns|ms) .* x |not measured here|^ .*\d ms {2}/gm)?.length, rows);
    });

  starts("twin", ["bench/twin/main.ts"], 8);
  starts("hot_keys", ["bench/hot_keys/main.ts"], 8);
  starts("adaptive", ["bench/adaptive/main.ts"], 3);
  starts("linearizability", ["bench/linearizability/main.ts"], 2);
  starts("stores", ["bench/stores/main.ts"], redisIsInstalled ? 8 : 4);
  // One row of each kind.
  for (const row of [0, 1, 2, 5, 6, 7]) starts(`shared, row ${row}`, ["bench/shared/main.ts", `${row}`], 1);

  it("maps measures each part in a process of its own", () => {
    const folder = mkdtempSync(`${tmpdir()}/twinmap-maps-`);
    const scale = { speedAt: [500], growthTo: [20_000], timing: QUICK, claims: false };
    const results = measureRuntime(RUNTIME, process.execPath, partsOf(scale, ["Map", "IntMap"]));
    assertEquals(results.speeds.length, 3 * SCENARIOS.length);
    assertEquals(results.growths.map(({ contender, keys }) => `${contender}: ${keys}`), [
      "IntMap: whole numbers",
      "Map: whole numbers",
      "Map: strings",
    ]);
    writeResults(folder, RUNTIME, results);
    assertEquals(readResults(folder, RUNTIME), results);
    rmSync(folder, { recursive: true });
  });

  for (const contender of CONTENDERS) {
    for (const keyKind of contender.keyKinds) {
      it(`maps measures every scenario: ${contender.name} of ${keyKind}`, () => {
        const speeds = measureSpeed(contender, keyKind, 503, QUICK);
        assertEquals(new Set(speeds.map(({ scenario }) => scenario)), new Set(SCENARIOS));
      });
    }
  }
});

describe("a measured AdaptiveMap", () => {
  it("has become the map that fits its load, and is measured beside all maps that take the keys", async () => {
    for (const load of ADAPTIVE_LOADS.filter(({ entries }) => entries === 1_000)) {
      const { adaptive, singles, keys } = await settled(load);
      assertEquals(adaptive.state, load.body.includes("delete") ? "ReadDirtyMap" : "NativeMap");
      assertEquals(singles.map((map) => map[Symbol.toStringTag]), ["NativeMap", "ReadDirtyMap", "ShardedMap"]);
      for (const map of [adaptive, ...singles]) assertEquals(new Set<unknown>(map.keys()), new Set<unknown>(keys));
    }
    const numbers = { what: "", keyKind: "whole numbers", entries: 1_000, body: "sum ^= map.get(keys[i])" } as const;
    const { singles } = await settled(numbers);
    assertEquals(singles.at(-1)?.[Symbol.toStringTag], "IntMap");
  });
});

describe("each map that a SharedMap is measured against", () => {
  for (const name of CONTENDER_NAMES) {
    it(`answers correctly, and is changed by its writes: ${name}`, async () => {
      const contender = await filled(name);
      assertEquals(wrongAnswers(contender), 0);
      const key = draws[0] as string;
      assertEquals(contender.read(key) === draws[1], false);
      ownLoop(contender.set)(contender.map, draws, 0, 1_000);
      assertEquals(contender.read(key), draws[1]);
      assertEquals(wrongAnswers(contender), 0);
      const characters = draws.slice(0, 1_000).map((_, i) => (draws[i ^ 1] as string).charCodeAt(12));
      assertEquals(ownLoop(GET)(contender.map, draws, 0, 1_000), characters.reduce((sum, code) => sum + code));
      ownLoop(contender.set)(contender.map, [key, "wrong"], 0, 1);
      assertEquals(wrongAnswers(contender), 1);
      contender.close();
    });
  }

  it("answers correctly from a worker", async () => {
    const owner = new Owner();
    const { read } = await filled("Map");
    for (const key of draws.slice(0, 10)) assertEquals(await owner.get(key), read(key));
    await owner.end();
  });
});

describe("workers that start together", () => {
  it("count all their operations, alone and together", async () => {
    const map = SharedMap.create<string, number>();
    const crew = new Crew("add", map.handle, 2);
    const works = [...await crew.work(1, 5), ...await crew.work(2, 5), ...await crew.work(2, 5)];
    await crew.end();
    assertEquals(works.length, 5);
    assertEquals(map.get(HOT_KEY), works.reduce((sum, { operations }) => sum + operations, 0));
    assert(works.every(({ operations }) => operations > 0));
  });
});
