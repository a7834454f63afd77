import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { hostNameOf } from "../../../verify/cli/host_name.ts";

describe("hostNameOf()", () => {
  it("returns the name without the port, in lower case", () => {
    assertEquals(["localhost", "LocalHost:80", "127.0.0.1:8000", "[::1]:8000", "[::A]", "a-b.c"].map(hostNameOf), [
      "localhost",
      "localhost",
      "127.0.0.1",
      "[::1]",
      "[::a]",
      "a-b.c",
    ]);
  });

  it("returns nothing for a malformed header", () => {
    const headers = ["", ":80", "localhost:", "localhost/", "a@localhost", "evil.example localhost", "localhost, evil"];
    assertEquals(headers.map(hostNameOf), headers.map(() => undefined));
  });
});
