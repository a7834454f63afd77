import { build } from "esbuild";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Whether npm has installed the packages that a bundle takes in; a checkout that only Deno has used has none. */
export const hasPackages: boolean = existsSync(`${root}node_modules/hono`);

/** What a browser gets if it imports `code`: one minified module. Fails on anything that a browser does not have. */
export async function bundled(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
