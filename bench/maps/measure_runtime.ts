/** Measures all parts on one runtime. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { collectionMs, LOGGING } from "./collection.ts";
import type { OwnGrowth } from "./growth.ts";
import type { Part } from "./plan.ts";
import type { Growth, Origin, Outcome, Results, RuntimeName, Speed } from "./results.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const LONGEST_PART_MS = 120_000;
const NOT_LOGGING = { args: [], env: {} };
/** The packages that the maps are measured against. */
const PACKAGES = ["lru-cache", "immutable", "hamt_plus", "js-sdsl"];

type Runtime = Pick<Origin, "runtime" | "engine">;

/** Measures each part in a process of its own; `command` starts the runtime. */
export function measureRuntime(runtime: RuntimeName, command: string, parts: readonly Part[]): Results {
  const speeds: Speed[] = [];
  const growths: Growth[] = [];
  const outcomes: Outcome[] = [];
  for (const part of parts) {
    const { result, log } = measuredPart(runtime, command, part);
    if (part.part === "speed") speeds.push(...result as Speed[]);
    if (part.part === "claim") outcomes.push(result as Outcome);
    if (part.part === "growth") {
      const { growths: count, growth } = result as OwnGrowth;
      growths.push({ ...growth, collectionMs: Number((collectionMs(runtime, log) / count).toPrecision(4)) });
    }
  }
  const { result } = measuredPart(runtime, command, { part: "runtime" });
  return { origin: { ...machine(), ...result as Runtime, packages: packageVersions() }, speeds, growths, outcomes };
}

/** Returns the result of a part, and all that the runtime printed. */
function measuredPart(runtime: RuntimeName, command: string, part: Part): { result: unknown; log: string } {
  const folder = mkdtempSync(`${tmpdir()}/twinmap-bench-`);
  const file = `${folder}/result.json`;
  const { args, env } = part.part === "growth" ? LOGGING[runtime] : NOT_LOGGING;
  const run = runtime === "deno" ? ["run", "-A", "--no-check"] : [];
  const script = ["bench/maps/measure_part.ts", JSON.stringify(part), file];
  const { status, stdout, stderr } = spawnSync(command, [...run, ...args, ...script], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1", ...env },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    timeout: LONGEST_PART_MS,
  });
  try {
    if (status !== 0) throw new Error(`Cannot measure ${JSON.stringify(part)} on ${runtime}: ${stderr.slice(-2_000)}`);
    return { result: JSON.parse(readFileSync(file, "utf8")), log: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function machine(): Pick<Origin, "cpu" | "cores"> {
  const found = cpus();
  return { cpu: found[0]?.model.trim() ?? "unknown", cores: found.length };
}

function packageVersions(): Record<string, string> {
  const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8"));
  return Object.fromEntries(PACKAGES.map((name) => [name, packages[`node_modules/${name}`].version]));
}
