/** Turns the results into a page and a table. */
import { readFileSync, writeFileSync } from "node:fs";
import { page } from "./page.ts";
import { readResults, type Results, RUNTIMES } from "./results.ts";
import { withTable } from "./which_map.ts";

/** Returns all results in a folder. */
export function allResults(folder: string): Results[] {
  return RUNTIMES.map((runtime) => readResults(folder, runtime)).filter((results) => results !== undefined);
}

/** Writes the page into the folder, and the table into the README. */
export function publish(folder: string, readme: string): void {
  const all = allResults(folder);
  writeFileSync(`${folder}/index.html`, page(all));
  writeFileSync(readme, withTable(readFileSync(readme, "utf8"), all));
}
