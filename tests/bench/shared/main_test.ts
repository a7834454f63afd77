import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ownLoop } from "../../../bench/lib/batches.ts";
import { KEY_COUNT } from "../../../bench/lib/keys.ts";
import { CONTENDER_NAMES, draws, filled, GET, wrongAnswers } from "../../../bench/shared/contenders.ts";
import { Crew, operationNs } from "../../../bench/shared/crew.ts";
import { Owner } from "../../../bench/shared/owner.ts";
import { HOT_KEY } from "../../../bench/shared/worker.ts";
import { SharedMap } from "../../../src/shared/shared_map.ts";

describe("the draws of the shared map's benchmark", () => {
  it("have every key twice, with two values that are other keys", () => {
    const valuesOf = new Map<string, Set<string>>();
    for (const [i, key] of draws.entries()) {
      valuesOf.set(key, (valuesOf.get(key) ?? new Set()).add(draws[i ^ 1] as string));
    }
    assertEquals(draws.length, 2 * KEY_COUNT);
    assertEquals(valuesOf.size, KEY_COUNT);
    assertEquals([...valuesOf].filter(([key, values]) => values.size !== 2 || values.has(key)).length, 0);
  });
});

describe("what the shared map is measured against", () => {
  for (const name of CONTENDER_NAMES) {
    it(`answers right, and is changed by what sets: ${name}`, async () => {
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

  it("answers right as a worker that is asked", async () => {
    const owner = new Owner();
    const { read } = await filled("Map");
    for (const key of draws.slice(0, 10)) assertEquals(await owner.get(key), read(key));
    await owner.end();
  });
});

describe("workers that begin at once", () => {
  it("count all that they did, alone and together", async () => {
    const map = SharedMap.create<string, number>();
    const crew = new Crew("add", map.handle, 2);
    const works = [...await crew.work(1, 5), ...await crew.work(2, 5), ...await crew.work(2, 5)];
    await crew.end();
    assertEquals(works.length, 5);
    assertEquals(map.get(HOT_KEY), works.reduce((sum, { operations }) => sum + operations, 0));
    assert(works.every(({ operations, elapsedMs }) => operations > 0 && elapsedMs >= 5));
  });

  it("take half the time if both do as much as one", () => {
    const alone = { operations: 1_000, elapsedMs: 1 };
    assertEquals(operationNs([alone]), 1_000);
    assertEquals(operationNs([alone, alone]), 500);
    assertEquals(operationNs([alone, { operations: 500, elapsedMs: 1.5 }]), 750);
  });
});
