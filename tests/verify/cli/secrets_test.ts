import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Secrets } from "../../../verify/cli/secrets.ts";

describe("Secrets", () => {
  it("hides the password of an address, wherever it is quoted", () => {
    const secrets = new Secrets(["doctor", "postgres://ann:open%20sesame@db/app#t"]);
    assertEquals(secrets.hide("postgres://ann:open%20sesame@db/app#t"), "postgres://ann:***@db/app#t");
    assertEquals(secrets.hide('refused "open sesame"'), 'refused "***"');
  });

  it("hides a password that is not encoded, and may contain what ends it", () => {
    for (const password of ["a/b@c:d", "x#y?z", 'say "hi"', "tab\there"]) {
      const secrets = new Secrets([`--old=redis://:${password}@db/p`]);
      assertEquals(secrets.hide(`redis://:${password}@db/p, ${JSON.stringify(password)}`).includes(password), false);
    }
  });

  it("hides secrets in parameters", () => {
    const secrets = new Secrets(["postgres://db/app?user=ann&password=sesame&sslkey=k1k2#t"]);
    assertEquals(secrets.hide("sesame of ann, k1k2"), "*** of ann, ***");
  });

  it("does not take a short password out of other words", () => {
    const secrets = new Secrets(["redis://ann:e@db/p"]);
    assertEquals(secrets.hide("redis://ann:e@db/p refused"), "redis://ann:***@db/p refused");
  });

  it("hides nothing of other arguments", () => {
    const secrets = new Secrets(["replay", "-", "--old", "sqlite:a.db#t", "--new", "jsr:@a/b", "http://host:80/a"]);
    assertEquals(
      secrets.hide("replay sqlite:a.db#t jsr:@a/b http://host:80/a"),
      "replay sqlite:a.db#t jsr:@a/b http://host:80/a",
    );
  });

  it("keeps JSON whole", () => {
    const secrets = new Secrets(["redis://:true@db/p"]);
    assertEquals(secrets.hideIn({ true: true, text: "it is true" }), { true: true, text: "it is ***" });
  });
});
