/** Several processes use one file of Deno KV at the same time. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkLinearizable, mapModel, type Operation } from "@twinmap/twinmap/linearizability";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartedProcess } from "./started_process.ts";

const PROCESSES = 2;
const CLIENTS = 4;
const CALLS = 30;

describe("A DenoKvMap of several processes on Deno", () => {
  it("is linearizable, and loses no update", async () => {
    const folder = mkdtempSync(join(tmpdir(), "twinmap-deno-kv-"));
    const args = [join(folder, "a.kv"), ...[PROCESSES, CLIENTS, CALLS].map(String)];
    const processes = Array.from(
      { length: PROCESSES },
      () => StartedProcess.onDeno("tests/stores/deno_kv_process.ts", args),
    );
    try {
      await Promise.all(processes.map((process) => process.ended()));
      const lines = processes.flatMap(({ said }) => said.slice(0, -1));
      const counts = processes.map(({ said }) => Number(said.at(-1)));
      // Each call is a client of its own: at one millisecond, the next one could seem to begin before the last one returned.
      const history = lines.map((line, client): Operation => ({ client, ...JSON.parse(line) }));
      const calls = PROCESSES * CLIENTS * CALLS;
      assertEquals([history.length, Math.max(...counts)], [calls, calls]);
      const { verdict, violations } = checkLinearizable(history, mapModel());
      assertEquals([verdict, violations[0]?.timeline], ["linearizable", undefined]);
    } finally {
      for (const process of processes) await process.kill();
      rmSync(folder, { recursive: true });
    }
  });
});
