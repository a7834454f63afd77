import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PostgresMap, StoreError } from "@twinmap/twinmap/postgres";
import pg from "pg";
import { InvalidValueError } from "../../../../src/stores/codec.ts";
import { failureOf, isServerError } from "../../../../src/stores/postgres/failure.ts";

/** What is known after an error of the server with this SQLSTATE. */
function ofState(code: string): string {
  const { outcome, retryable, reason } = failureOf(Object.assign(new Error(), { code, severity: "ERROR" }))!;
  return `${outcome}, ${retryable ? "" : "not "}retryable: ${reason}`;
}

/** What is known after an error of a client. */
function ofClient(
  properties: { readonly code?: string; readonly syscall?: string; readonly message?: string },
): string {
  const { outcome, retryable, reason } = failureOf(Object.assign(new Error(properties.message), properties))!;
  return `${outcome}, ${retryable ? "" : "not "}retryable: ${reason}`;
}

describe("failureOf() of PostgreSQL", () => {
  it("knows by its SQLSTATE that the server has applied nothing, and whether that may pass", () => {
    const refusals = {
      "22001": "not retryable: the server does not take the values",
      "23514": "not retryable: it would violate a constraint of the table",
      "25006": "retryable: the server, or the session, is read-only",
      "28P01": "not retryable: the server refuses the user or the password",
      "3D000": "not retryable: there is no such database",
      "3F000": "not retryable: there is no such schema",
      "40001": "retryable: it was in conflict with another transaction",
      "40P01": "retryable: it was in conflict with another transaction",
      "42601": "not retryable: the server refuses the statement",
      "42501": "not retryable: the user has no permission",
      "42P01": "not retryable: the table is gone",
      "53100": "retryable: the server lacks disk space, memory or connections",
      "53300": "retryable: the server lacks disk space, memory or connections",
      "55P03": "retryable: another transaction keeps the entry locked",
      "57014": "retryable: the server cancelled it, as by statement_timeout",
      "57P03": "retryable: the server is starting or stopping",
    };
    for (const [state, known] of Object.entries(refusals)) assertEquals(ofState(state), `not applied, ${known}`, state);
  });

  it("does not know what became of a write after any other SQLSTATE", () => {
    for (const state of ["40003", "08006", "57P01", "57P02", "58030", "XX000", "25000", "55006"]) {
      assertEquals(ofState(state), `unknown, not retryable: the server failed with SQLSTATE ${state}`);
    }
  });

  it("knows that nothing was sent where the client could not connect", () => {
    const unsent = [
      ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "CONNECT_TIMEOUT"].map((code) => ({ code })),
      ...["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"].map((code) => ({ code, syscall: "connect" })),
      { message: "timeout exceeded when trying to connect" },
    ];
    for (const error of unsent) {
      assertEquals(ofClient(error), "not applied, retryable: the server cannot be reached", JSON.stringify(error));
    }
  });

  it("does not know what became of a write whose connection failed, however the error looks", () => {
    const errors = [
      ...["ECONNRESET", "EPIPE", "CONNECTION_CLOSED", "CONNECTION_DESTROYED"].map((code) => ({ code })),
      ...["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"].map((code) => ({ code, syscall: "read" })),
      { code: "ETIMEDOUT" },
      { code: "ECONNRESET", syscall: "connect" },
      { message: "Connection terminated unexpectedly" },
      // Five characters, as a SQLSTATE has, but of the socket.
      { code: "EPERM" },
    ];
    for (const error of errors) {
      assertEquals(ofClient(error), "unknown, not retryable: the connection failed", JSON.stringify(error));
    }
    assertEquals(failureOf(undefined)?.outcome, "unknown");
  });

  it("knows that nothing was written in a transaction that has failed", () => {
    const failure = failureOf(Object.assign(new Error("x"), { code: "25P02", severity: "ERROR" }));
    assertEquals([failure?.outcome, failure?.retryable], ["not applied", false]);
  });

  it("knows that a client that has ended sends nothing, and never will again", () => {
    const ended = [
      { code: "CONNECTION_ENDED" },
      { message: "Cannot use a pool after calling end on the pool" },
      { message: "Client was closed and is not queryable" },
      { message: "Client has encountered a connection error and is not queryable" },
    ];
    for (const error of ended) {
      const known = "not applied, not retryable: the client has ended, or lost its connection for good";
      assertEquals(ofClient(error), known, JSON.stringify(error));
    }
  });

  it("says what to do about a Client of pg that nobody has connected", async () => {
    const map = new PostgresMap<string, number>(new pg.Client("postgres://127.0.0.1:1/none"), { table: "sessions" });
    const { message, outcome, retryable } = await assertRejects(() => map.get("a"), StoreError);
    assertEquals(
      [message, outcome, retryable],
      [
        "Cannot complete get() of PostgresMap: the client is not connected: call connect() first",
        "not applied",
        false,
      ],
    );
  });

  it("leaves the error of a value that cannot be decoded as it is", () => {
    assertEquals(failureOf(new InvalidValueError("PostgresMap", "a", "", "no")), undefined);
  });
});

describe("isServerError()", () => {
  it("asks for the SQLSTATE, and for an error of the server", () => {
    assertEquals(isServerError({ code: "42P01", severity: "ERROR" }, "42P01"), true);
    assertEquals(isServerError({ code: "42P01" }, "42P01"), false);
    assertEquals(isServerError({ code: "42P07", severity: "ERROR" }, "42P01"), false);
    assertEquals(isServerError(null, "42P01"), false);
  });
});
