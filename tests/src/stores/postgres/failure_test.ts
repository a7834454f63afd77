import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { failureOf } from "../../../../src/stores/postgres/failure.ts";

describe("failureOf() of a PostgresMap", () => {
  it("knows that nothing was written in a transaction that has failed", () => {
    const failure = failureOf(Object.assign(new Error("x"), { code: "25P02", severity: "ERROR" }));
    assertEquals([failure?.outcome, failure?.retryable], ["not applied", false]);
  });

  it("knows that a client of pg that has ended sends nothing", () => {
    const messages = [
      "Client was closed and is not queryable",
      "Client has encountered a connection error and is not queryable",
    ];
    for (const message of messages) assertEquals(failureOf(new Error(message))?.outcome, "not applied");
    assertEquals(failureOf(new Error("Connection terminated unexpectedly"))?.outcome, "unknown");
  });
});
