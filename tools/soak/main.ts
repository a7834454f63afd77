/**
 * Lets clients hammer a `SharedMap` and checks their histories: `deno task soak:shared -- --minutes 5`. Before that,
 * `--attaches N` objects use a map one after the other. With `--mutants` it checks that each map that is broken on
 * purpose is found within a minute; `--seed N` chooses other random numbers.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { parseArgs } from "node:util";
import { editedMap } from "./edited_map.ts";
import { MUTANTS } from "./mutants.ts";
import { type Mode, Soak } from "./soak.ts";
import { visit } from "./visits.ts";

/** The number of objects that one worker attaches. */
const BY_ONE = 1_000;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    attaches: { type: "string", default: "100000" },
    mutants: { type: "boolean", default: false },
    mutant: { type: "string" },
  },
});
const seed = Number(values.seed);

if (values.mutants) process.exitCode = await areAllFound() ? 0 : 1;
else {
  if (values.mutant === undefined) await attachAll(Number(values.attaches));
  await soak(Number(values.minutes) * 60_000, values.mutant);
}

/** Lets short-lived workers use one map through this many objects. */
async function attachAll(attaches: number): Promise<void> {
  const startMs = performance.now();
  await visit({ workers: Math.ceil(attaches / BY_ONE), attaches: Math.min(attaches, BY_ONE) });
  console.log(`attached ${attaches} times:`, { seconds: Math.round((performance.now() - startMs) / 1_000) });
}

/** Hammers the map, or a mutant, in one mode after the other, until something is wrong or the time is up. */
async function soak(forMs: number, mutant: string | undefined): Promise<void> {
  const edited = await editedMap(MUTANTS.find(({ name }) => name === mutant)?.edits ?? []);
  const modes: { mode: Mode; share: number; module: string }[] = [
    { mode: "interleaved", share: 0.5, module: edited },
    { mode: "stopping", share: mutant === undefined ? 0.3 : 0.5, module: edited },
    ...mutant === undefined ? [{ mode: "unedited", share: 0.2, module: "@twinmap/twinmap/shared" } as const] : [],
  ];
  for (const { mode, share, module } of modes) {
    const soak = new Soak(seed, module, mode);
    const startMs = performance.now();
    try {
      await soak.run(forMs * share);
    } catch (error) {
      const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
      console.log(`${mode}, ${seconds} s: ${(error as Error).message}`);
      if (mutant === undefined) console.log("The map is wrong. Checked before that:", soak.checked);
      process.exit(1);
    }
    const { terminations, ...checked } = soak.checked;
    console.log(`${mode}:`, { seconds: Math.round(forMs * share / 1_000), ...checked, terminations });
    await soak.end();
  }
}

/** Returns whether each mutant is found. Each has a process of its own, because a broken map may loop for ever. */
async function areAllFound(): Promise<boolean> {
  let found = 0;
  for (const { name, breaks } of MUTANTS) {
    const run = "Deno" in globalThis ? ["run", "-A"] : [];
    const args = [...run, process.argv[1] as string, "--minutes", "1", "--seed", String(seed), "--mutant", name];
    const startMs = performance.now();
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), 70_000);
    let output = "";
    child.stdout.on("data", (text) => output += text);
    const [code, signal] = await once(child, "close");
    clearTimeout(timer);
    // A mutant that does not compile fails too, but prints nothing here.
    const isFound = code === 1 && output !== "";
    if (isFound) found++;
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    console.log(`${isFound ? "found" : "NOT FOUND"} after ${seconds} s: ${name}: ${breaks}`);
    console.log(`  ${(output.trim() || `killed by ${signal}`).replaceAll("\n", "\n  ")}`);
  }
  console.log(`${found} of ${MUTANTS.length} mutants were found`);
  return found === MUTANTS.length;
}
