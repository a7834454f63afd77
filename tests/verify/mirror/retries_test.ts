import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { StartedProcess } from "../../stores/started_process.ts";

describe("Retries", () => {
  it("keep no process alive when the twin is closed", async () => {
    const child = new StartedProcess("tests/verify/mirror/retries_process.ts", []);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLong = new Promise<string>((resolve) => timer = setTimeout(resolve, 30_000, "goes on"));
    const ended = await Promise.race([child.ended().then(() => "has ended"), tooLong]);
    clearTimeout(timer);
    await child.kill();
    assertEquals([ended, child.said], ["has ended", ["closed, and 3 keys are in the journal"]]);
  });
});
