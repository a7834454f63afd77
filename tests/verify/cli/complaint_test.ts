import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { complaint, namedReasonOf, reasonOf } from "../../../verify/cli/complaint.ts";
import { InputError } from "../../../verify/cli/input_error.ts";

describe("complaint()", () => {
  it("is the message alone if the input is at fault, else the stack", () => {
    assertEquals(complaint(new InputError("line 3: bad\nmore")), "twinmap: line 3: bad\nmore\n");
    assertStringIncludes(complaint(new Error("broken")), "complaint_test.ts");
  });

  it("writes terminal escapes as text", () => {
    for (const error of [new InputError("\x1b[2J\u009b2J\r"), new Error("\x1b[2J\u009b2J\r"), "\x1b[2J\u009b2J\r"]) {
      assertStringIncludes(complaint(error), "\\u{1b}[2J\\u{9b}2J\\u{d}");
    }
  });

  it("survives whatever is thrown", () => {
    assertEquals(complaint(undefined), "twinmap: undefined\n");
    assertEquals(complaint(Object.create(null)), "twinmap: null-prototype {}\n");
    const hostile = new Error("mine");
    Object.defineProperty(hostile, "stack", {
      get() {
        throw new Error("no stack");
      },
    });
    assertEquals(complaint(hostile), 'twinmap: Error "mine"\n');
  });
});

describe("reasonOf()", () => {
  it("is the message alone, or what else an error has", () => {
    assertEquals(reasonOf(new RangeError("too far")), "too far");
    assertEquals(reasonOf(new InputError("line 3: bad")), "line 3: bad");
    assertEquals(reasonOf(Object.assign(new AggregateError([]), { code: "ECONNREFUSED" })), "ECONNREFUSED");
    assertEquals(reasonOf(new Error()), "Error");
    assertEquals(reasonOf(Object.create(null)), "null-prototype {}");
  });
});

describe("namedReasonOf()", () => {
  it("names a mistake, but not other errors", () => {
    assertEquals(namedReasonOf(new TypeError("x is not a function")), "TypeError: x is not a function");
    assertEquals(namedReasonOf(new Error("disk full")), "disk full");
    assertEquals(namedReasonOf(Object.assign(new Error("disk full"), { name: "SqliteError" })), "disk full");
    assertEquals(namedReasonOf("nothing works"), "nothing works");
  });
});
