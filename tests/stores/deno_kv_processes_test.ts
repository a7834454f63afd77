/** Several processes use one file of Deno KV at the same time. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type DenoKvDatabase, DenoKvMap } from "@twinmap/twinmap/deno-kv";
import { checkLinearizable, mapModel, type Operation } from "@twinmap/twinmap/linearizability";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartedProcess } from "./started_process.ts";

const { Deno } = globalThis as {
  readonly Deno?: { openKv(path: string): Promise<DenoKvDatabase & { close(): void }> };
};

const PROCESSES = 2;
const CLIENTS = 4;
const CALLS = 30;

describe("A DenoKvMap of several processes (needs Deno)", { ignore: Deno === undefined }, () => {
  it("is linearizable, and loses no update", async () => {
    const folder = mkdtempSync(join(tmpdir(), "twinmap-deno-kv-"));
    const file = join(folder, "a.kv");
    const database = await Deno!.openKv(file);
    const map = new DenoKvMap<string, number>(database, { prefix: "numbers" });
    const processes = Array.from(
      { length: PROCESSES },
      () => new StartedProcess("tests/stores/deno_kv_process.ts", file, String(CLIENTS), String(CALLS)),
    );
    try {
      for (const process of processes) await process.says(1);
      await map.set("go", 1);
      await Promise.all(processes.map((process) => process.ended()));
      const lines = processes.flatMap(({ said: [_ready, ...lines] }) => lines);
      // Each call is a client of its own: at one millisecond, the next one could seem to begin before the last one returned.
      const history = lines.map((line, client): Operation => ({ client, ...JSON.parse(line) }));
      assertEquals([history.length, await map.get("count")], [
        PROCESSES * CLIENTS * CALLS,
        PROCESSES * CLIENTS * CALLS,
      ]);
      const { verdict, violations } = checkLinearizable(history, mapModel());
      assertEquals([verdict, violations[0]?.timeline], ["linearizable", undefined]);
    } finally {
      for (const process of processes) await process.kill();
      database.close();
      rmSync(folder, { recursive: true });
    }
  });
});
