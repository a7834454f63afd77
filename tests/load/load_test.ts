import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Hono } from "hono";
import { NativeMap } from "@twinmap/twinmap";
import type { FaultName } from "../../testing/faults.ts";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { Load } from "../../examples/demo/load.ts";
import { type Session, type SessionId, sessionService } from "../../examples/demo/session_service.ts";
import { until } from "./until.ts";

/** Runs a load on a service whose only map has a fault, until `isEnough`. */
async function run(fault: FaultName | undefined, isEnough: (load: Load) => boolean): Promise<Load> {
  const sessions = new FaultyMap<SessionId, Session>(new NativeMap());
  const service = new Hono().route("/sessions", sessionService(() => sessions));
  const load = new Load(service, { clients: 50, requestsPerSecond: 5_000, seed: 1 });
  await load.begin();
  assertEquals([load.right, load.wrong, sessions.size], [50, 0, 50]);
  sessions.fault = fault;
  const interrupt = new AbortController();
  const running = load.run(interrupt.signal);
  await until(() => isEnough(load));
  interrupt.abort();
  await running;
  return load;
}

describe("the load of the demo", () => {
  it("counts no wrong answer from a correct service", async () => {
    assertEquals((await run(undefined, ({ right }) => right > 1_000)).wrong, 0);
  });

  for (const fault of ["throws", "forgets", "confuses", "drops-property", "loses-undefined"] as const) {
    it(`counts wrong answers from a service whose map has the fault ${fault}`, async () => {
      await run(fault, ({ wrong }) => wrong > 5);
    });
  }
});
