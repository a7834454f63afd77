/**
 * Simulates rollouts, judged by the real gate: `deno task bench:rollout`, on the runtime that runs it, in a few minutes. With
 * `--quick`, a hundredth of the runs is made. Exits with 1 if a row does not hold.
 *
 * @module
 */
import process from "node:process";
import { isQuick } from "../lib/ratio.ts";
import { rolloutClaims } from "./claims.ts";

const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;

let holdsAll = true;
for (const { what, holds, limit, runs, isSo } of rolloutClaims(isQuick ? 0.01 : 1)) {
  const startMs = performance.now();
  let count = 0;
  for (let run = 0; run < runs; run++) if (isSo(run)) count++;
  const share = count / runs;
  const isKept = holds === "at most" ? share <= limit : share >= limit;
  holdsAll &&= isKept;
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  console.log(`${isKept ? "holds" : "FAILS"}  ${what}`);
  console.log(
    `       ${percent(share)} of ${runs.toLocaleString("en")} runs, ${holds} ${percent(limit)}  (${seconds} s)`,
  );
}
process.exit(holdsAll || isQuick ? 0 : 1);
