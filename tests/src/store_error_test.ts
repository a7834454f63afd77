import { StoreError } from "@twinmap/twinmap";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inspect } from "node:util";

const READ_ONLY = { store: "RedisMap", operation: "set", outcome: "not applied", retryable: true } as const;

describe("StoreError", () => {
  it("tells the store, the operation and what is known of the write", () => {
    const cause = new Error("READONLY");
    const error = new StoreError("the server is read-only", { ...READ_ONLY, key: "a", cause });
    const { name, message, store, operation, outcome, retryable } = error;
    assertEquals(
      { name, message, store, operation, outcome, retryable },
      { ...READ_ONLY, name: "StoreError", message: "Cannot complete set() of RedisMap: the server is read-only" },
    );
    assertEquals(error.cause, cause);
    assert(error instanceof Error);
  });

  it("says in words what is no method that somebody has called", () => {
    const message = (operation: string) => new StoreError("it is locked", { ...READ_ONLY, operation }).message;
    assertEquals(["open", "copy", "toString"].map(message), [
      "Cannot open RedisMap: it is locked",
      "Cannot copy an entry of RedisMap: it is locked",
      "Cannot complete toString() of RedisMap: it is locked",
    ]);
  });

  it("has no cause and no digest if there is none", () => {
    const error = new StoreError("the server is read-only", READ_ONLY);
    assertEquals(["cause" in error, error.keyDigest], [false, undefined]);
  });

  it("is never retryable if the outcome is unknown, and says so", () => {
    const error = new StoreError("no answer", { ...READ_ONLY, outcome: "unknown" });
    assertEquals(error.retryable, false);
    assertEquals(
      error.message,
      "Cannot complete set() of RedisMap: no answer: it is unknown whether the write was applied",
    );
  });

  it("holds the key as a digest alone, even if the key is undefined", () => {
    const failed = (key: unknown) => new StoreError("no answer", { ...READ_ONLY, key });
    assertEquals(inspect(failed("the secret key"), { showHidden: true }).includes("the secret"), false);
    assertEquals(failed("a").keyDigest, failed("a").keyDigest);
    assertNotEquals(failed("a").keyDigest, failed("b").keyDigest);
    assertEquals(failed(undefined).keyDigest?.length, 12);
  });
});
