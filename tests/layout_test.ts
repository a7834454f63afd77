/** Checks the files against the plan of the house: who may import whom, where files are, and what is published. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(root + path, "utf8");

/** Every file under a folder of the project, by its path from the root. */
function filesUnder(folder: string, ending: string): string[] {
  if (!existsSync(root + folder)) return [];
  return readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesUnder(path, ending);
    return path.endsWith(ending) ? [path] : [];
  }).sort();
}

/** What a module imports: files by their path from the root, packages by their name. */
function importsOf(path: string): string[] {
  const code = read(path).replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const found = code.matchAll(/^(?:import|export)\s[^;"']*\bfrom\s+"([^"]+)"|\bimport(?:\s|\(\s*)"([^"]+)"/gm);
  return [...found].map(([, from, alone]) => {
    const target = from ?? alone ?? "";
    return target.startsWith(".") ? posix.join(posix.dirname(path), target) : target;
  });
}

/** The imports that are not allowed, as "importer → imported". */
function forbidden(importers: string[], isAllowed: (imported: string, importer: string) => boolean): string[] {
  return importers.flatMap((importer) =>
    importsOf(importer).filter((imported) => !isAllowed(imported, importer)).map((imported) =>
      `${importer} → ${imported}`
    )
  );
}

/** Everything that a module needs, itself included. */
function reachedFrom(entry: string): Set<string> {
  const reached = new Set([entry]);
  for (const path of reached) {
    if (path.endsWith(".ts")) importsOf(path).forEach((imported) => reached.add(imported));
  }
  return reached;
}

/**
 * The rooms, those that may be imported first: a file imports from its own room, and from rooms that stand before its
 * own. Rooms of one line may import each other, as long as no circle of files comes of it.
 */
const FLOORS: readonly (readonly string[])[] = [
  ["src"],
  ["verify/stats", "verify/sampling", "verify/stages", "verify/doctor"],
  ["verify/gate", "verify/pair", "verify/linearizability"],
  ["verify/mirror", "verify/compare", "verify/work"],
  ["verify/diff"],
  ["verify/report"],
  ["verify/migration"],
  ["verify/twin"],
  ["verify/rollout"],
  ["verify/server", "verify/cli", "verify/adaptive", "verify/webhook"],
];
const source = filesUnder("src", ".ts").filter((path) => !path.startsWith("src/shared/assembly/"));
const verify = filesUnder("verify", ".ts");
const published = ["mod.ts", ...source, ...verify];
const code = [
  ...published,
  ...["testing", "examples", "bench", "tests", "tools"].flatMap((folder) => filesUnder(folder, ".ts")),
];
const tests = filesUnder("tests", "_test.ts");
const deno = JSON.parse(read("deno.json"));
const npm = JSON.parse(read("package.json"));
const entryPoints = Object.values<string>(deno.exports).map((path) => posix.normalize(path));

function floorOf(path: string): number {
  return FLOORS.findIndex((rooms) => rooms.some((room) => path.startsWith(`${room}/`)));
}

/** The imports that lead up, out of the published rooms, or into a room that has no floor, as "importer → imported". */
function upwards(importers: string[]): string[] {
  return forbidden(importers, (imported, importer) => {
    if (!imported.endsWith(".ts")) return true;
    const floor = floorOf(imported);
    return floor >= 0 && floor <= floorOf(importer);
  });
}

/** The files that import each other in a circle, each circle once, as "a → b → a". */
function circles(files: string[]): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path);
    if (at >= 0) found.push([...way.slice(at), path].join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const imported of importsOf(path)) if (imported.endsWith(".ts")) visit(imported, [...way, path]);
    done.add(path);
  };
  for (const path of files) visit(path, []);
  return found;
}

describe("the layout", () => {
  it("has files to look at, and sees what they import", () => {
    assertEquals(source.includes("src/native/native_map.ts"), true);
    assertEquals(importsOf("src/native/native_map.ts").includes("src/concurrent_map.ts"), true);
    assertEquals(reachedFrom("mod.ts").has("src/keys/same_value_zero.ts"), true);
  });

  it("has no room without a floor", () => {
    assertEquals(verify.filter((path) => floorOf(path) < 0), []);
  });

  it("lets no other room import linearizability", () => {
    const inside = (path: string) => path.startsWith("verify/linearizability/");
    assertEquals(forbidden(published.filter((path) => !inside(path)), (imported) => !inside(imported)), []);
  });

  it("lets no room import from a higher floor", () => {
    assertEquals(upwards([...source, ...verify]), []);
  });

  it("has no circle of imports", () => {
    assertEquals(circles(code), []);
  });

  it("lets a map import a package only where it has an entry point of its own", () => {
    const isAllowed = (imported: string, importer: string) =>
      /\.ts$|^node:/.test(imported) || entryPoints.includes(importer);
    assertEquals(forbidden(source, isAllowed), []);
  });

  it("lets no map over a store import from the room of another one", () => {
    const roomOf = (path: string) => /^src\/stores\/(?!slots\/)(\w+)\//.exec(path)?.[1];
    const isAllowed = (imported: string, importer: string) =>
      [undefined, posix.basename(importer, ".ts"), roomOf(importer)].includes(roomOf(imported));
    assertEquals(forbidden(source.filter((path) => path.startsWith("src/stores/")), isAllowed), []);
  });

  it("lets the server and the command import nothing of each other, but for the command's --serve", () => {
    const server = verify.filter((path) => path.startsWith("verify/server/"));
    assertEquals(forbidden(server, (imported) => !imported.startsWith("verify/cli/")), []);
  });

  it("lets no published module import testing, examples, bench, tests or tools", () => {
    assertEquals(forbidden(published, (imported) => !/^(testing|examples|bench|tests|tools)\//.test(imported)), []);
  });

  it("lets testing import maps, the twin, what checks histories and compares values, and fast-check alone", () => {
    const isAllowed = (imported: string) =>
      /^(mod\.ts|(src|verify\/(twin|linearizability|equality)|testing)\/.*|fast-check)$/.test(imported);
    assertEquals(forbidden(filesUnder("testing", ".ts"), isAllowed), []);
  });

  it("lets nobody but bench and tests import tools", () => {
    const others = code.filter((path) => !/^(bench|tests|tools)\//.test(path));
    assertEquals(forbidden(others, (imported) => !imported.startsWith("tools/")), []);
  });

  it("runs anywhere: only the command and the webhook need what Node brings", () => {
    const anywhere = entryPoints.filter((path) => !/^verify\/(cli|webhook)\//.test(path));
    assertEquals(
      ["mod.ts", "verify/server/report_app.ts", "src/shared/shared_map.ts"].filter((path) => !anywhere.includes(path)),
      [],
    );
    const reached = new Set(anywhere.flatMap((path) => [...reachedFrom(path)]));
    assertEquals(
      forbidden([...reached].filter((path) => path.endsWith(".ts")), (imported) => !imported.startsWith("node:")),
      [],
    );
  });

  it("needs no package to import mod.ts", () => {
    assertEquals([...reachedFrom("mod.ts")].filter((imported) => !/\.ts$|^node:/.test(imported)), []);
  });

  it("names no file utils, helpers or common", () => {
    const named = filesUnder(".", ".ts").map((path) => posix.basename(path));
    assertEquals(
      named.filter((name) => /^(utils?|helpers?|common|misc|types?)(_test)?\.ts$/.test(name)),
      [],
    );
  });

  it("keeps every source file within 300 lines", () => {
    const long = ["src", "verify", "testing", "bench", "examples", "tools"].flatMap((folder) =>
      filesUnder(folder, ".ts")
    )
      .map((path) => ({ path, lines: read(path).trimEnd().split("\n").length }));
    assertEquals(long.filter(({ lines }) => lines > 300), []);
  });

  it("mirrors src/ and verify/ in tests/, file by file", () => {
    const mirrored = tests.filter((path) => /^tests\/(src|verify)\//.test(path));
    const sourceOf = (path: string) => path.slice("tests/".length).replace("_test.ts", ".ts");
    assertEquals(mirrored.filter((path) => !existsSync(root + sourceOf(path))), []);
  });
});

describe("the package", () => {
  it("is the same to npm as it is to JSR", () => {
    assertEquals(
      { name: npm.name, version: npm.version, license: npm.license, exports: npm.exports },
      { name: deno.name, version: deno.version, license: deno.license, exports: deno.exports },
    );
    const asNpm = Object.entries<string>({ ...npm.dependencies, ...npm.devDependencies }).filter(([name]) =>
      !isStd(name)
    );
    const asDeno = Object.entries<string>(deno.imports).filter(([name]) => !isStd(name));
    assertEquals(
      Object.fromEntries(asDeno),
      Object.fromEntries(
        asNpm.map(([name, range]) => [name, range.startsWith("npm:") ? range : `npm:${name}@${range}`]),
      ),
    );
  });

  it("names the same imports to deno task test:jsr as to everybody else", () => {
    const asJsr = Object.keys(JSON.parse(read("tests/std/jsr.json")).imports).map(packageOf);
    assertEquals(new Set(asJsr), new Set(Object.keys(deno.imports)));
  });

  it("publishes everything that its entry points reach, and neither tests nor tools", () => {
    const included: string[] = deno.publish.include;
    const isPublished = (path: string) => included.some((part) => path === part || path.startsWith(`${part}/`));
    const needed = entryPoints.flatMap((path) => [...reachedFrom(path)]).filter((path) => path.endsWith(".ts"));
    assertEquals(needed.filter((path) => !isPublished(path)), []);
    assertEquals(["tests", "tools", "bench", "examples"].filter(isPublished), []);
  });

  it("publishes the pictures that the README shows", () => {
    const shown = [...read("README.md").matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = ""]) => path);
    assertEquals(shown.filter((path) => !existsSync(root + path) || !deno.publish.include.includes(path)), []);
  });

  it("has every command that the README names, for npm and for Deno", () => {
    const named = [...read("README.md").matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
    assertEquals(named.filter((name) => !(name in npm.scripts && name in deno.tasks)), []);
  });

  it("installs for its users only the packages that its entry points reach", () => {
    const reached = new Set(entryPoints.flatMap((path) => [...reachedFrom(path)]).map(packageOf));
    assertEquals(Object.keys(npm.dependencies).filter((name) => !reached.has(name)), []);
  });

  it("has lockfiles that name no registry, so that they hold behind any of them", () => {
    for (const lockfile of ["package-lock.json", "tools/runtime/package-lock.json", "deno.lock"]) {
      assertEquals(
        read(lockfile).match(/"(resolved|tarball)": "https?:.*|https?:\/\/[^"]*(registry|\.tgz)[^"]*/g),
        null,
      );
    }
  });
});

function isStd(name: string): boolean {
  return name.startsWith("@std/");
}

function packageOf(imported: string): string {
  return imported.split("/").slice(0, imported.startsWith("@") ? 2 : 1).join("/");
}
