/** Follows docs/moving-to-redis.md word by word, in a project of its own, on the runtime of this test. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { redisIsInstalled, startRedis } from "../servers/redis.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUN = "Deno" in globalThis ? ["run", "-A", "--no-check", `--config=${join(ROOT, "deno.json")}`] : [];

const LIMIT_MS = 60_000;

/** The code blocks that begin with this word, joined. */
function blocks(text: string, word: string): string {
  return [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)].filter(([, begin]) => begin === word)
    .map(([, , code]) => code).join("");
}

/** A project that has installed this package and the client. */
async function createProject(folder: string): Promise<void> {
  await mkdir(join(folder, "node_modules/@twinmap"), { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await symlink(ROOT, join(folder, "node_modules/@twinmap/twinmap"));
  await symlink(join(ROOT, "node_modules/redis"), join(folder, "node_modules/redis"));
}

describe("docs/moving-to-redis.md (needs Redis)", { ignore: !redisIsInstalled }, () => {
  it("prints what it says when its blocks are run in order", async () => {
    await using redis = await startRedis();
    const text = await readFile(join(ROOT, "docs/moving-to-redis.md"), "utf8");
    const folder = await mkdtemp(join(tmpdir(), "twinmap-"));
    try {
      await createProject(folder);
      await writeFile(join(folder, "sessions.ts"), blocks(text, "ts"));
      const env = { ...process.env, REDIS_URL: redis.url, NO_COLOR: "1" };
      const { stdout } = await promisify(execFile)(process.execPath, [...RUN, "sessions.ts"], {
        cwd: folder,
        env,
        timeout: LIMIT_MS,
      });
      // Node writes strings in single quotes, and Bun writes an object on several lines.
      const plain = stdout.replaceAll("'", '"').replace(
        /\{\n\s*([^}]*?),?\n\}/g,
        (_, inner) => `{ ${inner.replace(/,\n\s*/g, ", ")} }`,
      );
      assertEquals(plain, blocks(text, "text"));
      assertEquals(await redis.cli("EXISTS", "sessions:ss1"), "1");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
